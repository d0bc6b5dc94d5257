//! The first page: what is open, what is severe, and what is known to be exploited.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use balefire_api::generated::inspector2::{FilterCriteria, Finding};
use balefire_api::generated::ssm_incidents::IncidentRecordStatus;
use http::StatusCode;
use serde_json::Value;

use super::document::number;
use super::findings::{self, Narrowed};
use super::form::href;
use super::incidents::{self, Begin, IncidentLine};
use super::reply::Reply;
use super::severity::Tag;
use super::visit::{Frame, Section, Visit};
use super::vulnerabilities::{self, equal, severity, vulnerability_id};
use crate::failure::Failure;

const INCIDENTS_READ: i32 = 100;
const INCIDENTS_SHOWN: usize = 5;
/// Findings that one call gives, and calls that one page makes.
const FINDINGS_PER_CALL: i32 = 100;
const CALLS_MAX: usize = 5;
const PACKAGES_SHOWN: usize = 8;

/// Rows of the table of findings: `severity_id` and what else is counted there.
const ROWS: &[(i64, &[i64])] = &[
    (5, &[5, 6]),
    (4, &[4]),
    (3, &[3]),
    (2, &[2]),
    (1, &[1]),
    (0, &[0, 99]),
];
/// Columns of that table, by `status_id`.
const COLUMNS: [i64; 4] = [1, 2, 3, 4];

/// A number in the table, with the list it counts.
struct Cell {
    count: usize,
    href: String,
}

struct Row {
    severity: Tag,
    cells: Vec<Cell>,
    all: Cell,
    /// Shares of the widest row, in percent.
    open_width: String,
    all_width: String,
}

/// The findings of a region by severity and status.
#[derive(Default)]
struct Findings {
    rows: Vec<Row>,
    count: usize,
    urgent: usize,
    /// Whether there are more than were counted.
    more: bool,
    /// Why there are none, where the hub is off.
    off: Option<String>,
}

/// A package with vulnerabilities that are known to be exploited.
struct Exploited {
    name: String,
    severity: Tag,
    /// Vulnerability ids, each with a finding to look at.
    vulnerabilities: BTreeMap<String, String>,
    resources: BTreeSet<String>,
}

#[derive(Template)]
#[template(path = "console/overview.html")]
struct Overview {
    frame: Frame,
    incidents: Vec<IncidentLine>,
    incident_count: String,
    incidents_left: usize,
    begin: Begin,
    findings: Findings,
    packages: Vec<Exploited>,
    package_count: String,
    packages_left: usize,
}

pub async fn overview(visit: &Visit<'_>) -> Result<Reply, Failure> {
    let open = Some(IncidentRecordStatus::Open);
    let (mut incidents, next) = incidents::list(visit, open, INCIDENTS_READ, None).await?;
    let incident_count = counted(incidents.len(), next.is_some());
    let incidents_left = incidents.len().saturating_sub(INCIDENTS_SHOWN);
    incidents.truncate(INCIDENTS_SHOWN);
    let (mut packages, more) = exploited(visit).await?;
    let package_count = counted(packages.len(), more);
    let packages_left = packages.len().saturating_sub(PACKAGES_SHOWN);
    packages.truncate(PACKAGES_SHOWN);
    let page = Overview {
        frame: visit.frame(Section::Overview, "Overview"),
        incidents,
        incident_count,
        incidents_left,
        begin: Begin::of(visit),
        findings: count_findings(visit).await?,
        packages,
        package_count,
        packages_left,
    };
    Reply::page(StatusCode::OK, &page)
}

fn counted(count: usize, more: bool) -> String {
    format!("{count}{}", if more { "+" } else { "" })
}

/// Counts the most severe findings, as many as a few calls give.
async fn count_findings(visit: &Visit<'_>) -> Result<Findings, Failure> {
    let narrowed = Narrowed {
        by_severity: true,
        ..Default::default()
    };
    let mut documents: Vec<Value> = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..CALLS_MAX {
        let page = findings::page(visit, narrowed, FINDINGS_PER_CALL, token.as_deref()).await;
        let (page, next) = match page {
            Ok(page) => page,
            Err(Failure::Denied(message)) => {
                return Ok(Findings {
                    off: Some(message),
                    ..Default::default()
                });
            }
            Err(failure) => return Err(failure),
        };
        documents.extend(page);
        token = next;
        if token.is_none() {
            break;
        }
    }
    Ok(tally(&documents, token.is_some()))
}

fn tally(documents: &[Value], more: bool) -> Findings {
    let id = |document: &Value, pointer| number(document, pointer).unwrap_or(0);
    let ids: Vec<(i64, i64)> = documents
        .iter()
        .map(|document| (id(document, "/severity_id"), id(document, "/status_id")))
        .collect();
    let count = |severities: &[i64], statuses: Option<&[i64]>| {
        let counts = |(severity, status): &&(i64, i64)| {
            severities.contains(severity) && statuses.is_none_or(|all| all.contains(status))
        };
        ids.iter().filter(counts).count()
    };
    let widest = ROWS.iter().map(|(_, severities)| count(severities, None)).max();
    let widest = widest.unwrap_or(0).max(1) as f64;
    let width = |count: usize| format!("{:.2}%", count as f64 * 100.0 / widest);
    let rows = ROWS.iter().map(|(id, severities)| {
        let all = count(severities, None);
        Row {
            severity: Tag::of_ocsf_severity(*id, Some("Other")),
            cells: COLUMNS
                .iter()
                .map(|status| cell(*id, Some(*status), count(severities, Some(&[*status]))))
                .collect(),
            all: cell(*id, None, all),
            open_width: width(count(severities, Some(&[1, 2]))),
            all_width: width(all),
        }
    });
    Findings {
        // The last row is for what has no severity, which is rare.
        rows: rows.filter(|row| row.all.count > 0 || row.severity.class != "unknown").collect(),
        count: ids.len(),
        urgent: count(&[4, 5, 6], Some(&[1, 2])),
        more,
        off: None,
    }
}

fn cell(severity: i64, status: Option<i64>, count: usize) -> Cell {
    let severity = if severity == 0 { String::new() } else { severity.to_string() };
    let status = status.map_or_else(String::new, |status| status.to_string());
    let pairs = [("severity", severity.as_str()), ("status", status.as_str())];
    Cell {
        count,
        href: href(Section::Findings.path(), &pairs),
    }
}

/// Packages with vulnerabilities that are known to be exploited, and whether there may be more.
async fn exploited(visit: &Visit<'_>) -> Result<(Vec<Exploited>, bool), Failure> {
    let mut packages: Vec<Exploited> = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..CALLS_MAX {
        let criteria = FilterCriteria {
            exploit_available: equal("YES"),
            finding_status: equal("ACTIVE"),
            ..Default::default()
        };
        let (page, next) = vulnerabilities::list(visit, criteria, token.as_deref()).await?;
        for finding in &page {
            gather(&mut packages, finding);
        }
        token = next;
        if token.is_none() {
            break;
        }
    }
    Ok((packages, token.is_some()))
}

/// Findings come by severity, so a package has that of its first.
fn gather(packages: &mut Vec<Exploited>, finding: &Finding) {
    let details = finding.package_vulnerability_details.as_ref();
    for name in vulnerabilities::package_names(details) {
        let place = packages.iter().position(|package| package.name == name);
        let place = place.unwrap_or_else(|| {
            packages.push(Exploited {
                name,
                severity: severity(finding.severity),
                vulnerabilities: BTreeMap::new(),
                resources: BTreeSet::new(),
            });
            packages.len() - 1
        });
        let package = &mut packages[place];
        let link = href("/console/vulnerability", &[("arn", &finding.finding_arn)]);
        package.vulnerabilities.entry(vulnerability_id(finding)).or_insert(link);
        package.resources.extend(finding.resources.iter().map(|one| one.id.clone()));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn findings_are_counted_by_severity_and_status() {
        let ids = [(5, 1), (6, 2), (5, 4), (3, 3), (1, 5), (99, 1)];
        let documents = ids.map(|(severity, status)| {
            json!({"severity_id": severity, "status_id": status})
        });
        let findings = tally(&documents, false);
        assert_eq!((findings.count, findings.urgent), (6, 2));
        let counts: Vec<(&str, Vec<usize>, usize)> = findings
            .rows
            .iter()
            .map(|row| {
                let cells = row.cells.iter().map(|cell| cell.count).collect();
                (row.severity.word.as_str(), cells, row.all.count)
            })
            .collect();
        let expected = [
            ("Critical", vec![1, 1, 0, 1], 3),
            ("High", vec![0, 0, 0, 0], 0),
            ("Medium", vec![0, 0, 1, 0], 1),
            ("Low", vec![0, 0, 0, 0], 0),
            ("Informational", vec![0, 0, 0, 0], 1),
            ("Other", vec![1, 0, 0, 0], 1),
        ];
        assert_eq!(counts, expected);
        assert_eq!(findings.rows[0].open_width, "66.67%");
        assert_eq!(findings.rows[0].cells[1].href, "/console/findings?severity=5&status=2");
    }
}
