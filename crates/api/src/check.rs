//! Checks a value against every constraint of its shape and reports all that do not hold.

use std::fmt::Display;

use crate::node::Node;
use crate::rejection::{Violation, violation};
use crate::shape::{Bounds, Shape, Structure, Text};

/// All violations of an input, in the order of the model.
pub fn check(structure: &Structure, node: &Node) -> Vec<Violation> {
    let mut checker = Checker {
        path: String::new(),
        found: Vec::new(),
    };
    checker.structure(structure, node);
    checker.found
}

struct Checker {
    path: String,
    found: Vec<Violation>,
}

impl Checker {
    fn report(&mut self, constraint: impl Display) {
        self.found.push(violation(&self.path, constraint));
    }

    fn at(&mut self, segment: &str, inside: impl FnOnce(&mut Checker)) {
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(segment);
        inside(self);
        self.path.truncate(length);
    }

    fn structure(&mut self, structure: &Structure, node: &Node) {
        match node {
            Node::Structure(slots) => {
                for (member, slot) in structure.members.iter().zip(slots) {
                    match slot {
                        Some(value) => self.at(member.name, |c| c.value(member.shape, value)),
                        None if member.required => {
                            self.at(member.name, |c| c.report("Member must not be null"));
                        }
                        None => {}
                    }
                }
            }
            Node::Union(place, value) => {
                if let Some(member) = structure.members.get(*place) {
                    self.at(member.name, |c| c.value(member.shape, value));
                }
            }
            _ => {}
        }
    }

    fn value(&mut self, shape: &Shape, node: &Node) {
        match (shape, node) {
            (Shape::Text(text), Node::Text(value)) => self.text(text, value),
            (Shape::Blob(blob), Node::Blob(value)) => self.length(blob.length, value.len() as u64),
            (Shape::Integer(integer), Node::Integer(value)) => {
                self.range(integer.range, *value);
                if let Some(values) = integer.values.filter(|values| !values.contains(value)) {
                    let set: Vec<String> = values.iter().map(i64::to_string).collect();
                    self.report(format_args!(
                        "Member must satisfy enum value set: [{}]",
                        set.join(", ")
                    ));
                }
            }
            (Shape::Float(float), Node::Float(value)) => self.range(float.range, *value),
            (Shape::List(list), Node::List(items)) => {
                self.length(list.length, items.len() as u64);
                for (index, item) in items.iter().enumerate() {
                    self.at(&index.to_string(), |c| c.value(list.item, item));
                }
                if list.unique
                    && items
                        .iter()
                        .enumerate()
                        .any(|(i, item)| items[..i].contains(item))
                {
                    self.report("Member must have unique values");
                }
            }
            (Shape::Map(map), Node::Map(entries)) => {
                self.length(map.length, entries.len() as u64);
                for (key, value) in entries {
                    if let Shape::Text(text) = map.key {
                        self.text(text, key);
                    }
                    self.at(key, |c| c.value(map.value, value));
                }
            }
            (Shape::Structure(structure), node) => self.structure(structure, node),
            _ => {}
        }
    }

    fn text(&mut self, text: &Text, value: &str) {
        if text.length.min.is_some() || text.length.max.is_some() {
            self.length(text.length, value.chars().count() as u64);
        }
        if let Some(values) = text.values.filter(|values| !values.contains(&value)) {
            self.report(format_args!(
                "Member must satisfy enum value set: [{}]",
                values.join(", ")
            ));
        }
        if let Some(pattern) = text.pattern.filter(|pattern| !pattern.matches(value)) {
            self.report(format_args!(
                "Member must satisfy regular expression pattern: {}",
                pattern.shown
            ));
        }
    }

    fn length(&mut self, bounds: Bounds<u64>, length: u64) {
        if let Some(limits) = broken(bounds, length, "have length between", "have length ") {
            let path = &self.path;
            let message = format!(
                "Value with length {length} at '{path}' failed to satisfy constraint: Member must {limits}"
            );
            self.found.push(Violation {
                path: path.clone(),
                message,
            });
        }
    }

    fn range<T: PartialOrd + Display + Copy>(&mut self, bounds: Bounds<T>, value: T) {
        if let Some(limits) = broken(bounds, value, "be between", "be ") {
            self.report(format_args!("Member must {limits}"));
        }
    }
}

/// The words for the bounds that a value does not keep. NaN keeps none.
fn broken<T: PartialOrd + Display>(
    bounds: Bounds<T>,
    value: T,
    both: &str,
    one: &str,
) -> Option<String> {
    let above = bounds.min.as_ref().is_none_or(|min| value >= *min);
    let below = bounds.max.as_ref().is_none_or(|max| value <= *max);
    if above && below {
        return None;
    }
    Some(match (bounds.min, bounds.max) {
        (Some(min), Some(max)) => format!("{both} {min} and {max}, inclusive"),
        (Some(min), None) => format!("{one}greater than or equal to {min}"),
        (None, Some(max)) => format!("{one}less than or equal to {max}"),
        (None, None) => String::new(),
    })
}
