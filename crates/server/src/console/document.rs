//! Reads JSON documents for people: single values, and whatever else is there as labelled lines.

use balefire_api::Timestamp;
use serde_json::Value;

use crate::instant::ms_of;

/// Lines that are shown of one document; the rest is cut, and the page says so.
const FIELDS_MAX: usize = 60;

/// A labelled value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub label: String,
    pub value: String,
    /// Whether the value is a document, to be shown as program text.
    pub block: bool,
}

impl Field {
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Field {
        Field {
            label: label.into(),
            value: value.into(),
            block: false,
        }
    }
}

/// The text or number at a JSON pointer, unless it is blank.
pub fn text(document: &Value, pointer: &str) -> Option<String> {
    document.pointer(pointer).and_then(scalar)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("yes".into()),
        Value::Bool(false) => Some("no".into()),
        _ => None,
    }
}

pub fn number(document: &Value, pointer: &str) -> Option<i64> {
    document.pointer(pointer)?.as_i64()
}

/// The texts of the array at a JSON pointer.
pub fn texts(document: &Value, pointer: &str) -> Vec<String> {
    items(document, pointer).iter().filter_map(scalar).collect()
}

/// The items of the array at a JSON pointer.
pub fn items<'a>(document: &'a Value, pointer: &str) -> &'a [Value] {
    let array = document.pointer(pointer).and_then(Value::as_array);
    array.map_or(&[], Vec::as_slice)
}

/// OCSF's time at a JSON pointer: milliseconds, or seconds where a tool writes those.
pub fn time(document: &Value, pointer: &str) -> Option<Timestamp> {
    number(document, pointer).map(|number| Timestamp(ms_of(number)))
}

/// The whole document with indentation.
pub fn indented(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}

/// A text that may be JSON, as lines: members by their names, and anything else as it is.
pub fn fields(text: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(members)) => {
            for (name, value) in &members {
                collect(&label(name), value, &mut fields);
            }
        }
        Ok(Value::String(text)) => fields.push(Field::new("", text)),
        Ok(Value::Array(items)) => collect("", &Value::Array(items), &mut fields),
        _ if text.trim().is_empty() => {}
        _ => fields.push(Field::new("", text)),
    }
    if fields.len() > FIELDS_MAX {
        let left = fields.len() - FIELDS_MAX;
        fields.truncate(FIELDS_MAX);
        fields.push(Field::new("", format!("… and {left} more")));
    }
    fields
}

fn collect(label_so_far: &str, value: &Value, fields: &mut Vec<Field>) {
    match value {
        Value::Object(members) => {
            if let Some(field) = change(members) {
                fields.push(field);
                return;
            }
            for (name, value) in members {
                collect(&joined(label_so_far, &label(name)), value, fields);
            }
        }
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().filter_map(scalar).collect();
            if texts.len() == items.len() && !items.is_empty() {
                fields.push(Field::new(label_so_far, texts.join(", ")));
                return;
            }
            for item in items {
                collect(label_so_far, item, fields);
            }
        }
        Value::String(text) => {
            // Triggers carry documents as text.
            let nested = serde_json::from_str::<Value>(text).ok();
            let nested = nested.filter(|value| value.is_object() || value.is_array());
            let (value, block) = match nested {
                Some(value) => (indented(&value), true),
                None => (text.clone(), false),
            };
            if !value.trim().is_empty() {
                let label = label_so_far.to_owned();
                fields.push(Field {
                    label,
                    value,
                    block,
                });
            }
        }
        other => fields.extend(scalar(other).map(|value| Field::new(label_so_far, value))),
    }
}

/// A changed attribute of an incident, as the timeline's own events name it.
fn change(members: &serde_json::Map<String, Value>) -> Option<Field> {
    let name = members.get("attributeName")?.as_str()?;
    let value = members.get("newValue").and_then(scalar);
    (members.len() == 2).then(|| Field::new(label(name), value.unwrap_or_else(|| "nothing".into())))
}

fn joined(first: &str, second: &str) -> String {
    if first.is_empty() {
        return second.to_owned();
    }
    format!("{first} · {}", second.to_lowercase())
}

/// A member's name in words: `triggeredAt` as `Triggered at`.
pub fn label(name: &str) -> String {
    let mut label = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        match letter {
            '_' | '-' => label.push(' '),
            _ if label.is_empty() => label.extend(letter.to_uppercase()),
            _ if letter.is_uppercase()
                && !label.ends_with(|c: char| c.is_uppercase() || c == ' ') =>
            {
                label.push(' ');
                label.extend(letter.to_lowercase());
            }
            _ => label.push(letter),
        }
    }
    match label.strip_suffix(" arn") {
        Some(rest) => format!("{rest} ARN"),
        None => label,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(text: &str) -> Vec<(String, String)> {
        let fields = fields(text).into_iter();
        fields.map(|field| (field.label, field.value)).collect()
    }

    fn line(label: &str, value: &str) -> (String, String) {
        (label.into(), value.into())
    }

    #[test]
    fn event_data_is_readable() {
        let update = json!({
            "modifiedBy": "arn:x",
            "modifiedAttributes": [
                {"attributeName": "status", "newValue": "RESOLVED"},
                {"attributeName": "chatChannel", "newValue": null}
            ],
            "empty": "", "nothing": null, "flag": false,
            "names": ["a", "b"],
            "deep": {"inTheSea": 7}
        });
        let expected = [
            line("Deep · in the sea", "7"),
            line("Flag", "no"),
            line("Status", "RESOLVED"),
            line("Chat channel", "nothing"),
            line("Modified by", "arn:x"),
            line("Names", "a, b"),
        ];
        assert_eq!(lines(&update.to_string()), expected);
        assert_eq!(lines("we rolled back"), [line("", "we rolled back")]);
        assert_eq!(lines("\"quoted\""), [line("", "quoted")]);
        assert_eq!(lines("  "), []);
    }

    #[test]
    fn documents_in_texts_are_indented() {
        let fields = fields(&json!({"rawData": "{\"a\":1}"}).to_string());
        let expected = Field::new("Raw data", "{\n  \"a\": 1\n}");
        assert_eq!(
            fields,
            [Field {
                block: true,
                ..expected
            }]
        );
    }

    #[test]
    fn long_data_is_cut() {
        let many: serde_json::Map<_, _> = (0..100).map(|n| (n.to_string(), json!(n))).collect();
        let fields = fields(&Value::Object(many).to_string());
        assert_eq!(fields.len(), FIELDS_MAX + 1);
        assert_eq!(fields[FIELDS_MAX].value, "… and 40 more");
    }

    #[test]
    fn names_become_words() {
        for (name, expected) in [
            ("triggerArn", "Trigger ARN"),
            ("triggeredAt", "Triggered at"),
            ("first_seen_time", "First seen time"),
            ("ARN", "ARN"),
            ("CVEId", "CVEId"),
            ("", ""),
        ] {
            assert_eq!(label(name), expected);
        }
    }

    #[test]
    fn times_are_milliseconds_or_seconds() {
        let document = json!({"a": 1_767_225_600_000_i64, "b": 1_767_225_600, "c": "x"});
        assert_eq!(time(&document, "/a"), time(&document, "/b"));
        assert_eq!(time(&document, "/c"), None);
    }
}
