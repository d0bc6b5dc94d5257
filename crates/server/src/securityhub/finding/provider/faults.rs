//! What is wrong with a document, collected while its attributes are read.

use std::borrow::Cow;

use super::text_of;
use crate::securityhub::finding::caption;
use crate::securityhub::finding::members::Members;

/// Everything that is wrong with a document.
#[derive(Default)]
pub struct Faults(pub Vec<String>);

impl Faults {
    pub fn add(&mut self, path: &str, rule: &str) {
        self.0.push(format!("{path} {rule}"));
    }

    pub fn members<'a>(&mut self, text: &'a str, path: &str) -> Option<Members<'a>> {
        match Members::of(text) {
            Ok(members) => Some(members),
            Err(error) => {
                self.0
                    .push(format!("{path} must be a JSON object: {error}"));
                None
            }
        }
    }

    /// The text of an object that must be there.
    pub fn required<'a>(&mut self, holder: &Members<'a>, name: &str) -> Option<&'a str> {
        let raw = holder.get(name);
        if raw.is_none() {
            self.add(name, "is missing; it must be an object");
        }
        raw
    }

    pub fn object<'a>(
        &mut self,
        holder: &Members<'a>,
        name: &str,
        at: &str,
    ) -> Option<Members<'a>> {
        let path = format!("{at}{name}");
        match holder.get(name) {
            Some(text) => self.members(text, &path),
            None => {
                self.add(&path, "is missing; it must be an object");
                None
            }
        }
    }

    /// A text that is not blank.
    pub fn text<'a>(&mut self, holder: &Members<'a>, name: &str, at: &str) -> Option<Cow<'a, str>> {
        let raw = holder.get(name);
        let text = raw.and_then(text_of).filter(|text| !text.trim().is_empty());
        if text.is_none() {
            let rule = match raw {
                None => "is missing; it must be a text",
                Some(_) => "must be a text that is not empty",
            };
            self.add(&format!("{at}{name}"), rule);
        }
        text
    }

    pub fn integer(&mut self, holder: &Members<'_>, name: &str) -> Option<i64> {
        let raw = holder.get(name);
        let number = raw.and_then(|raw| serde_json::from_str(raw).ok());
        if number.is_none() {
            let rule = match raw {
                None => "is missing; it must be an integer",
                Some(_) => "must be an integer",
            };
            self.add(name, rule);
        }
        number
    }

    pub fn caption(
        &mut self,
        name: &str,
        captions: &'static [(i64, &'static str)],
        value: i64,
    ) -> Option<&'static str> {
        let caption = caption::caption(captions, value);
        if caption.is_none() {
            let values = caption::values(captions);
            self.0
                .push(format!("{name} must be one of {values}, not {value}"));
        }
        caption
    }
}
