//! What became of a finding: each change by import or update, field by field.

use balefire_api::generated::securityhub::FindingHistoryUpdateSourceType as Source;
use balefire_store::{Error, Record, Row, Table, Value};
use serde_json::{Value as Json, json};

use crate::context::Ctx;
use crate::failure::Failure;

/// How long changes are kept.
pub const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1000;
/// A longer new value is left out.
const VALUE_BYTES_MAX: usize = 16 * 1024;
/// Times of the provider and the service, whose change alone is no news.
const UNTOLD: [&str; 5] = [
    "CreatedAt",
    "FirstObservedAt",
    "LastObservedAt",
    "ProcessedAt",
    "UpdatedAt",
];

/// A change of a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub uid: String,
    /// Sorts by time.
    pub id: String,
    pub at_ms: i64,
    /// The wire's name.
    pub source: String,
    pub identity: String,
    pub created: bool,
    /// A JSON list of `{field, old, new}`.
    pub updates: String,
}

impl Record for Change {
    const TABLE: Table = Table {
        name: "finding_history",
        key: &["uid", "id"],
        columns: &["at_ms", "source", "identity", "created", "updates"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.uid).into(), (&self.id).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.at_ms.into(),
            (&self.source).into(),
            (&self.identity).into(),
            i64::from(self.created).into(),
            (&self.updates).into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Change {
            uid: row.text(0)?.into(),
            id: row.text(1)?.into(),
            at_ms: row.int(2)?,
            source: row.text(3)?.into(),
            identity: row.text(4)?.into(),
            created: row.int(5)? != 0,
            updates: row.text(6)?.into(),
        })
    }
}

/// Writes down what a call changed in a finding as it is shown. Without `before` the finding is new.
pub fn record(
    ctx: &mut Ctx<'_, '_>,
    uid: &str,
    (source, identity): (Source, &str),
    before: Option<&Json>,
    after: &Json,
) -> Result<(), Failure> {
    let updates = before.map_or_else(Vec::new, |before| differences(before, after));
    if before.is_some() && updates.is_empty() {
        return Ok(());
    }
    ctx.tx.execute(
        "DELETE FROM finding_history WHERE uid = $1 AND at_ms < $2",
        &[uid.into(), (ctx.now.0 - KEPT_MS).into()],
    )?;
    let change = Change {
        uid: uid.to_owned(),
        id: ctx.new_id(),
        at_ms: ctx.now.0,
        source: source.as_str().to_owned(),
        identity: identity.to_owned(),
        created: before.is_none(),
        updates: Json::from(updates).to_string(),
    };
    Ok(ctx.tx.insert(&change)?)
}

/// The fields that differ, objects member by member.
fn differences(before: &Json, after: &Json) -> Vec<Json> {
    let mut updates = Vec::new();
    compare("", before, after, &mut updates);
    updates
}

fn compare(path: &str, before: &Json, after: &Json, updates: &mut Vec<Json>) {
    if before == after || UNTOLD.contains(&path) {
        return;
    }
    let empty = serde_json::Map::new();
    let members = |value: &'_ Json| value.as_object().cloned();
    let (old, new) = match (members(before), members(after)) {
        (Some(old), Some(new)) => (old, new),
        (Some(old), None) if after.is_null() => (old, empty),
        (None, Some(new)) if before.is_null() => (empty, new),
        _ => {
            updates.push(json!({"field": path, "old": told(before), "new": told(after)}));
            return;
        }
    };
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let at = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        let member = |members: &serde_json::Map<String, Json>| members.get(name).cloned();
        let (old, new) = (member(&old), member(&new));
        compare(
            &at,
            &old.unwrap_or_default(),
            &new.unwrap_or_default(),
            updates,
        );
    }
}

/// A value as history tells it: texts as they are, all else as JSON.
fn told(value: &Json) -> Option<String> {
    let text = match value {
        Json::Null => return None,
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    (!text.trim().is_empty() && text.len() <= VALUE_BYTES_MAX).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_by_field() {
        let before = json!({
            "UpdatedAt": "1", "Title": "a", "Types": ["x"], "Severity": {"Label": "LOW", "Normalized": 1},
            "Note": {"UpdatedAt": "1"},
        });
        let after = json!({
            "UpdatedAt": "2", "Title": "a", "Types": ["x", "y"],
            "Severity": {"Label": "HIGH", "Normalized": 70},
            "Workflow": {"Status": "NEW"},
        });
        let expected = json!([
            {"field": "Note.UpdatedAt", "old": "1", "new": null},
            {"field": "Severity.Label", "old": "LOW", "new": "HIGH"},
            {"field": "Severity.Normalized", "old": "1", "new": "70"},
            {"field": "Types", "old": r#"["x"]"#, "new": r#"["x","y"]"#},
            {"field": "Workflow.Status", "old": null, "new": "NEW"},
        ]);
        assert_eq!(Json::from(differences(&before, &after)), expected);
        let long = json!({"Title": "x".repeat(VALUE_BYTES_MAX + 1)});
        let told = differences(&json!({"Title": "a"}), &long);
        assert_eq!(told, [json!({"field": "Title", "old": "a", "new": null})]);
    }
}
