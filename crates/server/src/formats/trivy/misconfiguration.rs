//! A misconfiguration of Trivy's as a Compliance Finding.

use serde::Deserialize;

use super::super::draft::{self, COMPLIANCE, Draft, Members, NEW, RESOLVED, SUPPRESSED, text};
use super::super::words::joined;
use super::{Artifact, file, lines_of, resources, severity};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Misconfiguration {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "AVDID")]
    avd_id: Option<String>,
    #[serde(rename = "Type")]
    kind: Option<String>,
    title: Option<String>,
    description: Option<String>,
    message: Option<String>,
    resolution: Option<String>,
    severity: Option<String>,
    #[serde(rename = "PrimaryURL")]
    primary_url: Option<String>,
    references: Option<Vec<String>>,
    status: Option<String>,
    cause_metadata: Option<Cause>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Cause {
    resource: Option<String>,
    start_line: Option<i64>,
    end_line: Option<i64>,
}

pub fn draft<'a>(found: &'a Misconfiguration, artifact: &Artifact<'_>, target: &str) -> Draft<'a> {
    let cause = found.cause_metadata.as_ref();
    let resource = cause.and_then(|cause| cause.resource.as_deref());
    // A check that passed is over, and opens again when it fails.
    let (status_id, compliance_id) = match found.status.as_deref() {
        Some("PASS") => (RESOLVED, 1),
        Some("EXCEPTION") => (SUPPRESSED, 3),
        _ => (NEW, 3),
    };
    let compliance = Members::default()
        .with("control", found.id.as_str())
        .with(
            "standards",
            found
                .kind
                .as_deref()
                .map_or_else(Vec::new, |kind| vec![kind]),
        )
        .with("status_id", compliance_id)
        .with("desc", text(found.message.as_deref()));
    let lines = Members::default()
        .with(
            "start_line",
            cause
                .and_then(|cause| cause.start_line)
                .filter(|line| *line > 0),
        )
        .with(
            "end_line",
            cause
                .and_then(|cause| cause.end_line)
                .filter(|line| *line > 0),
        )
        .with("resource", text(resource));
    let addresses = found
        .primary_url
        .iter()
        .chain(found.references.iter().flatten());
    let references = draft::references(addresses.map(String::as_str));
    let evidence = Members::default()
        .with("file", file(target))
        .with("data", lines);
    let remediation = Members::default()
        .with("desc", text(found.resolution.as_deref()))
        .with("references", references);
    Draft {
        class_uid: COMPLIANCE,
        severity_id: severity(found.severity.as_deref()),
        status_id,
        uid: joined(&[
            artifact.uid,
            target,
            found.avd_id.as_deref().unwrap_or(&found.id),
            resource.unwrap_or_default(),
            found.message.as_deref().unwrap_or_default(),
        ]),
        apart: cause.map_or_else(Vec::new, |cause| {
            vec![lines_of(cause.start_line, cause.end_line)]
        }),
        title: found.title.as_deref().unwrap_or(&found.id),
        desc: found.description.as_deref(),
        resources: resources(artifact, target),
        more: Members::default()
            .with("message", text(found.message.as_deref()))
            .with("compliance", compliance)
            .with("evidences", vec![evidence.object()])
            .with("remediation", remediation),
    }
}
