//! Attributes of OCSF documents by their dotted names: which there are, and what a document has there.

#[cfg(test)]
mod tests;

use balefire_api::generated::securityhub::{
    OcsfBooleanField, OcsfDateField, OcsfIpField, OcsfNumberField, OcsfStringField,
};
use serde_json::{Number, Value};

use crate::instant;

/// What the values of an attribute are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Boolean,
    Date,
}

/// Attributes that can be sorted by and that the model has no filter for.
const UNFILTERED: &[(&str, Kind)] = &[
    ("category_name", Kind::Text),
    ("category_uid", Kind::Number),
    ("class_uid", Kind::Number),
    ("confidence", Kind::Text),
    ("confidence_id", Kind::Number),
    ("finding_info.analytic.uid", Kind::Text),
    ("finding_info.created_time", Kind::Date),
    ("finding_info.first_seen_time", Kind::Date),
    ("finding_info.last_seen_time", Kind::Date),
    ("finding_info.modified_time", Kind::Date),
    ("impact_id", Kind::Number),
    ("impact_score", Kind::Number),
    ("likelihood_id", Kind::Number),
    ("message", Kind::Text),
    ("metadata.event_code", Kind::Text),
    ("metadata.product.version", Kind::Text),
    ("metadata.version", Kind::Text),
    ("risk_level", Kind::Text),
    ("risk_level_id", Kind::Number),
    ("risk_score", Kind::Number),
    ("status_code", Kind::Text),
    ("status_detail", Kind::Text),
    ("time", Kind::Date),
    ("time_dt", Kind::Date),
    ("type_name", Kind::Text),
    ("type_uid", Kind::Number),
];

/// The kind of an attribute that findings can be sorted by; `None` where there is no such attribute.
pub fn kind_of(name: &str) -> Option<Kind> {
    if OcsfStringField::parse(name).is_some() || OcsfIpField::parse(name).is_some() {
        return Some(Kind::Text);
    }
    if OcsfNumberField::parse(name).is_some() {
        return Some(Kind::Number);
    }
    if OcsfDateField::parse(name).is_some() {
        return Some(Kind::Date);
    }
    if OcsfBooleanField::parse(name).is_some() {
        return Some(Kind::Boolean);
    }
    let own = UNFILTERED.iter().find(|(known, _)| *known == name);
    own.map(|(_, kind)| *kind)
}

/// The attributes of a kind that are sorted by and that the model has no filter for.
pub fn unfiltered(kind: Kind) -> impl Iterator<Item = &'static str> {
    let of_kind = UNFILTERED.iter().filter(move |(_, known)| *known == kind);
    of_kind.map(|(name, _)| *name)
}

/// The way to an attribute. Arrays on it stand for all their elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<Box<str>>);

impl Path {
    pub fn of(name: &str) -> Path {
        Path(name.split('.').map(Box::from).collect())
    }

    /// The dotted name.
    pub fn name(&self) -> String {
        self.0.join(".")
    }

    /// Whether any value there is as asked. `null` is no value.
    pub fn any<'v>(&self, document: &'v Value, mut is: impl FnMut(&'v Value) -> bool) -> bool {
        walk(document, &self.0, &mut is)
    }

    /// Whether any text there is as asked; numbers and truth values count as their text.
    pub fn any_text(&self, document: &Value, mut is: impl FnMut(&str) -> bool) -> bool {
        self.any(document, |value| match value {
            Value::String(text) => is(text),
            Value::Number(number) => is(&number.to_string()),
            Value::Bool(flag) => is(if *flag { "true" } else { "false" }),
            _ => false,
        })
    }

    /// Whether any number there is as asked.
    pub fn any_number(&self, document: &Value, mut is: impl FnMut(f64) -> bool) -> bool {
        self.any(document, |value| value.as_f64().is_some_and(&mut is))
    }

    /// Whether any time there, in milliseconds, is as asked. OCSF times come in pairs, a number and a
    /// text whose name ends in `_dt`; either may be the one that is there.
    pub fn any_time_ms(&self, document: &Value, mut is: impl FnMut(i64) -> bool) -> bool {
        let Some((last, way)) = self.0.split_last() else {
            return false;
        };
        let number = last.strip_suffix("_dt").unwrap_or(last);
        let text = format!("{number}_dt");
        walk(document, way, &mut |holder| {
            let time = |name: &str| holder.get(name).and_then(time_ms);
            time(&text).or_else(|| time(number)).is_some_and(&mut is)
        })
    }
}

fn walk<'v>(value: &'v Value, way: &[Box<str>], is: &mut impl FnMut(&'v Value) -> bool) -> bool {
    if let Value::Array(elements) = value {
        return elements.iter().any(|element| walk(element, way, is));
    }
    match way.split_first() {
        Some((name, rest)) => value
            .get(&**name)
            .is_some_and(|inner| walk(inner, rest, is)),
        None => !value.is_null() && is(value),
    }
}

/// The text that a number counts as, which is JSON's: `1e-7` and `3.0`.
pub fn text_of_number(number: f64) -> String {
    Number::from_f64(number).map_or_else(String::new, |number| number.to_string())
}

/// A time as documents have it, in milliseconds.
fn time_ms(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_f64().map(|ms| ms as i64),
        Value::String(text) => instant_ms(text),
        _ => None,
    }
}

/// Reads RFC 3339; a text without an offset is in UTC.
pub fn instant_ms(text: &str) -> Option<i64> {
    instant::ms_of_text(text)
}
