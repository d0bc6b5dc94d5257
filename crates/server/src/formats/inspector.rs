//! Findings of Amazon Inspector: answers of ListFindings, its reports, and the events that tell of one.

mod place;
mod vulnerability;

pub use place::resource_type;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::draft::{self, DETECTION, Draft, Members, NEW, RESOLVED, SUPPRESSED, VULNERABILITY};
use super::words::{severity_id, time_ms};
use super::{Format, Given, Report, each};
use crate::instant::ms_of_float;
use place::Origin;

/// What holds the findings in an answer.
pub const LIST: &str = "findings";
/// What Inspector writes where it advises nothing.
const NOTHING: &str = "None Provided";
const CHECKS: &str = "Software and Configuration Checks";

/// A finding in the words of inspector2's `Finding`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    finding_arn: String,
    aws_account_id: String,
    r#type: String,
    title: Option<String>,
    description: Option<String>,
    severity: Option<String>,
    status: Option<String>,
    first_observed_at: Option<Moment>,
    last_observed_at: Option<Moment>,
    updated_at: Option<Moment>,
    resources: Option<Vec<Resource>>,
    remediation: Option<Remediation>,
    fix_available: Option<String>,
    exploit_available: Option<String>,
    exploitability_details: Option<Exploitability>,
    epss: Option<Epss>,
    inspector_score_details: Option<Value>,
    package_vulnerability_details: Option<vulnerability::Packages>,
    code_vulnerability_details: Option<vulnerability::Code>,
    network_reachability_details: Option<Value>,
}

/// A time as SDKs write it: a text, or seconds since 1970.
#[derive(Deserialize)]
#[serde(transparent)]
struct Moment(Value);

#[derive(Deserialize)]
struct Resource {
    r#type: String,
    id: String,
    partition: Option<String>,
    region: Option<String>,
    tags: Option<BTreeMap<String, String>>,
    details: Option<Value>,
}

#[derive(Deserialize)]
struct Remediation {
    recommendation: Option<Recommendation>,
}

#[derive(Deserialize)]
struct Recommendation {
    text: Option<String>,
    #[serde(alias = "Url")]
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exploitability {
    last_known_exploit_at: Option<Moment>,
}

#[derive(Deserialize)]
struct Epss {
    score: Option<f64>,
}

pub fn read(text: &str, given: Given<'_>) -> Result<Report, String> {
    each::read(Format::Inspector, text, LIST, given, one)
}

/// The document of one finding, as its text.
pub fn one(value: &Value) -> Result<Box<RawValue>, String> {
    to_raw_value(&document(value)?).map_err(|error| error.to_string())
}

/// The OCSF document of one finding, or of the event that tells of it.
pub fn document(value: &Value) -> Result<Value, String> {
    let value = value.get("detail").unwrap_or(value);
    let finding =
        Finding::deserialize(value).map_err(|error| format!("it cannot be read: {error}"))?;
    let origin = Origin::of(&finding)?;
    let updated = finding
        .updated_at
        .as_ref()
        .or(finding.last_observed_at.as_ref())
        .ok_or("updatedAt is missing")?;
    let updated_ms = updated
        .ms()
        .ok_or("updatedAt must be a time in the form of ISO 8601, or seconds since 1970")?;
    let product = draft::product(&origin.product(), "Inspector", Some("AWS"), None);
    let mut document = draft(&finding, &origin).document(&product, Some(updated_ms));
    let first = finding.first_observed_at.as_ref().and_then(Moment::ms);
    let last = finding.last_observed_at.as_ref().and_then(Moment::ms);
    let info = &mut document["finding_info"];
    for (name, time_ms) in [
        ("created_time", first),
        ("first_seen_time", first),
        ("last_seen_time", last),
        ("modified_time", Some(updated_ms)),
    ] {
        if let Some(time_ms) = time_ms {
            info[name] = time_ms.into();
        }
    }
    info["types"] = json!([types(&finding)]);
    Ok(document)
}

fn draft<'a>(finding: &'a Finding, origin: &Origin<'_>) -> Draft<'a> {
    let title = finding.title.as_deref().unwrap_or_default();
    let description = finding.description.as_deref().map(str::trim);
    let resources = finding.resources.iter().flatten();
    let details = vulnerability::of(finding);
    let network = finding.network_reachability_details.as_ref();
    let more = Members::default()
        .with("cloud", origin.cloud())
        .with("remediation", remediation(finding))
        .with("vulnerabilities", Vec::from_iter(details))
        .with("evidences", Vec::from_iter(network.map(evidence)))
        .with(
            "unmapped",
            network.map_or(
                Value::Null,
                |all| json!({"networkReachabilityDetails": all}),
            ),
        );
    Draft {
        class_uid: match finding.r#type.as_str() {
            "NETWORK_REACHABILITY" => DETECTION,
            _ => VULNERABILITY,
        },
        severity_id: severity_id(finding.severity.as_deref().unwrap_or_default()),
        status_id: match finding.status.as_deref() {
            Some("CLOSED") => RESOLVED,
            Some("SUPPRESSED") => SUPPRESSED,
            _ => NEW,
        },
        uid: finding.finding_arn.clone(),
        apart: Vec::new(),
        title,
        desc: description.filter(|text| !text.is_empty()),
        resources: resources.map(|one| origin.resource(one)).collect(),
        more,
    }
}

/// The type in the taxonomy of ASFF, which filters of `finding_info.types` go by.
fn types(finding: &Finding) -> String {
    match finding.r#type.as_str() {
        "PACKAGE_VULNERABILITY" => format!("{CHECKS}/Vulnerabilities/CVE"),
        "NETWORK_REACHABILITY" => {
            format!("{CHECKS}/AWS Security Best Practices/Network Reachability")
        }
        _ => format!("{CHECKS}/Vulnerabilities"),
    }
}

fn remediation(finding: &Finding) -> Members {
    let advice = finding.remediation.as_ref();
    let advice = advice.and_then(|remediation| remediation.recommendation.as_ref());
    let text = advice.and_then(|advice| advice.text.as_deref());
    let url = advice.and_then(|advice| advice.url.as_deref());
    Members::default()
        .with("desc", draft::text(text.filter(|text| *text != NOTHING)))
        .with("references", draft::references(url))
}

/// What can be reached, by port and protocol.
fn evidence(network: &Value) -> Value {
    let port = network
        .pointer("/openPortRange/begin")
        .cloned()
        .unwrap_or_default();
    let protocol = network.get("protocol").cloned().unwrap_or_default();
    let endpoint = Members::default().with("port", port);
    let connection = Members::default().with("protocol_name", protocol);
    Members::default()
        .with("dst_endpoint", endpoint)
        .with("connection_info", connection)
        .object()
}

impl Moment {
    fn ms(&self) -> Option<i64> {
        if let Some(text) = self.0.as_str() {
            return time_ms(text);
        }
        Some(ms_of_float(self.0.as_f64()?).round() as i64)
    }
}
