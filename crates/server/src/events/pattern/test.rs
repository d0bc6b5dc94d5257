//! One test of one value that is neither object nor array.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::network::Network;
use super::wildcard::Wildcard;

#[derive(Debug)]
pub enum Test {
    Exists,
    Null,
    Bool(bool),
    Text(String),
    Number(Number),
    Numeric(Range),
    Prefix(Affix),
    Suffix(Affix),
    /// The text in lower case.
    EqualsIgnoreCase(String),
    Wildcard(Wildcard),
    Cidr(Network),
    AnythingBut(Vec<Test>),
}

/// Numbers between bounds, of which at least one is there.
#[derive(Debug, Default)]
pub struct Range {
    pub above: Option<Bound>,
    pub below: Option<Bound>,
}

#[derive(Debug)]
pub struct Bound {
    pub number: Number,
    pub inclusive: bool,
}

/// How a text begins or ends.
#[derive(Debug)]
pub struct Affix {
    /// In lower case where case does not count.
    pub text: String,
    pub ignores_case: bool,
}

impl Test {
    pub fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Test::Exists, _) => true,
            (Test::AnythingBut(tests), value) => !tests.iter().any(|test| test.holds(value)),
            (Test::Null, Value::Null) => true,
            (Test::Bool(wanted), Value::Bool(value)) => wanted == value,
            (Test::Number(wanted), Value::Number(value)) => compare(wanted, value).is_eq(),
            (Test::Numeric(range), Value::Number(value)) => range.holds(value),
            (test, Value::String(text)) => test.holds_for_text(text),
            _ => false,
        }
    }

    fn holds_for_text(&self, text: &str) -> bool {
        match self {
            Test::Text(wanted) => wanted == text,
            Test::Prefix(affix) => affix.begins(text),
            Test::Suffix(affix) => affix.ends(text),
            Test::EqualsIgnoreCase(wanted) => folded(text).eq(wanted.chars()),
            Test::Wildcard(wildcard) => wildcard.matches(text),
            Test::Cidr(network) => network.holds(text),
            _ => false,
        }
    }
}

impl Range {
    fn holds(&self, value: &Number) -> bool {
        let within = |bound: &Option<Bound>, side: Ordering| {
            bound.as_ref().is_none_or(|bound| {
                let order = compare(value, &bound.number);
                order == side || (bound.inclusive && order.is_eq())
            })
        };
        within(&self.above, Ordering::Greater) && within(&self.below, Ordering::Less)
    }
}

impl Affix {
    fn begins(&self, text: &str) -> bool {
        match self.ignores_case {
            true => begin(folded(text), self.text.chars()),
            false => text.starts_with(&self.text),
        }
    }

    fn ends(&self, text: &str) -> bool {
        match self.ignores_case {
            true => begin(folded(text).rev(), self.text.chars().rev()),
            false => text.ends_with(&self.text),
        }
    }
}

/// Whether the first characters are those wanted. No more of them are looked at.
fn begin(
    mut characters: impl Iterator<Item = char>,
    mut wanted: impl Iterator<Item = char>,
) -> bool {
    wanted.all(|wanted| characters.next() == Some(wanted))
}

/// A text without its case, character by character: the case of a whole word looks at what stands beside a
/// letter. It is folded as far as it is read, since many tests may look at one long text.
pub fn folded(text: &str) -> impl DoubleEndedIterator<Item = char> {
    text.chars().map(|c| {
        let upper = only(c.to_uppercase()).unwrap_or(c);
        only(upper.to_lowercase()).unwrap_or(upper)
    })
}

/// The character, where it is one alone.
fn only(mut characters: impl Iterator<Item = char>) -> Option<char> {
    let first = characters.next();
    first.filter(|_| characters.next().is_none())
}

/// By value, however the numbers are written. Whole numbers compare exactly.
pub fn compare(a: &Number, b: &Number) -> Ordering {
    let whole = |number: &Number| {
        let signed = number.as_i64().map(i128::from);
        signed.or_else(|| number.as_u64().map(i128::from))
    };
    if let (Some(a), Some(b)) = (whole(a), whole(b)) {
        return a.cmp(&b);
    }
    // Every JSON number that was read is finite.
    let (a, b) = (a.as_f64().unwrap_or(0.0), b.as_f64().unwrap_or(0.0));
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_of_a_text_is_read_than_is_compared() {
        for (text, wanted, holds, expected) in [
            ("zxxxx", "ab", false, 1),
            ("azxxx", "ab", false, 2),
            ("abxxx", "ab", true, 2),
            ("a", "ab", false, 1),
        ] {
            let mut read = 0;
            let characters = text.chars().inspect(|_| read += 1);
            assert_eq!(begin(characters, wanted.chars()), holds, "{text}");
            assert_eq!(read, expected, "{text}");
        }
    }
}
