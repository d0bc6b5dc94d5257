//! One finding of Security Hub: what it says, where, what to do, and its whole document.

use askama::Template;
use balefire_api::generated::securityhub::operations as op;
use balefire_api::generated::securityhub::{
    AllowedOperators, CompositeFilter, GetFindingsV2Request, OcsfFindingFilters, OcsfStringField,
    OcsfStringFilter, StringFilter, StringFilterComparison,
};
use http::StatusCode;
use serde_json::Value;

use super::document::{Field, indented, items, text, texts, time};
use super::findings::{severity, status, title};
use super::form::web_link;
use super::moment::Moment;
use super::prose::{self, Part};
use super::reply::Reply;
use super::severity::Tag;
use super::visit::{Frame, Section, Visit};
use crate::failure::Failure;

/// The longest uid that is looked for.
const UID_LEN_MAX: usize = 512;

/// A resource of a finding.
struct ResourceLine {
    name: String,
    uid: Option<String>,
    kind: Option<String>,
    region: Option<String>,
    owner: Option<String>,
}

/// A vulnerability of a finding.
struct VulnerabilityLine {
    id: String,
    title: Option<String>,
    severity: Option<Tag>,
    score: Option<String>,
    epss: Option<String>,
    fix: Option<String>,
    packages: Vec<String>,
}

/// An address that is a link only where it leads to the web.
struct Reference {
    text: String,
    is_link: bool,
}

#[derive(Template)]
#[template(path = "console/finding.html")]
struct FindingPage {
    frame: Frame,
    title: String,
    severity: Tag,
    status: Tag,
    description: Vec<Part>,
    comment: Option<String>,
    facts: Vec<Field>,
    times: Vec<(&'static str, Moment)>,
    resources: Vec<ResourceLine>,
    vulnerabilities: Vec<VulnerabilityLine>,
    remediation: Vec<Part>,
    references: Vec<Reference>,
    source: String,
}

pub async fn finding(visit: &Visit<'_>) -> Result<Reply, Failure> {
    let uid = visit.query.get("uid").unwrap_or_default();
    let document = document(visit, uid).await?;
    let at = |pointer| time(&document, pointer).map(|at| visit.moment(at));
    let times = [
        ("First seen", at("/finding_info/first_seen_time")),
        ("Created", at("/finding_info/created_time")),
        ("Last seen", at("/finding_info/last_seen_time")),
        ("Changed", at("/finding_info/modified_time")),
        ("Reported", at("/time")),
    ];
    let title = title(&document);
    let page = FindingPage {
        frame: visit.frame(Section::Findings, title.as_str()),
        title,
        severity: severity(&document),
        status: status(&document),
        description: prose(&document, "/finding_info/desc"),
        comment: text(&document, "/comment"),
        facts: facts(&document),
        times: times
            .into_iter()
            .filter_map(|(name, at)| Some((name, at?)))
            .collect(),
        resources: items(&document, "/resources")
            .iter()
            .map(resource)
            .collect(),
        vulnerabilities: items(&document, "/vulnerabilities")
            .iter()
            .map(vulnerability)
            .collect(),
        remediation: prose(&document, "/remediation/desc"),
        references: references(&document),
        source: indented(&document),
    };
    Reply::page(StatusCode::OK, &page)
}

async fn document(visit: &Visit<'_>, uid: &str) -> Result<Value, Failure> {
    let missing =
        || Failure::not_found("FINDING", uid.chars().take(UID_LEN_MAX).collect::<String>());
    if uid.is_empty() || uid.len() > UID_LEN_MAX {
        return Err(missing());
    }
    let by_uid = OcsfStringFilter {
        field_name: Some(OcsfStringField::MetadataUid),
        filter: Some(StringFilter {
            comparison: Some(StringFilterComparison::Equals),
            value: Some(uid.to_owned()),
        }),
    };
    let composite = CompositeFilter {
        operator: Some(AllowedOperators::And),
        string_filters: Some(vec![by_uid]),
        ..Default::default()
    };
    let input = GetFindingsV2Request {
        filters: Some(OcsfFindingFilters {
            composite_filters: Some(vec![composite]),
            composite_operator: Some(AllowedOperators::And),
        }),
        max_results: Some(1),
        ..Default::default()
    };
    let got = visit.ask::<op::GetFindingsV2>(input).await?;
    let found = got.findings.unwrap_or_default().into_iter().next();
    Ok(found.ok_or_else(missing)?.value()?)
}

fn prose(document: &Value, pointer: &str) -> Vec<Part> {
    prose::parts(&text(document, pointer).unwrap_or_default())
}

/// The attributes that most findings have, in the order in which one asks for them.
fn facts(document: &Value) -> Vec<Field> {
    let listed = |pointer| {
        let texts = texts(document, pointer);
        (!texts.is_empty()).then(|| texts.join(", "))
    };
    let facts = [
        ("Account", text(document, "/cloud/account/uid")),
        ("Account name", text(document, "/cloud/account/name")),
        ("Region", text(document, "/cloud/region")),
        ("Provider", text(document, "/cloud/provider")),
        ("Product", text(document, "/metadata/product/name")),
        ("Vendor", text(document, "/metadata/product/vendor_name")),
        ("Class", text(document, "/class_name")),
        ("Types", listed("/finding_info/types")),
        ("Check", text(document, "/finding_info/analytic/name")),
        ("Compliance", text(document, "/compliance/status")),
        ("Control", text(document, "/compliance/control")),
        ("Standards", listed("/compliance/standards")),
        (
            "Provider's severity",
            text(document, "/vendor_attributes/severity"),
        ),
        ("Status detail", text(document, "/status_detail")),
        ("Provider's id", text(document, "/finding_info/uid")),
        ("Id here", text(document, "/metadata/uid")),
    ];
    let given = facts
        .into_iter()
        .filter_map(|(label, value)| Some((label, value?)));
    given
        .map(|(label, value)| Field::new(label, value))
        .collect()
}

fn resource(resource: &Value) -> ResourceLine {
    let uid = text(resource, "/uid");
    ResourceLine {
        name: text(resource, "/name")
            .or(uid.clone())
            .unwrap_or_else(|| "—".into()),
        uid,
        kind: text(resource, "/type"),
        region: text(resource, "/region"),
        owner: text(resource, "/owner/account/uid"),
    }
}

fn vulnerability(vulnerability: &Value) -> VulnerabilityLine {
    let id = text(vulnerability, "/cve/uid").or_else(|| text(vulnerability, "/advisory/uid"));
    let packages = items(vulnerability, "/affected_packages")
        .iter()
        .map(package);
    let fixable = vulnerability
        .pointer("/is_fix_available")
        .and_then(Value::as_bool);
    VulnerabilityLine {
        id: id.unwrap_or_else(|| "Unnamed".into()),
        title: text(vulnerability, "/title").or_else(|| text(vulnerability, "/cve/title")),
        severity: text(vulnerability, "/severity")
            .map(|word| Tag::of_severity_word(&word.to_uppercase())),
        score: text(vulnerability, "/cve/cvss/0/base_score"),
        epss: text(vulnerability, "/cve/epss/score"),
        fix: text(vulnerability, "/fix_coverage")
            .or_else(|| fixable.map(|is| if is { "Available" } else { "None known" }.to_owned())),
        packages: packages.collect(),
    }
}

fn package(package: &Value) -> String {
    let name = text(package, "/name").unwrap_or_default();
    let version = text(package, "/version").unwrap_or_default();
    match text(package, "/fixed_in_version") {
        Some(fixed) => format!("{name} {version} → {fixed}"),
        None => format!("{name} {version}"),
    }
}

/// Where to read more: of the remediation, the finding, and its vulnerabilities, each address once.
fn references(document: &Value) -> Vec<Reference> {
    let mut all = texts(document, "/remediation/references");
    all.extend(text(document, "/finding_info/src_url"));
    for vulnerability in items(document, "/vulnerabilities") {
        all.extend(texts(vulnerability, "/references"));
    }
    let mut references: Vec<Reference> = Vec::new();
    for text in all {
        if references.iter().all(|known| known.text != text) {
            let is_link = web_link(&text).is_some();
            references.push(Reference { text, is_link });
        }
    }
    references
}
