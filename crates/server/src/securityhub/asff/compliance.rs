//! Whether a control is kept, and what requires it.

use serde_json::{Value, json};

use super::place::{self, Kind, Pair};

const PAIRS: &[Pair] = &[
    (
        "Compliance.SecurityControlId",
        "compliance.control",
        Kind::Text,
    ),
    (
        "Compliance.RelatedRequirements",
        "compliance.requirements",
        Kind::Texts,
    ),
];

/// `Compliance.Status`, and OCSF's `status_id` and `status`.
const STATUSES: [(&str, i64, &str); 4] = [
    ("PASSED", 1, "Pass"),
    ("WARNING", 2, "Warning"),
    ("FAILED", 3, "Fail"),
    ("NOT_AVAILABLE", 0, "Unknown"),
];

/// `Compliance.Status` by OCSF's number.
pub fn status_of_id(id: i64) -> &'static str {
    let known = STATUSES.iter().find(|(_, known, _)| *known == id);
    known.map_or("NOT_AVAILABLE", |(status, ..)| status)
}

pub fn to_ocsf(left: &mut Value, event: &mut Value) {
    let status = place::text(left, "Compliance.Status");
    if let Some((_, id, caption)) = STATUSES.iter().find(|(known, ..)| Some(*known) == status) {
        place::take(left, "Compliance.Status");
        place::put(event, "compliance.status_id", (*id).into());
        place::put(event, "compliance.status", (*caption).into());
    }
    place::forward(PAIRS, left, event);
    let Some(compliance) = left.get_mut("Compliance") else {
        return;
    };
    let standards: Vec<Value> = place::elements_mut(compliance, "AssociatedStandards")
        .filter_map(|standard| place::take(standard, "StandardsId"))
        .collect();
    if !standards.is_empty() {
        place::put(event, "compliance.standards", standards.into());
    }
    reasons_to_ocsf(compliance, event);
}

/// OCSF has one reason. Of several the first moves, and all of them stay as they were too.
fn reasons_to_ocsf(compliance: &mut Value, event: &mut Value) {
    let reasons: Vec<&Value> = place::elements(compliance, "StatusReasons").collect();
    let Some(first) = reasons.first() else {
        return;
    };
    let is_only = reasons.len() == 1;
    for (from, to) in [
        ("ReasonCode", "status_code"),
        ("Description", "status_detail"),
    ] {
        if let Some(text) = place::text(first, from) {
            place::put(event, &format!("compliance.{to}"), text.into());
        }
    }
    if is_only {
        for reason in place::elements_mut(compliance, "StatusReasons") {
            place::take(reason, "ReasonCode");
            place::take(reason, "Description");
        }
    }
}

pub fn to_asff(ocsf: &Value, finding: &mut Value) {
    if place::get(ocsf, "compliance").is_none() {
        return;
    }
    if let Some(id) = place::integer(ocsf, "compliance.status_id") {
        place::put(finding, "Compliance.Status", status_of_id(id).into());
    }
    place::back(PAIRS, ocsf, finding);
    let standards: Vec<Value> = place::elements(ocsf, "compliance.standards")
        .filter(|standard| {
            standard
                .as_str()
                .is_some_and(|text| !text.trim().is_empty())
        })
        .map(|standard| json!({"StandardsId": standard}))
        .collect();
    if !standards.is_empty() {
        place::put(finding, "Compliance.AssociatedStandards", standards.into());
    }
    if let Some(code) = place::text(ocsf, "compliance.status_code") {
        let mut reason = json!({"ReasonCode": code});
        if let Some(detail) = place::text(ocsf, "compliance.status_detail") {
            place::put(&mut reason, "Description", detail.into());
        }
        place::put(finding, "Compliance.StatusReasons", json!([reason]));
    }
}
