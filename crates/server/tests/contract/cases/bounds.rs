//! Values just past and just inside lengths, ranges, patterns, enumerations and sizes.

use balefire_api::shape::{Bounds, Float, Integer, Length, List, Location, Map, Shape, Text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Expected, Walk};
use crate::samples;
use crate::values::{list_of, map_of};

/// Longer texts and lists than this are not sent: the listener would refuse most of them.
const SIZE_MAX: u64 = 2_000_000;

impl Walk {
    /// Adds the cases of the constraints that the shape itself has.
    pub(super) fn bounds(&mut self, shape: &'static Shape) {
        match shape {
            Shape::Text(text) => self.text(text),
            Shape::Integer(integer) => self.integer(integer),
            Shape::Float(float) => self.float(float),
            Shape::Blob(blob) => self.lengths(blob.length, |length| {
                Some(STANDARD.encode(vec![b'a'; length as usize]).into())
            }),
            Shape::List(list) => self.list(list),
            Shape::Map(map) => self.map(map),
            _ => {}
        }
    }

    fn text(&mut self, text: &'static Text) {
        if let Some(values) = text.values {
            let wrong = Some(json!("NO_SUCH_VALUE"));
            self.case("not in the enumeration", Expected::Violation, wrong);
            let lower = values.first().map(|value| swapped_case(value));
            let lower = lower.filter(|value| !values.contains(&value.as_str()));
            if let Some(lower) = lower {
                let value = Some(Value::from(lower));
                self.case("enumeration in other case", Expected::Violation, value);
            }
            for value in values {
                let value = Some(Value::from(*value));
                self.case("a value of the enumeration", Expected::Inside, value);
            }
        }
        if text.pattern.is_some() {
            let value = samples::unmatched(text).map(Value::from);
            self.case("pattern not matched", Expected::Violation, value);
        }
        let Bounds { min, max } = text.length;
        self.lengths(text.length, |length| {
            let inside = min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max);
            let fitting = samples::of_length(text, length);
            // Past a bound it is no matter if the pattern breaks as well.
            let any = (!inside).then(|| "a".repeat(length as usize));
            fitting.or(any).map(Value::from)
        });
    }

    fn integer(&mut self, integer: &Integer) {
        if let Some(values) = integer.values {
            let past = values.iter().max().map(|most| json!(most + 1));
            self.case("not in the enumeration", Expected::Violation, past);
            for value in values {
                let value = Some(json!(value));
                self.case("a value of the enumeration", Expected::Inside, value);
            }
        }
        let fits = |value: &i64| {
            let spare = 64 - integer.bits;
            (*value << spare) >> spare == *value
        };
        let Bounds { min, max } = integer.range;
        let below = min.and_then(|min| min.checked_sub(1)).filter(fits);
        let above = max.and_then(|max| max.checked_add(1)).filter(fits);
        self.range(below.map(Value::from), above.map(Value::from));
        self.range_inside(min.map(Value::from), max.map(Value::from));
    }

    fn float(&mut self, float: &Float) {
        let Bounds { min, max } = float.range;
        let step = |bound: f64| 1.0_f64.max(bound.abs() * 0.001);
        let below = min.map(|min| json!(min - step(min)));
        let above = max.map(|max| json!(max + step(max)));
        self.range(below, above);
        self.range_inside(min.map(Value::from), max.map(Value::from));
    }

    fn range(&mut self, below: Option<Value>, above: Option<Value>) {
        for (what, value) in [("below the range", below), ("above the range", above)] {
            if value.is_some() {
                self.case(what, Expected::Violation, value);
            }
        }
    }

    fn range_inside(&mut self, min: Option<Value>, max: Option<Value>) {
        for (what, value) in [
            ("at the range's minimum", min),
            ("at the range's maximum", max),
        ] {
            if value.is_some() {
                self.case(what, Expected::Inside, value);
            }
        }
    }

    fn list(&mut self, list: &'static List) {
        self.lengths(list.length, |length| list_of(list, length as usize));
        if list.unique {
            let twice = list_of(list, 1).map(|items| json!([items[0], items[0]]));
            self.case("the same item twice", Expected::Violation, twice);
        }
    }

    fn map(&mut self, map: &'static Map) {
        self.lengths(map.length, |length| map_of(map, length as usize));
    }

    /// Four lengths: one below the least, the least, the most, one above the most.
    fn lengths(&mut self, length: Length, of: impl Fn(u64) -> Option<Value>) {
        let of = |length: u64| (length <= SIZE_MAX).then(|| of(length)).flatten();
        if let Some(min) = length.min {
            if let Some(below) = min.checked_sub(1) {
                self.length_case("length below the minimum", Expected::Violation, below, &of);
            }
            self.length_case("length at the minimum", Expected::Inside, min, &of);
        }
        if let Some(max) = length.max {
            self.length_case("length at the maximum", Expected::Inside, max, &of);
            self.length_case(
                "length above the maximum",
                Expected::Violation,
                max + 1,
                &of,
            );
        }
    }

    fn length_case(
        &mut self,
        what: &'static str,
        expected: Expected,
        length: u64,
        of: &dyn Fn(u64) -> Option<Value>,
    ) {
        // Nothing cannot be told from absence in a path, nor an empty list in a query.
        let shown = match self.location() {
            Location::Label => length > 0,
            Location::Query => length > 0 || self.steps.len() > 1,
            _ => true,
        };
        if shown {
            self.case(what, expected, of(length));
        }
    }
}

fn swapped_case(text: &str) -> String {
    let upper = text.chars().any(char::is_uppercase);
    if upper {
        text.to_lowercase()
    } else {
        text.to_uppercase()
    }
}
