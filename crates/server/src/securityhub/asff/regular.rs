//! Whether the ASFF of a document has the values that its OCSF has, so that one may be asked for the other.
//!
//! Attributes that customers set in ASFF alone never have, and nothing is said of them here.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::place;
use super::resource_type;
use super::standing::{label_of_severity_id, normalized_of_severity_id};
use super::{came_as_asff, workflow_of_status_id};
use crate::securityhub::finding::{Path, instant_ms};

/// Attributes of OCSF that ASFF shows where they are texts.
const TEXTS: [&str; 12] = [
    "cloud.account.name",
    "cloud.region",
    "compliance.control",
    "finding_info.desc",
    "finding_info.src_url",
    "finding_info.title",
    "finding_info.uid",
    "metadata.product.feature.uid",
    "metadata.product.name",
    "metadata.product.uid",
    "metadata.product.vendor_name",
    "remediation.desc",
];
/// Texts of OCSF that stand beside times in numbers.
const TIMES: [&str; 5] = [
    "finding_info.created_time_dt",
    "finding_info.first_seen_time_dt",
    "finding_info.last_seen_time_dt",
    "finding_info.modified_time_dt",
    "time_dt",
];

/// What conversion to OCSF leaves over only where the value has no place there.
static LEFT: LazyLock<Vec<Path>> = LazyLock::new(|| {
    let names = [
        "AwsAccountId",
        "AwsAccountName",
        "CompanyName",
        "Compliance.AssociatedStandards.StandardsId",
        "Compliance.SecurityControlId",
        "Compliance.Status",
        "CreatedAt",
        "Description",
        "FindingProviderFields.Severity.Label",
        "FirstObservedAt",
        "GeneratorId",
        "Id",
        "LastObservedAt",
        "ProductArn",
        "ProductName",
        "RecordState",
        "Region",
        "Remediation.Recommendation.Text",
        "Resources.Id",
        "Resources.Partition",
        "Resources.Region",
        "Resources.Tags",
        "Resources.Type",
        "Severity.Label",
        "SourceUrl",
        "Title",
        "UpdatedAt",
        "Vulnerabilities.ExploitAvailable",
        "Vulnerabilities.FixAvailable",
    ];
    names.map(Path::of).into()
});

/// Whether what ASFF shows of a provider's document follows from its attributes in OCSF, as
/// `finding::filter::asff` tells it.
pub fn is_regular(ocsf: &Value) -> bool {
    let texts = TEXTS
        .iter()
        .all(|name| at(ocsf, name).is_some_and(|value| value.is_null() || value.is_string()));
    let description = place::get(ocsf, "finding_info.desc").and_then(Value::as_str);
    let compliance = at(ocsf, "compliance.status_id")
        .is_some_and(|value| value.is_null() || value.as_i64().is_some());
    texts
        && description.is_none_or(|text| text.is_empty() || !text.trim().is_empty())
        && compliance
        && has_texts(at(ocsf, "compliance.standards"))
        && TIMES.iter().all(|name| is_time(ocsf, name))
        && resources(ocsf).all(is_regular_resource)
        && (!came_as_asff(ocsf) || is_regular_asff(ocsf))
}

/// Whether each resource has a type, and those that differ differ in ASFF too.
pub fn has_plain_types(ocsf: &Value) -> bool {
    let kinds = resources(ocsf).map(|resource| place::text(resource, "type"));
    let Some(kinds) = kinds.collect::<Option<BTreeSet<&str>>>() else {
        return false;
    };
    let in_asff = || kinds.iter().map(|kind| resource_type::to_asff(kind));
    kinds.len() < 2 || in_asff().collect::<BTreeSet<String>>().len() == kinds.len()
}

fn resources(ocsf: &Value) -> impl Iterator<Item = &Value> {
    place::elements(ocsf, "resources")
}

/// The value at a place, `null` where there is none; nothing where what is on the way is no object.
fn at<'v>(ocsf: &'v Value, path: &str) -> Option<&'v Value> {
    const NONE: &Value = &Value::Null;
    path.split('.').try_fold(ocsf, |inner, name| match inner {
        Value::Object(members) => Some(members.get(name).unwrap_or(NONE)),
        Value::Null => Some(NONE),
        _ => None,
    })
}

fn has_texts(list: Option<&Value>) -> bool {
    match list {
        Some(Value::Null) => true,
        Some(Value::Array(elements)) => elements.iter().all(Value::is_string),
        _ => false,
    }
}

/// Whether the time of a text is read in one way only.
fn is_time(ocsf: &Value, path: &str) -> bool {
    match at(ocsf, path) {
        Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty() || instant_ms(text).is_some(),
        _ => false,
    }
}

fn is_regular_resource(resource: &Value) -> bool {
    let is_text =
        |name: &str| at(resource, name).is_some_and(|value| value.is_null() || value.is_string());
    place::text(resource, "uid").is_some()
        && is_text("type")
        && is_text("region")
        && is_text("cloud_partition")
}

/// Whether nothing that was left over comes back in place of what follows from OCSF.
fn is_regular_asff(ocsf: &Value) -> bool {
    let product = place::text(ocsf, "metadata.product.uid").unwrap_or_default();
    if !product.starts_with("arn:") || product.contains(":productv2/") {
        return false;
    }
    let Some(left) = ocsf.get("unmapped") else {
        return true;
    };
    let is_there = |path: &Path| path.any(left, |_| true);
    let has_own_resources = resources(ocsf).next().is_some();
    let status_id = place::integer(ocsf, "status_id").unwrap_or(1);
    let has_workflow = place::get(left, "Workflow.Status").is_some();
    !LEFT.iter().any(is_there)
        && (has_own_resources || place::get(left, "Resources").is_none())
        && (!has_workflow || workflow_of_status_id(status_id).is_none())
        && is_regular_severity(ocsf, left)
}

/// Whether a number of severity that was left over is one of its label.
fn is_regular_severity(ocsf: &Value, left: &Value) -> bool {
    let Some(normalized) = place::get(left, "Severity.Normalized") else {
        return true;
    };
    let id = place::integer(ocsf, "severity_id").unwrap_or(0);
    // Without a label, nothing is concluded from the number.
    label_of_severity_id(id).is_none()
        || normalized_of_severity_id(id)
            .zip(normalized.as_i64())
            .is_some_and(|(known, normalized)| known.contains(&normalized))
}
