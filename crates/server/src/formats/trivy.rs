//! Trivy's JSON: vulnerabilities, misconfigurations and secrets of an artifact or of a cluster.

mod misconfiguration;
mod secret;
mod vulnerability;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::draft::{self, SUPPRESSED};
use super::sheet::{Sheet, places};
use super::words::{severity_id, time_ms};
use super::{Format, Given, Report, Scope};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    schema_version: Option<Value>,
    created_at: Option<String>,
    artifact_name: Option<String>,
    artifact_type: Option<String>,
    results: Option<Vec<Box<RawValue>>>,
    trivy: Option<Tool>,
    cluster_name: Option<String>,
    /// Of a cluster: one report a workload. Older versions have one list for each kind of finding.
    resources: Option<Vec<Box<RawValue>>>,
    vulnerabilities: Option<Vec<Box<RawValue>>>,
    misconfigurations: Option<Vec<Box<RawValue>>>,
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
    /// What was left out, by an ignore file or by VEX.
    experimental_modified_findings: Option<Vec<Box<RawValue>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Modified {
    #[serde(rename = "Type")]
    kind: Option<String>,
    status: Option<String>,
    statement: Option<String>,
    finding: Box<RawValue>,
}

/// What was scanned.
struct Artifact<'a> {
    uid: &'a str,
    resources: Vec<Value>,
}

pub fn read(report: &str, given: Given<'_>) -> Result<Report, String> {
    let file: File = serde_json::from_str(report)
        .map_err(|error| format!("it is no report of Trivy: {error}"))?;
    file.check()?;
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
    let workloads = places("Resources", &file.resources)
        .chain(places("Vulnerabilities", &file.vulnerabilities))
        .chain(places("Misconfigurations", &file.misconfigurations));
    for (place, raw) in workloads {
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

impl File {
    /// A report without findings may say no more than what was scanned; what says not even that is none.
    fn check(&self) -> Result<(), String> {
        // ASFF has a text of that name.
        let is_numbered = self.schema_version.as_ref().is_some_and(Value::is_number);
        let names = [&self.cluster_name, &self.artifact_name];
        if is_numbered || self.results.is_some() || names.into_iter().any(Option::is_some) {
            return Ok(());
        }
        Err("it is no report of Trivy: it has no `Results`, `ArtifactName` or `ClusterName`".into())
    }
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
    let left_out = &results.experimental_modified_findings;
    for (place, raw) in places("ExperimentalModifiedFindings", left_out) {
        let place = format!("{at}.{place}");
        if let Some((found, why)) = modified(sheet, &place, raw) {
            let mut draft = vulnerability::draft(&found, artifact, file, results.kind.as_deref());
            draft.status_id = SUPPRESSED;
            draft.more = draft.more.with("comment", why);
            sheet.take(place, product, draft);
        }
    }
    for (place, raw) in places("Misconfigurations", &results.misconfigurations) {
        let place = format!("{at}.{place}");
        if let Some(found) = sheet.part::<misconfiguration::Misconfiguration>(&place, raw) {
            sheet.take(
                place,
                product,
                misconfiguration::draft(&found, artifact, target),
            );
        }
    }
    for (place, raw) in places("Secrets", &results.secrets) {
        let place = format!("{at}.{place}");
        if let Some(found) = sheet.part::<secret::Secret>(&place, raw) {
            sheet.take(place, product, secret::draft(&found, artifact, target));
        }
    }
}

/// A vulnerability that was decided against, and the reason.
fn modified(
    sheet: &mut Sheet,
    place: &str,
    raw: &RawValue,
) -> Option<(vulnerability::Vulnerability, String)> {
    let modified = sheet.part::<Modified>(place, raw)?;
    if modified.kind.as_deref() != Some("vulnerability") {
        return None;
    }
    let found = sheet.part(place, &modified.finding)?;
    let words = [modified.status, modified.statement];
    let words: Vec<String> = words.into_iter().flatten().collect();
    Some((found, words.join(": ")))
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

/// Where in its file something is.
fn lines_of(start: Option<i64>, end: Option<i64>) -> String {
    let start = start.unwrap_or_default();
    format!("{start}-{}", end.unwrap_or(start))
}
