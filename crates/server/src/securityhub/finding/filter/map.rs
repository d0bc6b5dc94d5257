//! Map filters: keys and values of tags.

use balefire_api::generated::securityhub::{MapFilter, MapFilterComparison, OcsfMapFilter};
use serde_json::Value;

use super::super::path::Path;
use super::group::{self, Comparison, Filter};
use super::{Asker, Compiler};

#[derive(Debug)]
pub struct Test {
    key: String,
    value: String,
    /// The value has it somewhere inside; otherwise it is it.
    inside: bool,
    /// The entries are whole maps, whose keys may be anything, `name` among them.
    is_plain: bool,
}

impl Comparison for MapFilterComparison {
    const CONFLICTS: &'static [(Self, &'static [Self])] = &[
        (Self::Equals, &[Self::NotEquals]),
        (Self::Contains, &[Self::NotContains]),
    ];

    fn wire_name(self) -> &'static str {
        self.as_str()
    }

    fn is_for(self, asker: Asker) -> bool {
        asker != Asker::Query || matches!(self, Self::Equals | Self::NotEquals)
    }

    fn is_negative(self) -> bool {
        matches!(self, Self::NotEquals | Self::NotContains)
    }
}

impl group::Test for Test {
    fn any(tests: &[Test], path: &Path, document: &Value) -> bool {
        path.any(document, |entry| {
            tests.iter().any(|test| test.passes(entry))
        })
    }
}

impl Test {
    pub(super) fn of(comparison: MapFilterComparison, key: &str, value: &str) -> Test {
        Test {
            key: key.to_owned(),
            value: value.to_owned(),
            inside: matches!(
                comparison,
                MapFilterComparison::Contains | MapFilterComparison::NotContains
            ),
            is_plain: false,
        }
    }

    pub(super) fn of_plain_map(comparison: MapFilterComparison, key: &str, value: &str) -> Test {
        Test {
            is_plain: true,
            ..Test::of(comparison, key, value)
        }
    }

    /// An entry is OCSF's object of a name and a value or several; a whole map is taken as well.
    pub fn passes(&self, entry: &Value) -> bool {
        let name = entry.get("name").and_then(Value::as_str);
        match name.filter(|_| !self.is_plain) {
            Some(name) if name != self.key => false,
            Some(_) => {
                let has = |member| entry.get(member).is_some_and(|value| self.has(value));
                has("value") || has("values")
            }
            None => entry.get(&self.key).is_some_and(|value| self.has(value)),
        }
    }

    /// Whether a whole map passes that has this as one of its entries.
    pub fn passes_in_map(&self, name: &str, value: &Value) -> bool {
        name == self.key && self.has(value)
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
    pub(super) fn map(
        &mut self,
        filter: &OcsfMapFilter,
        at: &str,
    ) -> Option<Filter<MapFilterComparison, Test>> {
        let field = filter.field_name.map(|field| field.as_str());
        self.map_at(field, filter.filter.as_ref(), at)
    }

    pub(super) fn map_at(
        &mut self,
        field: Option<&'static str>,
        filter: Option<&MapFilter>,
        at: &str,
    ) -> Option<Filter<MapFilterComparison, Test>> {
        let field = self.required(field.as_ref(), at, "FieldName");
        let inner = self.required(filter, at, "Filter")?;
        let comparison = self.required(inner.comparison.as_ref(), at, "Filter/Comparison");
        let key = self.required(inner.key.as_ref(), at, "Filter/Key");
        let value = self.required(inner.value.as_ref(), at, "Filter/Value");
        let (field, comparison) = (*field?, *comparison?);
        Some(Filter {
            field,
            comparison,
            test: Test::of(comparison, key?, value?),
            comparison_at: "Filter/Comparison",
        })
    }
}
