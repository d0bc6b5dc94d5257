//! A secret that Trivy has found as a Detection Finding.

use serde::Deserialize;

use super::super::draft::{DETECTION, Draft, Members, NEW, text};
use super::super::words::joined;
use super::{Artifact, file, lines_of, resources, severity};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Secret {
    #[serde(rename = "RuleID")]
    rule_id: String,
    category: Option<String>,
    severity: Option<String>,
    title: Option<String>,
    start_line: Option<i64>,
    end_line: Option<i64>,
    #[serde(rename = "Match")]
    matched: Option<String>,
}

pub fn draft<'a>(found: &'a Secret, artifact: &Artifact<'_>, target: &str) -> Draft<'a> {
    let place = Members::default()
        .with("rule", found.rule_id.as_str())
        .with("start_line", found.start_line)
        .with("end_line", found.end_line)
        // Trivy has blotted the secret itself out.
        .with("match", text(found.matched.as_deref()));
    let evidence = Members::default()
        .with("file", file(target))
        .with("data", place);
    Draft {
        class_uid: DETECTION,
        severity_id: severity(found.severity.as_deref()),
        status_id: NEW,
        uid: joined(&[
            artifact.uid,
            target,
            &found.rule_id,
            found.matched.as_deref().unwrap_or_default(),
        ]),
        apart: vec![lines_of(found.start_line, found.end_line)],
        title: found.title.as_deref().unwrap_or(&found.rule_id),
        desc: found.category.as_deref(),
        resources: resources(artifact, target),
        more: Members::default().with("evidences", vec![evidence.object()]),
    }
}
