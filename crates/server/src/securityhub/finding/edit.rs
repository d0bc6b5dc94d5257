//! What customers and automation rules set over a provider's document, and the document with it.
//!
//! A customer's change is one log entry for all findings that a request names, and is there as soon as the
//! entry is. The rows of `finding_edit` follow later, see `fold`; until then the log's tail is laid over
//! them.

mod edited;
mod op;
mod past;
mod standing;
mod tail;
#[cfg(test)]
mod tests;

pub use edited::{Edited, edits_of};
pub use op::{KIND, Op, append};
pub use past::edits_at;
pub use standing::{Standing, ends_with_reopening};
pub use tail::{CURSOR, Positions, Tail, each_op, heads, positions_of};

use std::borrow::Cow;
use std::sync::Arc;

use balefire_api::Timestamp;
use balefire_store::{Error, Record, Row, Table, Value};
use serde_json::{Map, Value as Json, json};

use super::caption::{SEVERITIES, STATUSES, caption};
use super::fields::{Fields, Setting};
use super::members::{Changes, Members};

const SEVERITY: i64 = 1;
const STATUS: i64 = 2;
const COMMENT: i64 = 4;

/// What customers and rules set. What is `None` was never set and follows the provider.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    pub uid: String,
    pub severity_id: Option<i64>,
    pub status_id: Option<i64>,
    pub comment: Option<String>,
    pub edited_ms: i64,
    /// The ARN of who edited last: a caller or a rule.
    pub edited_by: String,
    /// Which fields rules set, as the sum of their bits; the others are the customers'.
    by_rules: i64,
    /// The newest log entry that is in it, as its number in the shard of the finding's account.
    pub position: i64,
    /// When the comment was written; 0 where there is none.
    pub commented_ms: i64,
    /// The ARN of who wrote it.
    pub commented_by: String,
    /// When a customer set the severity; 0 where that is not known, or none did.
    pub severity_ms: i64,
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
            "by_rules",
            "position",
            "commented_ms",
            "commented_by",
            "severity_ms",
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
            self.by_rules.into(),
            self.position.into(),
            self.commented_ms.into(),
            (&self.commented_by).into(),
            self.severity_ms.into(),
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
            by_rules: row.int(first + 6)?,
            position: row.int(first + 7)?,
            commented_ms: row.int(first + 8)?,
            commented_by: row.text(first + 9)?.into(),
            severity_ms: row.int(first + 10)?,
        })
    }

    /// The edit after a customer has set fields, which are the customer's from now on.
    pub fn by_customer(&self, set: &Fields, by: &str, now: Timestamp) -> Edit {
        let mut after = self.clone();
        after.take_customers(set, by, now);
        after
    }

    fn take_customers(&mut self, set: &Fields, by: &str, now: Timestamp) {
        let mut by_rules = self.by_rules;
        for (is_set, bit) in [
            (set.severity_id.is_some(), SEVERITY),
            (set.status_id.is_some(), STATUS),
            (set.comment.is_some(), COMMENT),
        ] {
            if is_set {
                by_rules &= !bit;
            }
        }
        let severity_id = set.severity_id.or(self.severity_id);
        let status_id = set.status_id.or(self.status_id);
        let comment = set.comment.as_ref().or(self.comment.as_ref());
        let is_same = (severity_id, status_id) == (self.severity_id, self.status_id)
            && comment == self.comment.as_ref();
        if is_same && by_rules == self.by_rules {
            return;
        }
        if let Some(comment) = &set.comment {
            self.comment = Some(comment.clone());
            self.commented_ms = now.0;
            by.clone_into(&mut self.commented_by);
        }
        let was_rules = self.by_rules & SEVERITY != by_rules & SEVERITY;
        if severity_id != self.severity_id || was_rules {
            self.severity_ms = now.0;
        }
        (self.severity_id, self.status_id) = (severity_id, status_id);
        self.by_rules = by_rules;
        self.edited_ms = now.0;
        by.clone_into(&mut self.edited_by);
    }

    /// What is set.
    pub fn set(&self) -> Setting<'_> {
        Setting {
            severity_id: self.severity_id,
            status_id: self.status_id,
            comment: self.comment.as_deref(),
        }
    }

    /// Sets what an entry of the log says.
    pub fn take(&mut self, op: &Op) {
        self.take_customers(&op.set, &op.by, Timestamp(op.at_ms));
        self.position = op.seq;
    }

    /// The edit after those of these entries that are not in it.
    pub fn with_all(mut self, ops: &[Arc<Op>]) -> Edit {
        for op in ops {
            if op.seq > self.position {
                self.take(op);
            }
        }
        self
    }

    /// The edit after rules have judged a new document. What customers set stays; all else that rules
    /// set before is what they set now, or again the provider's.
    pub fn by_rules(&self, set: &Fields, by: &str, now: Timestamp) -> Edit {
        let [severity, status, comment] = self.customers();
        let set = self.free_of_customers(set);
        let bit = |is_set: bool, bit: i64| if is_set { bit } else { 0 };
        let mut after = self.clone();
        after.by_rules = bit(set.severity_id.is_some(), SEVERITY)
            + bit(set.status_id.is_some(), STATUS)
            + bit(set.comment.is_some(), COMMENT);
        if !severity {
            after.severity_id = set.severity_id;
        }
        if !status {
            after.status_id = set.status_id;
        }
        if !comment && after.comment != set.comment {
            let is_set = set.comment.is_some();
            after.commented_ms = if is_set { now.0 } else { 0 };
            after.commented_by = if is_set { by.to_owned() } else { String::new() };
            after.comment = set.comment;
        }
        after.signed(self, by, now)
    }

    /// Those of the fields that no customer has set.
    pub fn free_of_customers(&self, set: &Fields) -> Fields {
        let [severity, status, comment] = self.customers();
        Fields {
            severity_id: set.severity_id.filter(|_| !severity),
            status_id: set.status_id.filter(|_| !status),
            comment: set.comment.clone().filter(|_| !comment),
        }
    }

    /// Whether severity, status and comment are what a customer has set.
    fn customers(&self) -> [bool; 3] {
        let own = |is_set: bool, bit: i64| is_set && self.by_rules & bit == 0;
        [
            own(self.severity_id.is_some(), SEVERITY),
            own(self.status_id.is_some(), STATUS),
            own(self.comment.is_some(), COMMENT),
        ]
    }

    /// The status, if a customer has set it.
    pub fn customers_status(&self) -> Option<i64> {
        let [_, is_customers, _] = self.customers();
        self.status_id.filter(|_| is_customers)
    }

    /// The edit after a customer's status has ended: rules and the provider say what it is from now on.
    pub fn without_status(&self) -> Edit {
        Edit {
            status_id: None,
            by_rules: self.by_rules & !STATUS,
            ..self.clone()
        }
    }

    /// With who edited and when, unless nothing changed.
    fn signed(mut self, before: &Edit, by: &str, now: Timestamp) -> Edit {
        if self != *before {
            self.edited_ms = now.0;
            by.clone_into(&mut self.edited_by);
        }
        self
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
