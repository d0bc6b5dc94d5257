//! Grype's JSON: vulnerabilities of an image, a folder or an SBOM.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::draft::{self, Draft, Members, NEW, SUPPRESSED, VULNERABILITY, text};
use super::sheet::{Sheet, places};
use super::words::{is_cve, joined, severity_id, time_ms};
use super::{Format, Given, Report, Scope};

#[derive(Deserialize)]
struct File {
    matches: Option<Vec<Box<RawValue>>>,
    #[serde(rename = "ignoredMatches")]
    ignored_matches: Option<Vec<Box<RawValue>>>,
    source: Option<Source>,
    descriptor: Option<Descriptor>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "type")]
    kind: Option<String>,
    target: Option<Value>,
}

#[derive(Deserialize)]
struct Descriptor {
    name: Option<String>,
    version: Option<String>,
    timestamp: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Match {
    vulnerability: Vulnerability,
    related_vulnerabilities: Option<Vec<Vulnerability>>,
    artifact: Package,
    applied_ignore_rules: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability {
    id: String,
    data_source: Option<String>,
    severity: Option<String>,
    urls: Option<Vec<String>>,
    description: Option<String>,
    cvss: Option<Vec<Cvss>>,
    fix: Option<Fix>,
    epss: Option<Vec<Epss>>,
}

#[derive(Deserialize)]
struct Cvss {
    source: Option<String>,
    version: Option<String>,
    vector: Option<String>,
    metrics: Option<Metrics>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    base_score: Option<f64>,
}

#[derive(Deserialize)]
struct Fix {
    versions: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Epss {
    cve: Option<String>,
    epss: Option<f64>,
    percentile: Option<f64>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    locations: Option<Vec<Location>>,
    purl: Option<String>,
}

#[derive(Deserialize)]
struct Location {
    path: Option<String>,
}

pub fn read(report: &str, given: Given<'_>) -> Result<Report, String> {
    let file: File = serde_json::from_str(report)
        .map_err(|error| format!("it is no report of Grype: {error}"))?;
    if file.matches.is_none() && file.ignored_matches.is_none() {
        return Err("it is no report of Grype: it has no `matches`".into());
    }
    let scanned = file.source.as_ref().and_then(name_of);
    let uid = given.scope.or(scanned);
    let scope = uid.map_or(Scope::Unknown, |uid| Scope::Resource(uid.into()));
    let tool = file.descriptor.as_ref();
    let timestamp = tool.and_then(|tool| tool.timestamp.as_deref());
    let name = tool
        .and_then(|tool| tool.name.as_deref())
        .unwrap_or("grype");
    let version = tool.and_then(|tool| tool.version.as_deref());
    let product = draft::product("grype", name, Some("Anchore"), version);
    let kind = file
        .source
        .as_ref()
        .and_then(|source| source.kind.as_deref());
    let uid = uid.unwrap_or(".");
    let resource = Members::default()
        .with("uid", uid)
        .with("name", scanned.unwrap_or(uid))
        .with("type", text(kind.map(kind_of)))
        .object();
    let mut sheet = Sheet::new(Format::Grype, scope, timestamp.and_then(time_ms));
    let matches = places("matches", &file.matches).map(|part| (NEW, part));
    let ignored = places("ignoredMatches", &file.ignored_matches).map(|part| (SUPPRESSED, part));
    for (status_id, (place, raw)) in matches.chain(ignored) {
        if let Some(found) = sheet.part::<Match>(&place, raw) {
            sheet.take(place, &product, finding(&found, uid, &resource, status_id));
        }
    }
    Ok(sheet.done())
}

/// As the user called it: an image's name, a path.
fn name_of(source: &Source) -> Option<&str> {
    let target = source.target.as_ref()?;
    let name = target
        .as_str()
        .or_else(|| target.get("userInput").and_then(Value::as_str))?;
    (!matches!(name, "" | "." | "./" | "/" | "unknown")).then_some(name)
}

fn kind_of(kind: &str) -> &str {
    match kind {
        "image" => "ContainerImage",
        "directory" => "Filesystem",
        "file" => "File",
        other => other,
    }
}

fn finding<'a>(found: &'a Match, scanned: &str, resource: &Value, status_id: i64) -> Draft<'a> {
    let vulnerability = &found.vulnerability;
    let package = &found.artifact;
    let path = package
        .locations
        .iter()
        .flatten()
        .find_map(|location| location.path.as_deref());
    let path = path.unwrap_or_default();
    let related = || found.related_vulnerabilities.iter().flatten();
    let described = vulnerability
        .description
        .as_deref()
        .filter(|text| !text.is_empty());
    let described = described.or_else(|| related().find_map(|other| other.description.as_deref()));
    let kind = package.kind.as_deref().unwrap_or_default();
    let ignored = found
        .applied_ignore_rules
        .as_ref()
        .filter(|rules| !rules.is_empty());
    Draft {
        class_uid: VULNERABILITY,
        severity_id: severity_id(vulnerability.severity.as_deref().unwrap_or_default()),
        status_id,
        uid: joined(&[scanned, &vulnerability.id, kind, &package.name, path]),
        apart: [&package.version, &package.purl, &vulnerability.data_source]
            .map(|part| part.clone().unwrap_or_default())
            .into(),
        title: &vulnerability.id,
        desc: described,
        resources: vec![resource.clone()],
        more: Members::default()
            .with("vulnerabilities", vec![detail(found, described, path)])
            .with(
                "unmapped",
                ignored.map_or(Value::Null, |rules| json!({"ignored_by": rules})),
            ),
    }
}

fn detail(found: &Match, described: Option<&str>, path: &str) -> Value {
    let vulnerability = &found.vulnerability;
    let related = || found.related_vulnerabilities.iter().flatten();
    let fixes = vulnerability
        .fix
        .as_ref()
        .and_then(|fix| fix.versions.as_deref());
    let fixes = fixes.unwrap_or_default();
    let package = Members::default()
        .with("name", found.artifact.name.as_str())
        .with("version", text(found.artifact.version.as_deref()))
        .with("fixed_in_version", fixes.join(", "))
        .with("purl", text(found.artifact.purl.as_deref()))
        .with("type", text(found.artifact.kind.as_deref()))
        .with("path", path);
    // The CVE behind a distribution's or a language's advisory.
    let mut all = std::iter::once(vulnerability).chain(related());
    let cve = all.find(|known| is_cve(&known.id)).map(|known| {
        let scored = std::iter::once(known)
            .chain(related())
            .chain([vulnerability]);
        let scores = scored.flat_map(|known| known.cvss.iter().flatten());
        Members::default()
            .with("uid", known.id.as_str())
            .with("desc", text(described))
            .with("cvss", distinct(scores.map(score)))
            .with("epss", epss(vulnerability, &known.id))
            .object()
    });
    let advisory = (!is_cve(&vulnerability.id)).then(|| {
        let advisory = Members::default().with("uid", vulnerability.id.as_str());
        advisory.with("title", vulnerability.id.as_str()).object()
    });
    let addresses = vulnerability
        .data_source
        .iter()
        .chain(vulnerability.urls.iter().flatten());
    let advice = fixes.first().map(|fixed| {
        let desc = format!("Update {} to {fixed}.", found.artifact.name);
        json!({"desc": desc})
    });
    Members::default()
        .with("title", vulnerability.id.as_str())
        .with("desc", text(described))
        .with("severity", text(vulnerability.severity.as_deref()))
        .with("cve", cve.unwrap_or_default())
        .with("advisory", advisory.unwrap_or_default())
        .with(
            "references",
            draft::references(addresses.map(String::as_str)),
        )
        .with("is_fix_available", !fixes.is_empty())
        .with("affected_packages", vec![package.object()])
        .with("remediation", advice.unwrap_or_default())
        .object()
}

fn score(cvss: &Cvss) -> Value {
    let base = cvss.metrics.as_ref().and_then(|metrics| metrics.base_score);
    Members::default()
        .with("version", text(cvss.version.as_deref()))
        .with("base_score", base)
        .with("vector_string", text(cvss.vector.as_deref()))
        .with("vendor_name", text(cvss.source.as_deref()))
        .object()
}

fn distinct(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut kept = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

fn epss(vulnerability: &Vulnerability, cve: &str) -> Value {
    let mut scores = vulnerability.epss.iter().flatten();
    let found = scores.find(|epss| epss.cve.as_deref().is_none_or(|id| id == cve));
    let Some(epss) = found else {
        return Value::Null;
    };
    Members::default()
        .with(
            "score",
            epss.epss
                .map_or(Value::Null, |score| score.to_string().into()),
        )
        .with("percentile", epss.percentile)
        .object()
}
