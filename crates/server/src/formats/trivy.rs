//! Trivy's JSON: vulnerabilities, misconfigurations and secrets of an artifact or of a cluster.

mod vulnerability;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::draft::{self, COMPLIANCE, DETECTION, Draft, Members, NEW, RESOLVED, SUPPRESSED, text};
use super::sheet::{Sheet, places};
use super::words::{joined, severity_id, time_ms};
use super::{Format, Given, Report, Scope};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    created_at: Option<String>,
    artifact_name: Option<String>,
    artifact_type: Option<String>,
    results: Option<Vec<Box<RawValue>>>,
    trivy: Option<Tool>,
    cluster_name: Option<String>,
    /// Of a cluster: one report a workload.
    resources: Option<Vec<Box<RawValue>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tool {
    version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Workload {
    namespace: Option<String>,
    kind: Option<String>,
    name: Option<String>,
    results: Option<Vec<Box<RawValue>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Results {
    target: Option<String>,
    class: Option<String>,
    #[serde(rename = "Type")]
    kind: Option<String>,
    vulnerabilities: Option<Vec<Box<RawValue>>>,
    misconfigurations: Option<Vec<Box<RawValue>>>,
    secrets: Option<Vec<Box<RawValue>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Misconfiguration {
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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Secret {
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

/// What was scanned.
struct Artifact<'a> {
    uid: &'a str,
    resources: Vec<Value>,
}

pub fn read(report: &str, given: Given<'_>) -> Result<Report, String> {
    let file: File = serde_json::from_str(report)
        .map_err(|error| format!("it is no report of Trivy: {error}"))?;
    let name = file
        .cluster_name
        .as_deref()
        .or(file.artifact_name.as_deref());
    // A folder's name is the same on every machine and for everything.
    let name = name.filter(|name| !matches!(*name, "" | "." | "./" | "/"));
    let uid = given.scope.or(name);
    let scope = uid.map_or(Scope::Unknown, |uid| Scope::Resource(uid.into()));
    let version = file.trivy.as_ref().and_then(|tool| tool.version.as_deref());
    let product = draft::product("trivy", "Trivy", Some("Aqua Security"), version);
    let created_ms = file.created_at.as_deref().and_then(time_ms);
    let mut sheet = Sheet::new(Format::Trivy, scope, created_ms);
    let uid = uid.unwrap_or(".");
    let kind = match file.cluster_name {
        Some(_) => "KubernetesCluster".to_owned(),
        None => kind_of(file.artifact_type.as_deref().unwrap_or("artifact")),
    };
    let whole = json!({"uid": uid, "name": name.unwrap_or(uid), "type": kind});
    let artifact = Artifact {
        uid,
        resources: vec![whole.clone()],
    };
    for (place, raw) in places("Results", &file.results) {
        results(&mut sheet, &product, &artifact, &place, raw);
    }
    for (place, raw) in places("Resources", &file.resources) {
        let Some(workload) = sheet.part::<Workload>(&place, raw) else {
            continue;
        };
        let parts = [&workload.namespace, &workload.kind, &workload.name];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        let path = parts.join("/");
        let uid = format!("{uid}/{path}");
        let kind = workload.kind.as_deref().unwrap_or("workload");
        let artifact = Artifact {
            uid: &uid,
            resources: vec![
                json!({"uid": uid, "name": path, "type": kind}),
                whole.clone(),
            ],
        };
        for (inner, raw) in places("Results", &workload.results) {
            results(
                &mut sheet,
                &product,
                &artifact,
                &format!("{place}.{inner}"),
                raw,
            );
        }
    }
    Ok(sheet.done())
}

/// `container_image` as `ContainerImage`.
fn kind_of(artifact_type: &str) -> String {
    let words = artifact_type.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{}{rest}", first.to_uppercase())
    });
    words.collect()
}

fn results(sheet: &mut Sheet, product: &Value, artifact: &Artifact<'_>, at: &str, raw: &RawValue) {
    let Some(results) = sheet.part::<Results>(at, raw) else {
        return;
    };
    let target = results.target.as_deref().unwrap_or_default();
    // The target of system packages names the release, which a new build may change.
    let file = match results.class.as_deref() {
        Some("os-pkgs") => "",
        _ => target,
    };
    for (place, raw) in places("Vulnerabilities", &results.vulnerabilities) {
        let place = format!("{at}.{place}");
        if let Some(found) = sheet.part::<vulnerability::Vulnerability>(&place, raw) {
            let draft = vulnerability::draft(&found, artifact, file, results.kind.as_deref());
            sheet.take(place, product, draft);
        }
    }
    for (place, raw) in places("Misconfigurations", &results.misconfigurations) {
        let place = format!("{at}.{place}");
        if let Some(found) = sheet.part::<Misconfiguration>(&place, raw) {
            sheet.take(place, product, misconfiguration(&found, artifact, target));
        }
    }
    for (place, raw) in places("Secrets", &results.secrets) {
        let place = format!("{at}.{place}");
        if let Some(found) = sheet.part::<Secret>(&place, raw) {
            sheet.take(place, product, secret(&found, artifact, target));
        }
    }
}

fn severity(word: Option<&str>) -> i64 {
    severity_id(word.unwrap_or_default())
}

/// The artifact and the file in it.
fn resources(artifact: &Artifact<'_>, target: &str) -> Vec<Value> {
    let mut resources = artifact.resources.clone();
    if !target.is_empty() && target != artifact.uid {
        let uid = format!("{}/{target}", artifact.uid);
        resources.push(json!({"uid": uid, "name": target, "type": "File"}));
    }
    resources
}

fn file(path: &str) -> Value {
    let name = path.rsplit('/').next().unwrap_or(path);
    json!({"name": name, "path": path, "type_id": 1})
}

fn misconfiguration<'a>(
    found: &'a Misconfiguration,
    artifact: &Artifact<'_>,
    target: &str,
) -> Draft<'a> {
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

fn secret<'a>(found: &'a Secret, artifact: &Artifact<'_>, target: &str) -> Draft<'a> {
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
        title: found.title.as_deref().unwrap_or(&found.rule_id),
        desc: found.category.as_deref(),
        resources: resources(artifact, target),
        more: Members::default().with("evidences", vec![evidence.object()]),
    }
}
