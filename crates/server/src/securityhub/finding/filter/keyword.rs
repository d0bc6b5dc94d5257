//! Keywords: a text anywhere in a finding.

use serde_json::Value;

#[derive(Debug)]
pub struct Word(String);

impl Word {
    pub fn of(text: &str) -> Word {
        Word(text.to_lowercase())
    }

    /// Whether a value has the word in any text, in any case. Names of members are no texts, but keys of maps
    /// cannot be told from them.
    pub fn is_in(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => text.to_lowercase().contains(&self.0),
            Value::Number(number) => number.to_string() == self.0,
            Value::Array(elements) => elements.iter().any(|element| self.is_in(element)),
            Value::Object(members) => members.values().any(|member| self.is_in(member)),
            Value::Null | Value::Bool(_) => false,
        }
    }
}
