//! String filters: those of one field together, the positive ones any, the negative ones all.

use balefire_api::generated::securityhub::{
    OcsfStringField, OcsfStringFilter, StringFilterComparison as Comparison,
};
use serde_json::Value;

use super::super::path::Path;
use super::{Compiler, FILTERS_MAX};

/// The string filters of one field in one composite.
#[derive(Debug)]
pub struct Group {
    path: Path,
    positive: Vec<Test>,
    negative: Vec<Test>,
}

#[derive(Debug)]
enum Test {
    Equals(String),
    Prefix(String),
    Contains(String),
    /// In lower case.
    ContainsWord(String),
}

/// Comparisons that do not go together on one field.
const CONFLICTS: &[(Comparison, &[Comparison])] = &[
    (
        Comparison::Equals,
        &[Comparison::NotEquals, Comparison::PrefixNotEquals],
    ),
    (
        Comparison::Contains,
        &[
            Comparison::Equals,
            Comparison::Prefix,
            Comparison::NotEquals,
            Comparison::PrefixNotEquals,
            Comparison::NotContains,
            Comparison::ContainsWord,
        ],
    ),
];

impl Group {
    /// With an array at the field, a positive test needs one element, a negative one refuses any. A
    /// field that is absent passes negative tests alone.
    pub fn matches(&self, document: &Value) -> bool {
        let any = |tests: &[Test]| {
            let passes = |text: &str| tests.iter().any(|test| test.passes(text));
            self.path.any_text(document, passes)
        };
        (self.positive.is_empty() || any(&self.positive)) && !any(&self.negative)
    }
}

impl Test {
    fn passes(&self, text: &str) -> bool {
        match self {
            Test::Equals(value) => text == value,
            Test::Prefix(value) => text.starts_with(value.as_str()),
            Test::Contains(value) => text.contains(value.as_str()),
            Test::ContainsWord(word) => has_word(&text.to_lowercase(), word),
        }
    }
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
    pub(super) fn texts(&mut self, filters: &[OcsfStringFilter], at: &str) -> Vec<Group> {
        self.at_most(filters.len(), FILTERS_MAX, at);
        let mut groups: Vec<(OcsfStringField, Vec<Comparison>, Group)> = Vec::new();
        for (place, filter) in filters.iter().enumerate() {
            let at = format!("{at}/{place}");
            let Some((field, comparison, value)) = self.text(filter, &at) else {
                continue;
            };
            let known = groups.iter().position(|(known, ..)| *known == field);
            let known = known.unwrap_or_else(|| {
                let group = Group {
                    path: Path::of(field.as_str()),
                    positive: Vec::new(),
                    negative: Vec::new(),
                };
                groups.push((field, Vec::new(), group));
                groups.len() - 1
            });
            let (_, comparisons, group) = &mut groups[known];
            self.check_together(comparisons, comparison, field, &at);
            comparisons.push(comparison);
            group.add(comparison, value);
        }
        groups.into_iter().map(|(.., group)| group).collect()
    }

    fn text<'f>(
        &mut self,
        filter: &'f OcsfStringFilter,
        at: &str,
    ) -> Option<(OcsfStringField, Comparison, &'f str)> {
        let field = self.required(filter.field_name.as_ref(), at, "FieldName");
        let inner = self.required(filter.filter.as_ref(), at, "Filter")?;
        let comparison = self.required(inner.comparison.as_ref(), at, "Filter/Comparison");
        let value = self.required(inner.value.as_ref(), at, "Filter/Value");
        Some((*field?, *comparison?, value?))
    }

    fn check_together(
        &mut self,
        comparisons: &[Comparison],
        comparison: Comparison,
        field: OcsfStringField,
        at: &str,
    ) {
        let conflicting = comparisons
            .iter()
            .find(|known| conflict(**known, comparison));
        if let Some(known) = conflicting {
            let rule = format!(
                "Member must not be {} where another filter of {} is {}",
                comparison.as_str(),
                field.as_str(),
                known.as_str()
            );
            self.refuse(&format!("{at}/Filter/Comparison"), rule);
        }
    }
}

fn conflict(a: Comparison, b: Comparison) -> bool {
    CONFLICTS
        .iter()
        .any(|(one, others)| *one == a && others.contains(&b) || *one == b && others.contains(&a))
}

impl Group {
    fn add(&mut self, comparison: Comparison, value: &str) {
        let value = value.to_owned();
        match comparison {
            Comparison::Equals => self.positive.push(Test::Equals(value)),
            Comparison::Prefix => self.positive.push(Test::Prefix(value)),
            Comparison::Contains => self.positive.push(Test::Contains(value)),
            Comparison::ContainsWord => {
                self.positive.push(Test::ContainsWord(value.to_lowercase()));
            }
            Comparison::NotEquals => self.negative.push(Test::Equals(value)),
            Comparison::PrefixNotEquals => self.negative.push(Test::Prefix(value)),
            Comparison::NotContains => self.negative.push(Test::Contains(value)),
        }
    }
}
