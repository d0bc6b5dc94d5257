//! SARIF 2.1.0: what static analysis and other tools found, run by run.

mod identity;
mod rule;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::draft::{
    self, APPLICATION_SECURITY, DETECTION, Draft, Members, NEW, RESOLVED, SUPPRESSED,
    VULNERABILITY, text,
};
use super::sheet::{Sheet, places};
use super::words::{is_cve, slug, time_ms};
use super::{Format, Given, Report, Scope};
use rule::{Message, Rule, Rules, Tool};

#[derive(Deserialize)]
struct File {
    runs: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    results: Option<Vec<Box<RawValue>>>,
    invocations: Option<Vec<Invocation>>,
    version_control_provenance: Option<Vec<Repository>>,
    automation_details: Option<Automation>,
    artifacts: Option<Vec<Artifact>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    end_time_utc: Option<String>,
    start_time_utc: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    repository_uri: Option<String>,
}

#[derive(Deserialize)]
struct Automation {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Artifact {
    location: Option<ArtifactLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    rule_id: Option<String>,
    rule_index: Option<i64>,
    rule: Option<rule::Reference>,
    level: Option<String>,
    kind: Option<String>,
    message: Option<Message>,
    locations: Option<Vec<Location>>,
    suppressions: Option<Vec<Suppression>>,
    fingerprints: Option<BTreeMap<String, Value>>,
    partial_fingerprints: Option<BTreeMap<String, Value>>,
    baseline_state: Option<String>,
    properties: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Option<PhysicalLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Option<ArtifactLocation>,
    region: Option<Region>,
    context_region: Option<Region>,
}

#[derive(Deserialize)]
struct ArtifactLocation {
    uri: Option<String>,
    index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<i64>,
    end_line: Option<i64>,
    start_column: Option<i64>,
    end_column: Option<i64>,
    snippet: Option<Snippet>,
}

#[derive(Deserialize)]
struct Snippet {
    text: Option<String>,
}

#[derive(Deserialize)]
struct Suppression {
    status: Option<String>,
    justification: Option<String>,
}

/// Where something was found.
struct Spot<'a> {
    uri: &'a str,
    region: Option<&'a Region>,
    /// What stands there, where the report has it.
    snippet: Option<&'a str>,
}

/// What all findings of a run have.
struct Scanned<'a> {
    product: Value,
    rules: Rules<'a>,
    artifacts: &'a [Artifact],
    /// What was scanned; empty where that is not known.
    uid: &'a str,
    resources: Vec<Value>,
}

pub fn read(report: &str, given: Given<'_>) -> Result<Report, String> {
    let file: File = serde_json::from_str(report)
        .map_err(|error| format!("it is no SARIF log that can be read: {error}"))?;
    let times: Vec<Option<i64>> = file.runs.iter().map(ended_ms).collect();
    let time = match times.as_slice() {
        [] => None,
        times if times.contains(&None) => None,
        times => times.iter().flatten().max().copied(),
    };
    let scopes: Vec<Option<String>> = file.runs.iter().map(|run| scope_of(run, given)).collect();
    let scope = match scopes.split_first() {
        Some((Some(first), rest)) if rest.iter().all(|one| one.as_ref() == Some(first)) => {
            Scope::Resource(first.clone())
        }
        _ => Scope::Unknown,
    };
    let mut sheet = Sheet::new(Format::Sarif, scope, time);
    let (mut heard, mut silent) = (BTreeSet::new(), BTreeSet::new());
    for (number, (run, scope)) in file.runs.iter().zip(&scopes).enumerate() {
        let scanned = scanned(run, given, scope.as_deref());
        let before = sheet.taken();
        for (place, raw) in places("results", &run.results) {
            let place = format!("runs[{number}].{place}");
            let Some(found) = sheet.part::<Found>(&place, raw) else {
                continue;
            };
            // What passed, or has no bearing, is no finding.
            if !matches!(found.kind.as_deref(), Some("pass" | "notApplicable")) {
                sheet.take(place, &scanned.product, finding(&scanned, &found));
            }
        }
        let tool = scanned.product["uid"].as_str().unwrap_or_default();
        let tools = match sheet.taken() > before {
            true => &mut heard,
            false => &mut silent,
        };
        tools.insert(tool.to_owned());
    }
    Ok(Report {
        silent: silent.difference(&heard).cloned().collect(),
        ..sheet.done()
    })
}

fn ended_ms(run: &Run) -> Option<i64> {
    let invocations = run.invocations.iter().flatten();
    let times = invocations.filter_map(|one| {
        one.end_time_utc
            .as_deref()
            .or(one.start_time_utc.as_deref())
    });
    times.filter_map(time_ms).max()
}

fn repository<'a>(run: &'a Run, given: Given<'a>) -> Option<&'a str> {
    let mut sources = run.version_control_provenance.iter().flatten();
    let uri = sources.find_map(|source| source.repository_uri.as_deref());
    given.scope.or(uri).filter(|uid| !uid.is_empty())
}

/// The repository and, where one is analysed in several ways, the category of the analysis.
fn scope_of(run: &Run, given: Given<'_>) -> Option<String> {
    let repository = repository(run, given)?;
    Some(match category(run) {
        Some(category) => format!("{repository}#{category}"),
        None => repository.to_owned(),
    })
}

/// What follows the last slash of the id tells one run from the next.
fn category(run: &Run) -> Option<&str> {
    let id = run.automation_details.as_ref()?.id.as_deref()?;
    let (category, _) = id.rsplit_once('/')?;
    (!category.is_empty()).then_some(category)
}

fn scanned<'a>(run: &'a Run, given: Given<'a>, scope: Option<&str>) -> Scanned<'a> {
    let driver = &run.tool.driver;
    let uid = repository(run, given).unwrap_or_default();
    let mut resources = Vec::new();
    if !uid.is_empty() {
        resources.push(json!({"uid": uid, "name": uid, "type": "CodeRepository"}));
    }
    if let Some(scope) = scope.filter(|scope| *scope != uid) {
        let name = category(run).unwrap_or(scope);
        resources.push(json!({"uid": scope, "name": name, "type": "AnalysisCategory"}));
    }
    let version = driver
        .semantic_version
        .as_deref()
        .or(driver.version.as_deref());
    let slug = match slug(&driver.name) {
        slug if slug.is_empty() => "sarif".to_owned(),
        slug => slug,
    };
    Scanned {
        product: draft::product(&slug, &driver.name, driver.organization.as_deref(), version),
        rules: Rules::of(&run.tool),
        artifacts: run.artifacts.as_deref().unwrap_or_default(),
        uid,
        resources,
    }
}

fn spots<'a>(found: &'a Found, artifacts: &'a [Artifact]) -> Vec<Spot<'a>> {
    let physical = found
        .locations
        .iter()
        .flatten()
        .filter_map(|one| one.physical_location.as_ref());
    let spots = physical.filter_map(|place| {
        let location = place.artifact_location.as_ref()?;
        let listed = || {
            let index = usize::try_from(location.index?).ok()?;
            artifacts.get(index)?.location.as_ref()?.uri.as_deref()
        };
        let uri = location.uri.as_deref().or_else(listed)?;
        Some(Spot {
            uri,
            region: place.region.as_ref(),
            snippet: snippet(place),
        })
    });
    spots.collect()
}

/// The code itself, else that around it.
fn snippet(place: &PhysicalLocation) -> Option<&str> {
    let mut regions = [&place.region, &place.context_region].into_iter().flatten();
    regions.find_map(|region| region.snippet.as_ref()?.text.as_deref())
}

fn finding<'a>(scanned: &Scanned<'a>, found: &'a Found) -> Draft<'a> {
    let rule = scanned.rules.of_result(found);
    let id = rule::id(found, rule);
    let spots = spots(found, scanned.artifacts);
    let message = found.message.as_ref().map(|message| message.said(rule));
    let message = message.unwrap_or_default();
    let accepted = suppression(found);
    let mut resources = scanned.resources.clone();
    for spot in &spots {
        let uid = match scanned.uid {
            "" => spot.uri.to_owned(),
            scanned => format!("{scanned}/{}", spot.uri),
        };
        if !resources.iter().any(|known| known["uid"] == uid.as_str()) {
            resources.push(json!({"uid": uid, "name": spot.uri, "type": "File"}));
        }
    }
    let place = spots.first().map_or("", |spot| spot.uri);
    let detail = rule::vulnerability(rule, id, &message, affected(&spots));
    let class_uid = match spots.is_empty() {
        _ if is_cve(id) => VULNERABILITY,
        true => DETECTION,
        false => APPLICATION_SECURITY,
    };
    let more = match class_uid {
        DETECTION => Members::default().with("remediation", rule::remediation(rule)),
        _ => Members::default().with("vulnerabilities", vec![detail]),
    };
    Draft {
        class_uid,
        severity_id: rule::severity(found, rule),
        status_id: match (accepted, found.baseline_state.as_deref()) {
            (_, Some("absent")) => RESOLVED,
            (Some(_), _) => SUPPRESSED,
            (None, _) => NEW,
        },
        uid: identity::of(scanned.uid, id, place, found, &message),
        apart: identity::apart(found, &message, &spots),
        title: rule.and_then(Rule::title).unwrap_or(id),
        desc: rule.and_then(Rule::description),
        resources,
        more: more.with("message", text(Some(&message))).with(
            "comment",
            text(accepted.and_then(|accepted| accepted.justification.as_deref())),
        ),
    }
}

/// A suppression that holds: one that is under review or rejected does not.
fn suppression(found: &Found) -> Option<&Suppression> {
    let mut all = found.suppressions.iter().flatten();
    all.find(|one| {
        one.status
            .as_deref()
            .is_none_or(|status| status == "accepted")
    })
}

fn affected(spots: &[Spot<'_>]) -> Vec<Value> {
    let code = spots.iter().map(|spot| {
        let name = spot.uri.rsplit('/').next().unwrap_or(spot.uri);
        let lines = |pick: fn(&Region) -> Option<i64>| spot.region.and_then(pick);
        Members::default()
            .with(
                "file",
                json!({"name": name, "path": spot.uri, "type_id": 1}),
            )
            .with("start_line", lines(|region| region.start_line))
            .with(
                "end_line",
                lines(|region| region.end_line.or(region.start_line)),
            )
            .with("start_column", lines(|region| region.start_column))
            .with("end_column", lines(|region| region.end_column))
            .object()
    });
    code.collect()
}
