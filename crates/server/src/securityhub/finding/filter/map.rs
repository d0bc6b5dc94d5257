//! Map filters: keys and values of tags, those of one field together.

use balefire_api::generated::securityhub::{
    MapFilterComparison as Comparison, OcsfMapField, OcsfMapFilter,
};
use serde_json::Value;

use super::super::path::Path;
use super::{Compiler, FILTERS_MAX};

/// The map filters of one field in one composite.
#[derive(Debug)]
pub struct Group {
    path: Path,
    positive: Vec<Test>,
    negative: Vec<Test>,
}

#[derive(Debug)]
struct Test {
    key: String,
    value: String,
    /// The value has it somewhere inside; otherwise it is it.
    inside: bool,
}

impl Group {
    pub fn matches(&self, document: &Value) -> bool {
        let any = |tests: &[Test]| {
            self.path.any(document, |entry| {
                tests.iter().any(|test| test.passes(entry))
            })
        };
        (self.positive.is_empty() || any(&self.positive)) && !any(&self.negative)
    }
}

impl Test {
    /// An entry is OCSF's object of a name and a value or several; a whole map is taken as well.
    fn passes(&self, entry: &Value) -> bool {
        match entry.get("name").and_then(Value::as_str) {
            Some(name) if name != self.key => false,
            Some(_) => {
                let has = |member| entry.get(member).is_some_and(|value| self.has(value));
                has("value") || has("values")
            }
            None => entry.get(&self.key).is_some_and(|value| self.has(value)),
        }
    }

    fn has(&self, value: &Value) -> bool {
        match value {
            Value::String(text) if self.inside => text.contains(&self.value),
            Value::String(text) => *text == self.value,
            Value::Array(elements) => elements.iter().any(|element| self.has(element)),
            Value::Number(number) => number.to_string() == self.value,
            _ => false,
        }
    }
}

impl Compiler {
    pub(super) fn maps(&mut self, filters: &[OcsfMapFilter], at: &str) -> Vec<Group> {
        self.at_most(filters.len(), FILTERS_MAX, at);
        let mut groups: Vec<(OcsfMapField, Vec<Comparison>, Group)> = Vec::new();
        for (place, filter) in filters.iter().enumerate() {
            let at = format!("{at}/{place}");
            let Some((field, comparison, test)) = self.map(filter, &at) else {
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
            if let Some(known) = comparisons.iter().find(|one| conflict(**one, comparison)) {
                let rule = format!(
                    "Member must not be {} where another filter of {} is {}",
                    comparison.as_str(),
                    field.as_str(),
                    known.as_str()
                );
                self.refuse(&format!("{at}/Filter/Comparison"), rule);
            }
            comparisons.push(comparison);
            match comparison {
                Comparison::Equals | Comparison::Contains => group.positive.push(test),
                Comparison::NotEquals | Comparison::NotContains => group.negative.push(test),
            }
        }
        groups.into_iter().map(|(.., group)| group).collect()
    }

    fn map(
        &mut self,
        filter: &OcsfMapFilter,
        at: &str,
    ) -> Option<(OcsfMapField, Comparison, Test)> {
        let field = self.required(filter.field_name.as_ref(), at, "FieldName");
        let inner = self.required(filter.filter.as_ref(), at, "Filter")?;
        let comparison = self.required(inner.comparison.as_ref(), at, "Filter/Comparison");
        let key = self.required(inner.key.as_ref(), at, "Filter/Key");
        let value = self.required(inner.value.as_ref(), at, "Filter/Value");
        let (field, comparison) = (*field?, *comparison?);
        let test = Test {
            key: key?.clone(),
            value: value?.clone(),
            inside: matches!(comparison, Comparison::Contains | Comparison::NotContains),
        };
        Some((field, comparison, test))
    }
}

/// Whether two comparisons do not go together on one field.
fn conflict(a: Comparison, b: Comparison) -> bool {
    use Comparison::{Contains, Equals, NotContains, NotEquals};
    matches!(
        (a, b),
        (Equals, NotEquals)
            | (NotEquals, Equals)
            | (Contains, NotContains)
            | (NotContains, Contains)
    )
}
