//! Regular expressions of the model, compiled at their first use.

use std::sync::OnceLock;

use regex::Regex;

/// The expression of `.*\S.*`, by far the most frequent one.
const NOT_BLANK: &str = r"(?s)^(?:.*[^ \t\n\r\x0B\x0C].*)$";
const BLANKS: &[u8] = b" \t\n\r\x0B\x0C";

/// A pattern of the model and the expression that decides it.
///
/// The model's dialect has look-ahead and ASCII classes; code generation turns the only look-ahead
/// in use, `(?!aws:)` at the start, into `forbidden_start`, and the classes into plain ranges.
#[derive(Debug)]
pub struct Pattern {
    /// As the model writes it: what an error shows.
    pub shown: &'static str,
    pub expression: &'static str,
    pub forbidden_start: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub const fn new(
        shown: &'static str,
        expression: &'static str,
        forbidden_start: &'static str,
    ) -> Pattern {
        Pattern {
            shown,
            expression,
            forbidden_start,
            compiled: OnceLock::new(),
        }
    }

    /// Whether the text matches. What only asks for more than blanks is decided without the expression. An
    /// expression that does not compile matches nothing; a test compiles them all.
    pub fn matches(&self, text: &str) -> bool {
        if !self.forbidden_start.is_empty() && text.starts_with(self.forbidden_start) {
            return false;
        }
        if self.expression == NOT_BLANK {
            return text.bytes().any(|byte| !BLANKS.contains(&byte));
        }
        self.compile().is_some_and(|regex| regex.is_match(text))
    }

    /// The compiled expression, `None` where it cannot be compiled.
    pub fn compile(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| Regex::new(self.expression).ok())
            .as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_blank_is_found_as_the_expression_finds_it() {
        let pattern = Pattern::new(r".*\S.*", NOT_BLANK, "");
        let regex = pattern.compile().unwrap();
        for text in [
            "",
            " ",
            "\t\n\r\x0B\x0C ",
            "a",
            " a",
            "\na\n",
            "\u{a0}",
            "\u{2003}",
            "\0",
            "é",
        ] {
            assert_eq!(pattern.matches(text), regex.is_match(text), "{text:?}");
        }
    }
}
