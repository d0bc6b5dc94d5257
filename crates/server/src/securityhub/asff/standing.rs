//! How bad a finding is and what has become of it: severity, workflow, record state; and its class.

use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::place;
use crate::securityhub::finding::caption::{ACTIVITIES, CLASSES, SEVERITIES, STATUSES, caption};

/// Labels of severity from the least, with the least number on the scale of 0 to 100 that each stands for.
pub const LABELS: [(&str, i64); 5] = [
    ("INFORMATIONAL", 0),
    ("LOW", 1),
    ("MEDIUM", 40),
    ("HIGH", 70),
    ("CRITICAL", 90),
];

/// `Workflow.Status` and OCSF's `status_id`.
const WORKFLOWS: [(&str, i64); 4] = [
    ("NEW", 1),
    ("NOTIFIED", 2),
    ("SUPPRESSED", 3),
    ("RESOLVED", 4),
];
const ARCHIVED: i64 = 5;
const CLOSE: i64 = 3;

const VULNERABILITY: i64 = 2002;
const COMPLIANCE: i64 = 2003;
const DETECTION: i64 = 2004;

pub fn label_of_normalized(normalized: i64) -> &'static str {
    let reached = LABELS.iter().rev().find(|(_, least)| *least <= normalized);
    reached.map_or(LABELS[0].0, |(label, _)| label)
}

pub fn normalized_of_label(label: &str) -> Option<i64> {
    let known = LABELS.iter().find(|(known, _)| *known == label);
    known.map(|(_, normalized)| *normalized)
}

/// The numbers on the scale of 0 to 100 that may stand beside the label of OCSF's number.
pub fn normalized_of_severity_id(id: i64) -> Option<RangeInclusive<i64>> {
    let least = normalized_of_label(label_of_severity_id(id)?)?;
    let next = LABELS
        .iter()
        .map(|(_, other)| *other)
        .find(|other| *other > least);
    Some(least..=next.map_or(100, |next| next - 1))
}

/// OCSF's number of a label: Informational is 1.
pub fn severity_id_of_label(label: &str) -> Option<i64> {
    let place = LABELS.iter().position(|(known, _)| *known == label)?;
    i64::try_from(place).ok().map(|place| place + 1)
}

/// The label of OCSF's number. Fatal is critical; what is unknown or other has none.
pub fn label_of_severity_id(id: i64) -> Option<&'static str> {
    let place = usize::try_from(id.min(5)).ok()?.checked_sub(1)?;
    let known = LABELS.get(place).map(|(label, _)| *label);
    known.filter(|_| id <= 6)
}

pub fn status_id_of_workflow(status: &str) -> Option<i64> {
    let known = WORKFLOWS.iter().find(|(known, _)| *known == status);
    known.map(|(_, id)| *id)
}

pub fn workflow_of_status_id(id: i64) -> Option<&'static str> {
    let known = WORKFLOWS.iter().find(|(_, known)| *known == id);
    known.map(|(status, _)| *status)
}

/// The class by what came over of a finding, and the activity by its record.
pub fn class_and_activity(asff: &Value, event: &mut Value) {
    let class = if place::get(event, "vulnerabilities").is_some() {
        VULNERABILITY
    } else if place::get(event, "compliance").is_some() {
        COMPLIANCE
    } else {
        DETECTION
    };
    let activity = if is_archived(asff) {
        CLOSE
    } else if place::text(asff, "CreatedAt") == place::text(asff, "UpdatedAt") {
        1
    } else {
        2
    };
    let (class_name, activity_name) = (caption(CLASSES, class), caption(ACTIVITIES, activity));
    let type_name = class_name.zip(activity_name);
    let type_name = type_name.map(|(class, activity)| format!("{class}: {activity}"));
    for (name, value) in [
        ("class_uid", class.into()),
        ("class_name", class_name.into()),
        ("activity_id", activity.into()),
        ("activity_name", activity_name.into()),
        ("type_uid", (class * 100 + activity).into()),
        ("type_name", type_name.into()),
    ] {
        place::put(event, name, value);
    }
}

fn is_archived(asff: &Value) -> bool {
    place::text(asff, "RecordState") == Some("ARCHIVED")
}

pub fn to_ocsf(left: &mut Value, event: &mut Value) {
    severity_to_ocsf(left, event);
    let workflow = place::text(left, "Workflow.Status").and_then(status_id_of_workflow);
    let status_id = match is_archived(left) {
        true => ARCHIVED,
        false => workflow.unwrap_or(1),
    };
    // The status of an archived finding says nothing of its workflow.
    if status_id != ARCHIVED || workflow == Some(1) {
        place::take(left, "Workflow.Status");
    }
    place::take(left, "RecordState");
    // It has been replaced by `Workflow` and says nothing.
    place::take(left, "WorkflowState");
    place::put(event, "status_id", status_id.into());
    place::put(event, "status", caption(STATUSES, status_id).into());
}

fn severity_to_ocsf(left: &mut Value, event: &mut Value) {
    let normalized = place::integer(left, "Severity.Normalized");
    let own = place::text(left, "Severity.Label").or_else(|| normalized.map(label_of_normalized));
    let is_suggested = own.is_none();
    let provider = place::text(left, "FindingProviderFields.Severity.Label");
    let label = own.or(provider).map(str::to_owned);
    let id = label.as_deref().and_then(severity_id_of_label).unwrap_or(0);
    place::put(event, "severity_id", id.into());
    place::put(event, "severity", caption(SEVERITIES, id).into());
    place::take(left, "Severity.Label");
    if normalized == label.as_deref().and_then(normalized_of_label) {
        place::take(left, "Severity.Normalized");
    }
    // Where it is only suggested, ASFF shows no label: what is left says so.
    let provider = match is_suggested {
        true => place::take_copy(left, "FindingProviderFields.Severity.Label"),
        false => place::take(left, "FindingProviderFields.Severity.Label"),
    };
    let provider = provider.as_ref().and_then(Value::as_str);
    if let Some(id) = provider.and_then(severity_id_of_label) {
        let vendor = json!({"severity_id": id, "severity": caption(SEVERITIES, id)});
        place::put(event, "vendor_attributes", vendor);
    }
}

pub fn to_asff(ocsf: &Value, finding: &mut Value) {
    let id = place::integer(ocsf, "severity_id").unwrap_or(0);
    let label = label_of_severity_id(id).unwrap_or(LABELS[0].0);
    place::put(finding, "Severity.Label", label.into());
    if let Some(normalized) = normalized_of_label(label) {
        place::put(finding, "Severity.Normalized", normalized.into());
    }
    let provider = place::integer(ocsf, "vendor_attributes.severity_id");
    if let Some(label) = provider.and_then(label_of_severity_id) {
        place::put(
            finding,
            "FindingProviderFields.Severity.Label",
            label.into(),
        );
    }
    let status_id = place::integer(ocsf, "status_id").unwrap_or(1);
    let is_closed = place::integer(ocsf, "activity_id") == Some(CLOSE);
    let record = match is_closed || matches!(status_id, ARCHIVED | 6) {
        true => "ARCHIVED",
        false => "ACTIVE",
    };
    place::put(finding, "RecordState", record.into());
    let workflow = workflow_of_status_id(status_id).unwrap_or("NEW");
    place::put(finding, "Workflow.Status", workflow.into());
    place::put(finding, "WorkflowState", "NEW".into());
}
