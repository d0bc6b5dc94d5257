//! Values of the wrong JSON type, nulls where none may be, and unions of none or two.

use balefire_api::shape::{Location, Shape, Structure};
use balefire_api::timestamp::TimeFormat;
use serde_json::{Value, json};

use super::{Expected, Walk};
use crate::values::{list_of, map_of, minimal};

impl Walk {
    /// Adds what the protocol rejects before any constraint is looked at.
    pub(super) fn forms(&mut self, shape: &'static Shape) {
        match self.location() {
            Location::Body | Location::Payload => self.json_forms(shape),
            _ => self.text_forms(shape),
        }
    }

    fn json_forms(&mut self, shape: &'static Shape) {
        for value in wrong_types(shape) {
            self.case("wrong JSON type", Expected::Malformed, Some(value));
        }
        match shape {
            Shape::List(list) if !list.sparse => {
                let count = list.length.min.unwrap_or(0).max(1) as usize;
                let holed = list_of(list, count).map(|mut items| {
                    items[0] = Value::Null;
                    items
                });
                self.case("null in a list", Expected::Malformed, holed);
            }
            Shape::Map(map) if !map.sparse => {
                let count = map.length.min.unwrap_or(0).max(1) as usize;
                let holed = map_of(map, count).map(|mut entries| {
                    let values = entries.as_object_mut().into_iter().flatten();
                    values.for_each(|(_, value)| *value = Value::Null);
                    entries
                });
                self.case("null in a map", Expected::Malformed, holed);
            }
            Shape::Structure(structure) if structure.union => self.unions(structure),
            _ => {}
        }
    }

    fn unions(&mut self, structure: &'static Structure) {
        let malformed = Expected::Malformed;
        self.case("union of none", malformed, Some(json!({})));
        let null = structure.members.first().map(|m| json!({ m.wire: null }));
        self.case("union of a null", malformed, null);
        let first = structure.members.first();
        let beside =
            first.and_then(|m| Some(json!({ m.wire: minimal(m.shape)?, "NoSuchMember": "a" })));
        self.case("union of one and an unknown one", malformed, beside);
        if structure.members.len() > 1 {
            let pairs = structure.members.iter().take(2);
            let pairs = pairs.map(|m| Some((m.wire.to_owned(), minimal(m.shape)?)));
            let two = pairs.collect::<Option<_>>().map(Value::Object);
            self.case("union of two", malformed, two);
        }
    }

    /// In labels, queries and headers all is text, so only what texts stand for can be wrong.
    fn text_forms(&mut self, shape: &'static Shape) {
        let wrong: &[&str] = match shape {
            Shape::Boolean => &["yes", "True", "1"],
            Shape::Integer(_) => &["one", "1.5", "1 ", ""],
            Shape::Float(_) => &["one", "1,5"],
            Shape::Timestamp(_) => &["yesterday"],
            _ => &[],
        };
        for text in wrong {
            let value = Some(json!(text));
            self.case("unreadable text", Expected::Malformed, value);
        }
    }
}

/// JSON that cannot be a value of the shape.
fn wrong_types(shape: &Shape) -> Vec<Value> {
    match shape {
        Shape::Boolean => vec![json!("true"), json!(1)],
        Shape::Integer(integer) => {
            let mut wrong = vec![json!("1"), json!(1.5), json!(true), json!([1])];
            // One past what the bits hold is no number of this shape at all.
            if integer.bits < 64 {
                wrong.push(json!(1_i64 << (integer.bits - 1)));
            }
            wrong
        }
        Shape::Float(_) => vec![json!("1"), json!(true)],
        Shape::Text(_) => vec![json!(1), json!(true), json!({}), json!(["a"])],
        Shape::Blob(_) => vec![json!(1), json!("*")],
        Shape::Timestamp(TimeFormat::EpochSeconds) => {
            vec![
                json!("2026-01-01T00:00:00Z"),
                json!("1767225600"),
                json!({}),
            ]
        }
        Shape::Timestamp(TimeFormat::DateTime) => {
            vec![json!(1_767_225_600), json!("2026-01-01T00:00:00+01:00")]
        }
        Shape::Timestamp(TimeFormat::HttpDate) => vec![json!(1)],
        Shape::Document => Vec::new(),
        Shape::List(_) => vec![json!({}), json!("a"), json!(1)],
        Shape::Kept(form) => wrong_types(form),
        Shape::Map(_) | Shape::Structure(_) => vec![json!([]), json!("a"), json!(1)],
    }
}
