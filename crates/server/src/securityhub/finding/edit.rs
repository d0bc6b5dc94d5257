//! What customers set over a provider's document, and the document with it.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use balefire_store::{Error, Record, Row, Table, Value};
use serde_json::{Map, Value as Json, json};

use super::caption::{SEVERITIES, STATUSES, caption};
use super::members::{Changes, Members};

/// What customers set. What is `None` was never set and follows the provider.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    pub uid: String,
    pub severity_id: Option<i64>,
    pub status_id: Option<i64>,
    pub comment: Option<String>,
    pub edited_ms: i64,
    /// The ARN of who edited last.
    pub edited_by: String,
}

impl Record for Edit {
    const TABLE: Table = Table {
        name: "finding_edit",
        key: &["uid"],
        columns: &[
            "severity_id",
            "status_id",
            "comment",
            "edited_ms",
            "edited_by",
        ],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.uid).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.severity_id.into(),
            self.status_id.into(),
            self.comment.clone().into(),
            self.edited_ms.into(),
            (&self.edited_by).into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Edit::from_columns(row, 0)
    }
}

impl Edit {
    /// Of a finding on which nothing was set.
    pub fn new(uid: &str) -> Edit {
        Edit {
            uid: uid.to_owned(),
            ..Edit::default()
        }
    }

    /// Reads the record's columns from `first` on.
    pub fn from_columns(row: &Row, first: usize) -> Result<Edit, Error> {
        Ok(Edit {
            uid: row.text(first)?.into(),
            severity_id: row.optional_int(first + 1)?,
            status_id: row.optional_int(first + 2)?,
            comment: row.optional_text(first + 3)?.map(str::to_owned),
            edited_ms: row.int(first + 4)?,
            edited_by: row.text(first + 5)?.into(),
        })
    }

    /// Sets what the edit sets in a parsed document.
    pub fn apply(&self, document: &mut Json) {
        let Some(event) = document.as_object_mut() else {
            return;
        };
        if let Some(id) = self.severity_id {
            let own = event.get("vendor_attributes").and_then(Json::as_object);
            let vendor = vendor_attributes(own, event.get("severity_id"), event.get("severity"));
            event.insert("vendor_attributes".into(), vendor);
            event.insert("severity_id".into(), id.into());
            event.insert("severity".into(), caption(SEVERITIES, id).into());
        }
        if let Some(id) = self.status_id {
            event.insert("status_id".into(), id.into());
            event.insert("status".into(), caption(STATUSES, id).into());
        }
        if let Some(comment) = &self.comment {
            event.insert("comment".into(), comment.as_str().into());
        }
    }

    /// The text of a document with what the edit sets; all else stays as it was sent.
    pub fn overlay<'t>(&self, text: &'t str) -> Result<Cow<'t, str>, serde_json::Error> {
        let event = Members::of(text)?;
        let parsed = |name| {
            event
                .get(name)
                .and_then(|raw| serde_json::from_str(raw).ok())
        };
        let mut members: Vec<(&str, String)> = Vec::new();
        let mut set = |name, value: Json| members.push((name, value.to_string()));
        if let Some(id) = self.severity_id {
            let own: Option<Json> = parsed("vendor_attributes");
            let own = own.as_ref().and_then(Json::as_object);
            let (old_id, old): (Option<Json>, Option<Json>) =
                (parsed("severity_id"), parsed("severity"));
            set(
                "vendor_attributes",
                vendor_attributes(own, old_id.as_ref(), old.as_ref()),
            );
            set("severity_id", id.into());
            set("severity", caption(SEVERITIES, id).into());
        }
        if let Some(id) = self.status_id {
            set("status_id", id.into());
            set("status", caption(STATUSES, id).into());
        }
        if let Some(comment) = &self.comment {
            set("comment", json!(comment));
        }
        let mut changes = Changes::of(text);
        changes.set(&event, members);
        Ok(changes.make())
    }
}

/// The provider's severity, which the customer's hides.
fn vendor_attributes(
    sent: Option<&Map<String, Json>>,
    severity_id: Option<&Json>,
    severity: Option<&Json>,
) -> Json {
    let mut vendor = sent.cloned().unwrap_or_default();
    for (name, value) in [("severity_id", severity_id), ("severity", severity)] {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            vendor.insert(name.into(), value.clone());
        }
    }
    Json::Object(vendor)
}

/// What of a provider's document says whether its finding is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Resolved, archived or deleted, or the provider closed it.
    closed: bool,
    /// The compliance check passed.
    passed: bool,
}

impl Standing {
    /// Reads a document that was accepted.
    pub fn of(text: &str) -> Result<Standing, serde_json::Error> {
        let event = Members::of(text)?;
        let number = |members: &Members<'_>, name| -> Option<i64> {
            members
                .get(name)
                .and_then(|raw| serde_json::from_str(raw).ok())
        };
        let closed = matches!(number(&event, "status_id"), Some(4..=6))
            || number(&event, "activity_id") == Some(3);
        let compliance = event
            .get("compliance")
            .and_then(|raw| Members::of(raw).ok());
        let passed = compliance.and_then(|members| number(&members, "status_id")) == Some(1);
        Ok(Standing { closed, passed })
    }

    pub fn is_closed(self) -> bool {
        self.closed
    }

    /// Whether a provider's update makes a finding that was over one that is open again.
    pub fn reopens(self, after: Standing) -> bool {
        !after.closed && (self.closed || self.passed && !after.passed)
    }
}

/// A customer's status after the provider opened the finding again: suppressed stays, and what was
/// in work or done is new.
pub fn status_after_reopening(status_id: i64) -> i64 {
    match status_id {
        2 | 4..=6 => 1,
        other => other,
    }
}
