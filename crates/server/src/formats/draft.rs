//! A finding while it is made of what a report says.

use serde_json::{Map, Value, json};

use super::words::bounded;

pub const VULNERABILITY: i64 = 2002;
pub const COMPLIANCE: i64 = 2003;
pub const DETECTION: i64 = 2004;
pub const APPLICATION_SECURITY: i64 = 2007;

pub const NEW: i64 = 1;
pub const IN_PROGRESS: i64 = 2;
pub const SUPPRESSED: i64 = 3;
pub const RESOLVED: i64 = 4;

const CREATE: i64 = 1;
const CLOSE: i64 = 3;
/// Of OCSF, whose words the documents use.
const SCHEMA: &str = "1.6.0";
const REFERENCES_MAX: usize = 50;

/// What every finding has. What else one has is in `more`, by the attribute's name.
pub struct Draft<'a> {
    pub class_uid: i64,
    pub severity_id: i64,
    pub status_id: i64,
    /// The same for the same thing in every report.
    pub uid: String,
    /// What tells it from others of the same report that have the same uid, what changes least first: a
    /// package's version, a place. It is no part of the uid of one that is alone.
    pub apart: Vec<String>,
    pub title: &'a str,
    pub desc: Option<&'a str>,
    pub resources: Vec<Value>,
    pub more: Members,
}

/// Members of an object, without those that say nothing.
#[derive(Default)]
pub struct Members(Map<String, Value>);

impl Members {
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Members {
        let value = value.into();
        let says_nothing = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => false,
        };
        if !says_nothing {
            self.0.insert(name.into(), value);
        }
        self
    }

    pub fn object(self) -> Value {
        Value::Object(self.0)
    }
}

impl From<Members> for Value {
    fn from(members: Members) -> Value {
        members.object()
    }
}

/// An optional text as a member.
pub fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| bounded(text).into())
}

/// Addresses to read more at, each once.
pub fn references<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Value {
    let mut kept: Vec<&str> = Vec::new();
    for address in addresses {
        if !address.is_empty() && !kept.contains(&address) && kept.len() < REFERENCES_MAX {
            kept.push(address);
        }
    }
    kept.into()
}

/// The tool that made the report, as `metadata.product`.
pub fn product(uid: &str, name: &str, vendor: Option<&str>, version: Option<&str>) -> Value {
    let product = Members::default()
        .with("uid", uid)
        .with("name", name)
        .with("vendor_name", text(vendor))
        .with("version", text(version));
    product.object()
}

impl Draft<'_> {
    /// The OCSF document. Captions are the server's to fill in.
    pub fn document(self, product: &Value, time_ms: Option<i64>) -> Value {
        let activity_id = match self.status_id {
            RESOLVED => CLOSE,
            _ => CREATE,
        };
        let title = match self.title.trim() {
            "" => &self.uid,
            title => bounded(title),
        };
        let info = Members::default()
            .with("uid", self.uid.as_str())
            .with("title", title)
            .with("desc", text(self.desc))
            .with("last_seen_time", time_ms);
        let event = self
            .more
            .with("class_uid", self.class_uid)
            .with("category_uid", 2)
            .with("activity_id", activity_id)
            .with("type_uid", self.class_uid * 100 + activity_id)
            .with("severity_id", self.severity_id)
            .with("status_id", self.status_id)
            .with("time", time_ms)
            .with("finding_info", info)
            .with("resources", self.resources)
            .with("metadata", json!({"product": product, "version": SCHEMA}));
        event.object()
    }
}
