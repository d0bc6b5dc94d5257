//! What customers set, over a provider's ASFF document.

use balefire_api::Timestamp;
use serde_json::{Map, Value, json};

use super::super::edit::Edit;
use crate::securityhub::asff::{self, place};

/// Fields that replace the provider's. `Severity` and `Note` are kept with them, and stand beside the edit.
pub const FIELDS: [&str; 6] = [
    "Confidence",
    "Criticality",
    "RelatedFindings",
    "Types",
    "UserDefinedFields",
    "VerificationState",
];
const ARCHIVED: i64 = 5;
const DELETED: i64 = 6;

/// Sets in a document what customers set, through either version.
pub fn show(document: &mut Value, edit: Option<&Edit>, fields: Option<&Map<String, Value>>) {
    if let Some(fields) = fields {
        set_fields(document, fields);
    }
    let own = |name| fields.and_then(|fields| fields.get(name));
    if let Some(edit) = edit {
        set_edit(document, edit, own("Severity"), own("Note"));
    } else if let Some(product) = own("Severity").and_then(|severity| severity.get("Product")) {
        place::put(document, "Severity.Product", product.clone());
    }
}

/// Whether there is something that replaces the provider's.
pub fn sets_document(fields: &Map<String, Value>) -> bool {
    FIELDS.iter().any(|name| fields.contains_key(*name))
}

/// Sets the fields that replace the provider's.
pub fn set_fields(document: &mut Value, fields: &Map<String, Value>) {
    for name in FIELDS {
        if let Some(value) = fields.get(name) {
            place::put(document, name, value.clone());
        }
    }
}

fn set_edit(document: &mut Value, edit: &Edit, severity: Option<&Value>, note: Option<&Value>) {
    let label = edit.severity_id.and_then(asff::label_of_severity_id);
    if let Some(label) = label {
        let own = severity.filter(|own| own["Label"] == label);
        let normalized = own.and_then(|own| own.get("Normalized")).cloned();
        let normalized = normalized.or_else(|| asff::normalized_of_label(label).map(Value::from));
        place::put(document, "Severity.Label", label.into());
        place::put(document, "Severity.Normalized", normalized.into());
    }
    let is_own = |own: &&Value| label.is_none() || label == own["Label"].as_str();
    if let Some(product) = severity.filter(is_own).and_then(|own| own.get("Product")) {
        place::put(document, "Severity.Product", product.clone());
    }
    if let Some(status) = edit.status_id.and_then(asff::workflow_of_status_id) {
        place::put(document, "Workflow.Status", status.into());
    }
    if matches!(edit.status_id, Some(ARCHIVED | DELETED)) {
        place::put(document, "RecordState", "ARCHIVED".into());
    }
    if let Some(comment) = edit
        .comment
        .as_deref()
        .filter(|text| !text.trim().is_empty())
    {
        let own = note.filter(|note| note["Text"] == comment);
        let noted = own.cloned().unwrap_or_else(|| {
            let at = Timestamp(edit.commented_ms).date_time();
            json!({"Text": comment, "UpdatedBy": edit.commented_by, "UpdatedAt": at})
        });
        place::put(document, "Note", noted);
    }
}
