//! Findings as the model shows them: what is kept, joined with what the feeds say now.

use balefire_api::Timestamp;
use balefire_api::generated::inspector2::{
    CvssScore, CvssScoreDetails, EpssDetails, ExploitAvailable, ExploitabilityDetails,
    Finding as FindingAnswer, FindingType, InspectorScoreDetails, PackageManager,
    PackageVulnerabilityDetails, Provider, Recommendation, Remediation, Resource, ResourceType,
    Severity, VulnerablePackage,
};

use super::facts::{Facts, day, reference_urls};
use super::{Finding, clip};
use crate::failure::Failure;
use crate::inspector::resource::ResourceArn;
use crate::intelligence::osv::Advisory;
use crate::intelligence::severity::base_score;

/// The whole finding.
pub(super) fn view(finding: &Finding, facts: &Facts) -> Result<FindingAnswer, Failure> {
    let advisory = facts.advisory(finding);
    let kev = facts.kev(finding);
    let seen = kev.and_then(|entry| day(entry.date_added));
    let exploited = if kev.is_some() {
        ExploitAvailable::Yes
    } else {
        ExploitAvailable::No
    };
    Ok(FindingAnswer {
        aws_account_id: finding.account.clone(),
        code_vulnerability_details: None,
        description: clip(&description(finding, advisory), 1024),
        epss: facts.epss(finding).map(|epss| EpssDetails {
            score: Some(epss.score),
        }),
        exploit_available: Some(exploited),
        exploitability_details: seen.map(|seen| ExploitabilityDetails {
            last_known_exploit_at: Some(seen),
        }),
        finding_arn: finding.arn.clone(),
        first_observed_at: Timestamp(finding.first_observed_ms),
        fix_available: Some(finding.fix_available()),
        inspector_score: finding.score(),
        inspector_score_details: score_details(finding),
        last_observed_at: Timestamp(finding.last_observed_ms),
        network_reachability_details: None,
        package_vulnerability_details: Some(package_details(finding, advisory)),
        remediation: remediation(finding),
        resources: vec![resource(finding, facts)?],
        severity: severity(finding),
        status: finding.status,
        title: Some(finding.title()),
        r#type: FindingType::PackageVulnerability,
        updated_at: Some(Timestamp(finding.updated_ms)),
    })
}

/// The severity in the model's words, which are those it is kept in.
pub(super) fn severity(finding: &Finding) -> Severity {
    Severity::parse(finding.severity.as_str()).unwrap_or(Severity::Untriaged)
}

fn description(finding: &Finding, advisory: Option<&Advisory>) -> String {
    let texts = [
        advisory.and_then(|advisory| advisory.details.as_deref()),
        advisory.and_then(|advisory| advisory.summary.as_deref()),
    ];
    let given = texts
        .into_iter()
        .flatten()
        .map(str::trim)
        .find(|text| !text.is_empty());
    given.map_or_else(
        || format!("{} has no description.", finding.matched.advisory),
        str::to_owned,
    )
}

/// No environment is known that would lower the score, so it is the base score.
fn score_details(finding: &Finding) -> Option<InspectorScoreDetails> {
    let (version, vector) = finding.matched.vector.clone()?;
    Some(InspectorScoreDetails {
        adjusted_cvss: Some(CvssScoreDetails {
            adjustments: Some(Vec::new()),
            cvss_source: Some(finding.source.clone()),
            score: finding.score()?,
            score_source: finding.source.clone(),
            scoring_vector: vector,
            version,
        }),
    })
}

fn package_details(finding: &Finding, advisory: Option<&Advisory>) -> PackageVulnerabilityDetails {
    let word = &finding.vendor_severity;
    PackageVulnerabilityDetails {
        cvss: Some(advisory.map_or_else(Vec::new, |advisory| cvss(finding, advisory))),
        reference_urls: Some(reference_urls(advisory)),
        related_vulnerabilities: Some(finding.matched.related.clone()),
        source: finding.source.clone(),
        source_url: Some(source_url(&finding.matched.advisory)),
        vendor_created_at: advisory.and_then(|advisory| advisory.published),
        vendor_severity: (!word.is_empty()).then(|| word.clone()),
        vendor_updated_at: advisory.and_then(|advisory| advisory.modified),
        vulnerability_id: finding.vulnerability.clone(),
        vulnerable_packages: Some(finding.matched.packages.iter().map(package).collect()),
    }
}

/// Every score of the advisory that can be read, each vector once.
fn cvss(finding: &Finding, advisory: &Advisory) -> Vec<CvssScore> {
    let of_packages = advisory.affected.iter().flat_map(|entry| &entry.severity);
    let mut scores: Vec<CvssScore> = Vec::new();
    for score in advisory.severity.iter().chain(of_packages) {
        let Ok(read) = base_score(&score.score) else {
            continue;
        };
        if scores
            .iter()
            .all(|known| known.scoring_vector != read.vector)
        {
            scores.push(CvssScore {
                base_score: read.base_score,
                scoring_vector: read.vector,
                source: finding.source.clone(),
                version: read.version.as_str().into(),
            });
        }
    }
    scores
}

fn package(package: &super::VulnerablePackage) -> VulnerablePackage {
    let remediation = package
        .fixed_in
        .as_ref()
        .map(|fixed| clip(&format!("Update {} to {fixed}.", package.name), 1024));
    VulnerablePackage {
        file_path: package.path.clone(),
        fixed_in_version: package.fixed_in.clone(),
        name: package.name.clone(),
        package_manager: package.manager.as_deref().and_then(PackageManager::parse),
        remediation,
        version: package.version.clone(),
        ..VulnerablePackage::default()
    }
}

/// What to do, by the versions that are known to be fixed.
fn remediation(finding: &Finding) -> Remediation {
    let mut updates: Vec<String> = Vec::new();
    for package in &finding.matched.packages {
        if let Some(fixed) = &package.fixed_in {
            let update = format!("{} {} to {fixed}", package.name, package.version);
            if !updates.contains(&update) {
                updates.push(update);
            }
        }
    }
    let text = if updates.is_empty() {
        "None Provided".to_owned()
    } else {
        format!("Update {}.", updates.join(", "))
    };
    Remediation {
        recommendation: Some(Recommendation {
            text: Some(text),
            url: None,
        }),
    }
}

fn resource(finding: &Finding, facts: &Facts) -> Result<Resource, Failure> {
    let arn = ResourceArn::parse(&finding.resource).map_err(Failure::Internal)?;
    Ok(Resource {
        details: Some(arn.kind.details(&finding.account)),
        id: finding.resource_id.clone(),
        partition: Some(arn.partition),
        provider: Some(Provider::Aws),
        provider_account_id: Some(finding.account.clone()),
        provider_org_id: None,
        region: Some(finding.region.clone()),
        tags: Some(facts.tags(finding)),
        r#type: ResourceType::parse(&finding.resource_type).ok_or_else(|| {
            Failure::Internal(format!(
                "a stored resource type is {:?}",
                finding.resource_type
            ))
        })?,
    })
}

/// The page of an advisory at the database that wrote it.
fn source_url(advisory: &str) -> String {
    match advisory.split_once('-').map_or("", |(prefix, _)| prefix) {
        "CVE" => format!("https://nvd.nist.gov/vuln/detail/{advisory}"),
        "GHSA" => format!("https://github.com/advisories/{advisory}"),
        "GO" => format!("https://pkg.go.dev/vuln/{advisory}"),
        "RUSTSEC" => format!("https://rustsec.org/advisories/{advisory}.html"),
        _ => format!("https://osv.dev/vulnerability/{advisory}"),
    }
}
