//! String filters: whole texts, their beginnings, parts and words.

use balefire_api::generated::securityhub::{
    OcsfStringFilter, StringFilter, StringFilterComparison,
};
use serde_json::Value;

use super::super::path::Path;
use super::group::{self, Comparison, Filter};
use super::{Asker, Compiler};

#[derive(Debug)]
pub enum Test {
    Equals(String),
    Prefix(String),
    Contains(String),
    /// In lower case.
    ContainsWord(String),
}

impl Comparison for StringFilterComparison {
    const CONFLICTS: &'static [(Self, &'static [Self])] = &[
        (Self::Equals, &[Self::NotEquals, Self::PrefixNotEquals]),
        (
            Self::Contains,
            &[
                Self::Equals,
                Self::Prefix,
                Self::NotEquals,
                Self::PrefixNotEquals,
                Self::NotContains,
                Self::ContainsWord,
            ],
        ),
    ];

    fn wire_name(self) -> &'static str {
        self.as_str()
    }

    /// NOT_CONTAINS is of the rules of Security Hub CSPM alone.
    fn is_for(self, asker: Asker) -> bool {
        match asker {
            Asker::Query => !matches!(self, Self::Contains | Self::NotContains),
            Asker::Software => matches!(
                self,
                Self::Equals | Self::NotEquals | Self::Prefix | Self::PrefixNotEquals
            ),
            Asker::Rule => !matches!(self, Self::ContainsWord | Self::NotContains),
            #[cfg(test)]
            Asker::Test => true,
        }
    }

    fn is_negative(self) -> bool {
        matches!(
            self,
            Self::NotEquals | Self::PrefixNotEquals | Self::NotContains
        )
    }
}

impl group::Test for Test {
    fn any(tests: &[Test], path: &Path, document: &Value) -> bool {
        path.any_text(document, |text| tests.iter().any(|test| test.passes(text)))
    }
}

impl Test {
    pub(super) fn of(comparison: StringFilterComparison, value: &str) -> Test {
        use StringFilterComparison::{
            Contains, ContainsWord, Equals, NotContains, NotEquals, Prefix, PrefixNotEquals,
        };
        match comparison {
            Equals | NotEquals => Test::Equals(value.to_owned()),
            Prefix | PrefixNotEquals => Test::Prefix(value.to_owned()),
            Contains | NotContains => Test::Contains(value.to_owned()),
            ContainsWord => Test::ContainsWord(value.to_lowercase()),
        }
    }

    /// The text that alone passes, if it is one.
    pub fn exact(&self) -> Option<&str> {
        match self {
            Test::Equals(value) => Some(value),
            Test::Prefix(_) | Test::Contains(_) | Test::ContainsWord(_) => None,
        }
    }

    /// The beginning that alone passes, if it is one.
    pub fn prefix(&self) -> Option<&str> {
        match self {
            Test::Prefix(value) => Some(value),
            Test::Equals(_) | Test::Contains(_) | Test::ContainsWord(_) => None,
        }
    }

    /// Whether the text that is asked for says nothing.
    pub fn is_blank(&self) -> bool {
        match self {
            Test::Equals(value)
            | Test::Prefix(value)
            | Test::Contains(value)
            | Test::ContainsWord(value) => value.trim().is_empty(),
        }
    }

    pub fn passes(&self, text: &str) -> bool {
        match self {
            Test::Equals(value) => text == value,
            Test::Prefix(value) => text.starts_with(value.as_str()),
            Test::Contains(value) => text.contains(value.as_str()),
            Test::ContainsWord(word) if text.is_ascii() => has_ascii_word(text, word),
            Test::ContainsWord(word) => has_word(&text.to_lowercase(), word),
        }
    }
}

/// As `has_word`, without a copy in lower case: most texts are asked in vain, and some filters ask hundreds
/// of words of each.
fn has_ascii_word(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let (Some(first), Some(last)) = (word.first(), word.last()) else {
        return true;
    };
    let is_part = |at: Option<&u8>| at.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let starts = memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text);
    starts.into_iter().any(|start| {
        let end = start + word.len();
        let is_there = text
            .get(start..end)
            .is_some_and(|found| found.eq_ignore_ascii_case(word));
        let before = start.checked_sub(1).and_then(|before| text.get(before));
        let goes_on = is_part(before) && is_part(Some(first))
            || is_part(text.get(end)) && is_part(Some(last));
        is_there && !goes_on
    })
}

/// Whether a word, or several in a row, is in the text with no letter or digit against its ends.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let (first, last) = (word.chars().next(), word.chars().next_back());
    text.match_indices(word).any(|(start, found)| {
        let before = text[..start].chars().next_back();
        let after = text[start + found.len()..].chars().next();
        let goes_on = is_part(before) && is_part(first) || is_part(after) && is_part(last);
        !goes_on
    })
}

impl Compiler {
    pub(super) fn text(
        &mut self,
        filter: &OcsfStringFilter,
        at: &str,
    ) -> Option<Filter<StringFilterComparison, Test>> {
        let field = filter.field_name.map(|field| field.as_str());
        self.text_at(field, filter.filter.as_ref(), at)
    }

    pub(super) fn text_at(
        &mut self,
        field: Option<&'static str>,
        filter: Option<&StringFilter>,
        at: &str,
    ) -> Option<Filter<StringFilterComparison, Test>> {
        let field = self.required(field.as_ref(), at, "FieldName");
        let inner = self.required(filter, at, "Filter")?;
        let comparison = self.required(inner.comparison.as_ref(), at, "Filter/Comparison");
        let value = self.required(inner.value.as_ref(), at, "Filter/Value");
        let (field, comparison) = (*field?, *comparison?);
        Some(Filter {
            field,
            comparison,
            test: Test::of(comparison, value?),
            comparison_at: "Filter/Comparison",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{has_ascii_word, has_word};

    proptest! {
        /// The way without a copy is the other way.
        #[test]
        fn words_are_found_alike(text in "[abAB_ .1]{0,12}", word in "[ab_ .1ä]{0,3}") {
            prop_assert_eq!(has_ascii_word(&text, &word), has_word(&text.to_lowercase(), &word));
        }
    }
}
