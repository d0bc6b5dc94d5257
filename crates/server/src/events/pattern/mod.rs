//! EventBridge's pattern language: a pattern is compiled once and held against events as JSON.

mod compile;
mod json;
mod network;
mod test;
mod test_event_pattern;
#[cfg(test)]
mod tests;
mod wildcard;

pub use test_event_pattern::test_event_pattern;

use std::fmt;

use serde_json::Value;

use test::Test;

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern {
    root: Object,
    /// The full paths of the leaves that ask for absence, by their number.
    absent: Vec<Vec<String>>,
}

/// Why a text is no pattern.
#[derive(Debug, PartialEq)]
pub struct Malformed {
    /// The place by the names of its fields, such as `detail.state`; empty for the whole.
    path: String,
    reason: String,
}

/// All fields must hold, and of each `$or` one object.
#[derive(Debug, Default)]
struct Object {
    fields: Vec<(String, Field)>,
    alternatives: Vec<Vec<Object>>,
}

#[derive(Debug)]
enum Field {
    Nested(Object),
    Leaf(Leaf),
}

/// One of the tests must hold for one of the values, or there is no value where absence is asked for.
#[derive(Debug)]
struct Leaf {
    tests: Vec<Test>,
    /// Its place in `Pattern::absent`, with `{"exists": false}`.
    absent: Option<usize>,
}

impl Pattern {
    /// Whether an event matches. Of an array any element may match, and fields of one object of the
    /// pattern must hold in the same element.
    pub fn matches(&self, event: &Value) -> bool {
        let paths = self.absent.iter();
        let absent: Vec<bool> = paths.map(|path| !has_leaf(event, path)).collect();
        self.root.holds(Some(event), &absent)
    }
}

impl Object {
    fn holds(&self, object: Option<&Value>, absent: &[bool]) -> bool {
        let fields = self.fields.iter().all(|(name, field)| {
            let value = object.and_then(|object| object.get(name));
            match field {
                Field::Nested(nested) => nested.holds_within(value, absent),
                Field::Leaf(leaf) => leaf.holds(value, absent),
            }
        });
        let mut alternatives = self.alternatives.iter();
        fields && alternatives.all(|any| any.iter().any(|one| one.holds(object, absent)))
    }

    /// Without any object it still holds where nothing but absence is asked for.
    fn holds_within(&self, value: Option<&Value>, absent: &[bool]) -> bool {
        let in_object = value.is_some_and(|value| {
            any_element(value, &|element| {
                element.is_object() && self.holds(Some(element), absent)
            })
        });
        in_object || self.holds(None, absent)
    }
}

impl Leaf {
    fn holds(&self, value: Option<&Value>, absent: &[bool]) -> bool {
        let of_value = value.is_some_and(|value| {
            any_element(value, &|element| {
                !element.is_object() && self.tests.iter().any(|test| test.holds(element))
            })
        });
        // Absence is a matter of the whole event, not of one element of an array.
        of_value || self.absent.is_some_and(|number| absent[number])
    }
}

/// Whether something holds for a value that is no array, or for any element of one, however deep.
fn any_element(value: &Value, holds: &dyn Fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(|element| any_element(element, holds)),
        value => holds(value),
    }
}

/// Whether anywhere at a path there is a value that is neither object nor empty array.
fn has_leaf(value: &Value, path: &[String]) -> bool {
    any_element(value, &|element| match path.split_first() {
        None => !element.is_object(),
        Some((name, rest)) => element.get(name).is_some_and(|inner| has_leaf(inner, rest)),
    })
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Event pattern is not valid")?;
        if !self.path.is_empty() {
            write!(formatter, " at '{}'", self.path)?;
        }
        write!(formatter, ": {}.", self.reason)
    }
}
