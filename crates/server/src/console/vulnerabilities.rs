//! The list of inspector2's findings: vulnerable packages on resources.

use askama::Template;
use balefire_api::generated::inspector2::operations as op;
use balefire_api::generated::inspector2::{
    ExploitAvailable, FilterCriteria, Finding, FindingStatus, ListFindingsRequest,
    PackageVulnerabilityDetails, Severity, SortCriteria, SortField, SortOrder, StringComparison,
    StringFilter,
};
use http::StatusCode;

use super::choice::{Choice, Pages, choices, chosen};
use super::form::href;
use super::moment::Moment;
use super::reply::Reply;
use super::severity::{Tag, capitalized};
use super::visit::{Frame, Section, Visit};
use crate::failure::Failure;

const FINDINGS_PER_PAGE: i32 = 25;

const SEVERITIES: &[(&str, &str)] = &[
    ("All", ""),
    ("Critical", "CRITICAL"),
    ("High", "HIGH"),
    ("Medium", "MEDIUM"),
    ("Low", "LOW"),
    ("Untriaged", "UNTRIAGED"),
];
const STATUSES: &[(&str, &str)] = &[
    ("Active", ""),
    ("Suppressed", "SUPPRESSED"),
    ("Closed", "CLOSED"),
];
const EXPLOITED: &[(&str, &str)] = &[("All", ""), ("Known exploited", "YES")];

/// A vulnerable resource in a list.
pub struct VulnerabilityLine {
    pub href: String,
    pub id: String,
    pub packages: String,
    pub severity: Tag,
    pub status: Tag,
    pub resource: String,
    pub resource_id: String,
    pub resource_kind: String,
    pub account: String,
    pub exploited: bool,
    pub epss: Option<String>,
    pub fix: Option<String>,
    pub seen: Moment,
}

#[derive(Template)]
#[template(path = "console/vulnerabilities.html")]
struct Vulnerabilities {
    frame: Frame,
    severities: Vec<Choice>,
    statuses: Vec<Choice>,
    exploited: Vec<Choice>,
    lines: Vec<VulnerabilityLine>,
    pages: Pages,
    filtered: bool,
}

pub async fn vulnerabilities(visit: &Visit<'_>) -> Result<Reply, Failure> {
    let severity = chosen(visit, "severity", SEVERITIES)?;
    let status = chosen(visit, "status", STATUSES)?;
    let exploited = chosen(visit, "exploited", EXPLOITED)?;
    let token = visit.query.get("token");
    let criteria = FilterCriteria {
        severity: equal(severity),
        finding_status: equal(if status.is_empty() { "ACTIVE" } else { status }),
        exploit_available: equal(exploited),
        ..Default::default()
    };
    let (findings, next) = list(visit, criteria, token).await?;
    let path = Section::Vulnerabilities.path();
    let (by_severity, by_status) = (("severity", severity), ("status", status));
    let by_exploit = ("exploited", exploited);
    let kept = [by_severity, by_status, by_exploit];
    let page = Vulnerabilities {
        frame: visit.frame(Section::Vulnerabilities, "Vulnerabilities"),
        severities: choices(
            path,
            "severity",
            severity,
            &[by_status, by_exploit],
            SEVERITIES,
        ),
        statuses: choices(path, "status", status, &[by_severity, by_exploit], STATUSES),
        exploited: choices(
            path,
            "exploited",
            exploited,
            &[by_severity, by_status],
            EXPLOITED,
        ),
        lines: findings
            .iter()
            .map(|finding| line(visit, finding))
            .collect(),
        pages: Pages::of(path, &kept, token, next.as_deref()),
        filtered: kept.iter().any(|(_, value)| !value.is_empty()) || token.is_some(),
    };
    Reply::page(StatusCode::OK, &page)
}

/// A filter for one value, if there is one.
pub fn equal(value: &str) -> Option<Vec<StringFilter>> {
    let filter = || StringFilter {
        comparison: StringComparison::Equals,
        value: value.to_owned(),
    };
    (!value.is_empty()).then(|| vec![filter()])
}

/// One page of findings, the most severe first, and the token of the next.
pub async fn list(
    visit: &Visit<'_>,
    criteria: FilterCriteria,
    token: Option<&str>,
) -> Result<(Vec<Finding>, Option<String>), Failure> {
    let input = ListFindingsRequest {
        filter_criteria: Some(criteria),
        max_results: Some(FINDINGS_PER_PAGE),
        next_token: token.map(str::to_owned),
        sort_criteria: Some(SortCriteria {
            field: SortField::Severity,
            sort_order: SortOrder::Desc,
        }),
    };
    let listed = visit.ask::<op::ListFindings>(input).await?;
    Ok((listed.findings.unwrap_or_default(), listed.next_token))
}

fn line(visit: &Visit<'_>, finding: &Finding) -> VulnerabilityLine {
    let resource = finding.resources.first();
    VulnerabilityLine {
        href: href("/console/vulnerability", &[("arn", &finding.finding_arn)]),
        id: vulnerability_id(finding),
        packages: packages(finding),
        severity: severity(finding.severity),
        status: status(finding.status),
        resource: resource.map_or_else(|| "—".into(), |resource| short_name(&resource.id)),
        resource_id: resource.map_or_else(String::new, |resource| resource.id.clone()),
        resource_kind: resource.map_or_else(String::new, |resource| {
            resource_kind(resource.r#type.as_str())
        }),
        account: finding.aws_account_id.clone(),
        exploited: finding.exploit_available == Some(ExploitAvailable::Yes),
        epss: finding
            .epss
            .as_ref()
            .and_then(|epss| epss.score)
            .map(percent),
        fix: finding.fix_available.map(|fix| capitalized(fix.as_str())),
        seen: visit.moment(finding.last_observed_at),
    }
}

pub fn severity(severity: Severity) -> Tag {
    Tag::of_severity_word(severity.as_str())
}

pub fn status(status: FindingStatus) -> Tag {
    Tag::of_status_word(status.as_str())
}

/// What is vulnerable, or the finding's title where it is no package.
pub fn vulnerability_id(finding: &Finding) -> String {
    let details = finding.package_vulnerability_details.as_ref();
    let id = details.map(|details| details.vulnerability_id.clone());
    id.or_else(|| finding.title.clone())
        .unwrap_or_else(|| "Untitled".into())
}

fn packages(finding: &Finding) -> String {
    let names = package_names(finding.package_vulnerability_details.as_ref());
    match names.as_slice() {
        [first, second, _, ..] => format!("{first}, {second} and {} more", names.len() - 2),
        names => names.join(", "),
    }
}

/// The packages' names with versions, each once.
pub fn package_names(details: Option<&PackageVulnerabilityDetails>) -> Vec<String> {
    let packages = details.and_then(|details| details.vulnerable_packages.as_ref());
    let mut names: Vec<String> = Vec::new();
    for package in packages.into_iter().flatten() {
        let name = format!("{} {}", package.name, package.version);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A resource by the end of its ARN, with a digest as short as people compare it.
fn short_name(id: &str) -> String {
    let arn = id
        .strip_prefix("arn:")
        .and_then(|rest| rest.splitn(5, ':').nth(4));
    let name = arn.unwrap_or(id);
    match name.split_once("sha256:") {
        Some((before, digest)) if digest.len() > 12 && digest.is_ascii() => {
            format!("{before}sha256:{}…", &digest[..12])
        }
        _ => name.to_owned(),
    }
}

/// `AWS_EC2_INSTANCE` as `EC2 instance`.
pub fn resource_kind(kind: &str) -> String {
    match kind {
        "AWS_EC2_INSTANCE" => "EC2 instance".into(),
        "AWS_ECR_CONTAINER_IMAGE" => "ECR container image".into(),
        "AWS_ECR_REPOSITORY" => "ECR repository".into(),
        "AWS_LAMBDA_FUNCTION" => "Lambda function".into(),
        kind => capitalized(kind),
    }
}

/// A probability as people read it: `94.3 %`, and never a false zero.
pub fn percent(probability: f64) -> String {
    match probability * 100.0 {
        percent if percent > 0.0 && percent < 0.1 => "< 0.1 %".into(),
        percent => format!("{percent:.1} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_have_short_names() {
        let digest = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
        for (id, name) in [
            ("i-0a1b", "i-0a1b".to_owned()),
            (
                "arn:aws:lambda:eu-central-1:1:function:thumbnails",
                "function:thumbnails".into(),
            ),
            (
                &format!("arn:aws:ecr:eu-central-1:1:repository/shop/sha256:{digest}"),
                "repository/shop/sha256:0f1e2d3c4b5a…".into(),
            ),
            ("arn:aws", "arn:aws".into()),
        ] {
            assert_eq!(short_name(id), name);
        }
    }

    #[test]
    fn probabilities_are_percentages() {
        for (probability, text) in [(0.94321, "94.3 %"), (0.0004, "< 0.1 %"), (0.0, "0.0 %")] {
            assert_eq!(percent(probability), text);
        }
    }
}
