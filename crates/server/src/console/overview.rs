//! The first page: what is open, what is severe, and what is known to be exploited.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use balefire_api::generated::inspector2::{FilterCriteria, Finding};
use balefire_api::generated::ssm_incidents::IncidentRecordStatus;
use http::StatusCode;

use super::form::href;
use super::incidents::{self, Begin, IncidentLine};
use super::reply::Reply;
use super::severity::Tag;
use super::tally::{Tally, tally};
use super::visit::{Frame, Section, Visit};
use super::vulnerabilities::{self, equal, severity, vulnerability_id};
use crate::failure::Failure;

const INCIDENTS_READ: i32 = 100;
const INCIDENTS_SHOWN: usize = 5;
/// Pages of vulnerable packages that are read.
const CALLS_MAX: usize = 5;
const PACKAGES_SHOWN: usize = 8;

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
    incidents_left: Option<String>,
    begin: Begin,
    findings: Tally,
    packages: Vec<Exploited>,
    package_count: String,
    packages_left: Option<String>,
}

pub async fn overview(visit: &Visit<'_>) -> Result<Reply, Failure> {
    let open = Some(IncidentRecordStatus::Open);
    let (mut incidents, next) = incidents::list(visit, open, INCIDENTS_READ, None).await?;
    let incident_count = counted(incidents.len(), next.is_some());
    let incidents_left = left(incidents.len(), INCIDENTS_SHOWN, next.is_some());
    incidents.truncate(INCIDENTS_SHOWN);
    let (mut packages, more) = exploited(visit).await?;
    let package_count = counted(packages.len(), more);
    let packages_left = left(packages.len(), PACKAGES_SHOWN, more);
    packages.truncate(PACKAGES_SHOWN);
    let page = Overview {
        frame: visit.frame(Section::Overview, "Overview"),
        incidents,
        incident_count,
        incidents_left,
        begin: Begin::of(visit),
        findings: tally(visit).await?,
        packages,
        package_count,
        packages_left,
    };
    Reply::page(StatusCode::OK, &page)
}

fn counted(count: usize, more: bool) -> String {
    format!("{count}{}", if more { "+" } else { "" })
}

/// How many are not shown, where there are any.
fn left(count: usize, shown: usize, more: bool) -> Option<String> {
    (count > shown).then(|| counted(count - shown, more))
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
        package
            .vulnerabilities
            .entry(vulnerability_id(finding))
            .or_insert(link);
        package
            .resources
            .extend(finding.resources.iter().map(|one| one.id.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_counted_as_the_whole_is() {
        for (count, more, expected) in [
            (5, false, None),
            (6, false, Some("1")),
            (100, true, Some("95+")),
        ] {
            assert_eq!(left(count, 5, more).as_deref(), expected, "{count}");
        }
    }
}
