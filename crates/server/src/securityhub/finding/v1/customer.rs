//! What customers set, over a provider's ASFF document.

use balefire_api::Timestamp;
use serde_json::{Map, Value, json};

use super::super::edit::Edit;
use super::super::instant_ms;
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
/// When the severity was set, in milliseconds, beside its members.
pub const SET_AT: &str = "SetAt";
const ARCHIVED: i64 = 5;
const DELETED: i64 = 6;

/// Sets in a document what customers set, through either version.
pub fn show(document: &mut Value, edit: Option<&Edit>, fields: Option<&Map<String, Value>>) {
    if let Some(fields) = fields {
        set_fields(document, fields);
    }
    let own = |name| fields.and_then(|fields| fields.get(name));
    set_severity(document, edit, newest_severity(fields, edit));
    if let Some(edit) = edit {
        set_edit(document, edit, own("Note"));
    }
}

/// The severity that customers set through the first version, unless one was set through the second since.
pub fn newest_severity<'f>(
    fields: Option<&'f Map<String, Value>>,
    edit: Option<&Edit>,
) -> Option<&'f Value> {
    let own = fields?.get("Severity")?;
    let set_ms = own[SET_AT].as_i64().unwrap_or(0);
    (set_ms >= edit.map_or(0, |edit| edit.severity_ms)).then_some(own)
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

/// Sets the label that both versions have, and of `own` what only the first has: the number that fits the
/// label, and the product's own, which may stand beside any label.
fn set_severity(document: &mut Value, edit: Option<&Edit>, own: Option<&Value>) {
    let label = edit.and_then(|edit| asff::label_of_severity_id(edit.severity_id?));
    let own_label = own.and_then(|own| own["Label"].as_str());
    let told = |name| own.and_then(|own| own.get(name)).cloned();
    if let Some(label) = label {
        let normalized = told("Normalized").filter(|_| own_label == Some(label));
        let normalized = normalized.or_else(|| asff::normalized_of_label(label).map(Value::from));
        place::put(document, "Severity.Label", label.into());
        place::put(document, "Severity.Normalized", normalized.into());
    }
    let is_of_another = label.is_some() && own_label.is_some() && own_label != label;
    if let Some(product) = told("Product").filter(|_| !is_of_another) {
        place::put(document, "Severity.Product", product);
    }
}

fn set_edit(document: &mut Value, edit: &Edit, note: Option<&Value>) {
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
        // The same words may have been written anew since, through the second version.
        let noted_ms = |note: &Value| note["UpdatedAt"].as_str().and_then(instant_ms);
        let own = note
            .filter(|note| note["Text"] == comment && noted_ms(note) >= Some(edit.commented_ms));
        let noted = own.cloned().unwrap_or_else(|| {
            let at = Timestamp(edit.commented_ms).date_time();
            json!({"Text": comment, "UpdatedBy": edit.commented_by, "UpdatedAt": at})
        });
        place::put(document, "Note", noted);
    }
}
