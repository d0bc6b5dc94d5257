//! `BatchGetFindingDetails`: what the feeds say of the vulnerabilities of findings.

use std::collections::{BTreeMap, HashSet};

use balefire_api::generated::inspector2::{
    BatchGetFindingDetailsRequest, BatchGetFindingDetailsResponse, CisaData, Evidence,
    ExploitObserved, FindingDetail, FindingDetailsError, FindingDetailsErrorCode, FindingStatus,
};

use super::Finding;
use super::facts::{Facts, day, reference_urls};
use super::life::CLOSED_KEPT_MS;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::intelligence::feed_store;
use crate::intelligence::kev::KevEntry;
use crate::intelligence::osv::Advisory;

/// Answers each distinct ARN once, in the order of the request. Each has either details or an error.
pub fn batch_get_finding_details(
    ctx: &mut Ctx<'_, '_>,
    input: BatchGetFindingDetailsRequest,
) -> Result<BatchGetFindingDetailsResponse, Failure> {
    let mut seen = HashSet::new();
    let (mut findings, mut errors) = (Vec::new(), Vec::new());
    for arn in input.finding_arns {
        if !seen.insert(arn.clone()) {
            continue;
        }
        match find(ctx, &arn)? {
            Ok(finding) => findings.push(finding),
            Err((error_code, error_message)) => errors.push(FindingDetailsError {
                error_code,
                error_message,
                finding_arn: arn,
            }),
        }
    }
    let facts = Facts::of(ctx.tx, &findings)?;
    let mut finding_details = Vec::with_capacity(findings.len());
    for finding in &findings {
        let advisories = advisories(ctx, finding, &facts)?;
        finding_details.push(details(finding, &facts, &advisories));
    }
    Ok(BatchGetFindingDetailsResponse {
        errors: Some(errors),
        finding_details: Some(finding_details),
    })
}

/// The finding, or why there are no details. What another account has is refused unlooked at.
fn find(
    ctx: &mut Ctx<'_, '_>,
    arn: &str,
) -> Result<Result<Finding, (FindingDetailsErrorCode, String)>, Failure> {
    let mut parts = arn.split(':').skip(3);
    let (region, account) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    if !ctx.caller.visible().includes(account) {
        let message = format!(
            "Account {} may not see findings of account {account}.",
            ctx.account()
        );
        return Ok(Err((FindingDetailsErrorCode::AccessDenied, message)));
    }
    if region != ctx.region {
        let message = format!(
            "The finding is of region {region}; ask there, not in {}.",
            ctx.region
        );
        return Ok(Err((FindingDetailsErrorCode::InvalidInput, message)));
    }
    let finding = ctx
        .tx
        .get::<Finding>(&[arn.into()])?
        .map(|kept| kept.record);
    let is_shown = |finding: &Finding| {
        finding.status != FindingStatus::Closed || finding.closed_ms >= ctx.now.0 - CLOSED_KEPT_MS
    };
    let missing = "There is no finding with this ARN, or it was closed more than 30 days ago.";
    Ok(finding.filter(is_shown).ok_or((
        FindingDetailsErrorCode::FindingDetailsNotFound,
        missing.into(),
    )))
}

/// Every advisory about the vulnerability, the one that the finding shows first.
fn advisories(
    ctx: &mut Ctx<'_, '_>,
    finding: &Finding,
    facts: &Facts,
) -> Result<Vec<Advisory>, Failure> {
    let shown = facts.advisory(finding).cloned();
    let all = feed_store::advisories_of_vulnerability(ctx.tx, &finding.vulnerability)?;
    let others = all
        .into_iter()
        .filter(|advisory| advisory.id != finding.matched.advisory);
    Ok(shown.into_iter().chain(others).collect())
}

/// What no feed tells (risk scores, tools, tactics) is left out and never made up.
fn details(finding: &Finding, facts: &Facts, advisories: &[Advisory]) -> FindingDetail {
    let kev = facts.kev(finding);
    let urls = reference_urls(advisories);
    let cwes = cwes(advisories, kev);
    FindingDetail {
        cisa_data: kev.map(|entry| CisaData {
            action: Some(entry.action.clone()),
            date_added: day(entry.date_added),
            date_due: day(entry.date_due),
        }),
        cwes: (!cwes.is_empty()).then_some(cwes),
        epss_score: facts.epss(finding).map(|epss| epss.score),
        evidences: kev.map(|entry| vec![evidence(entry)]),
        exploit_observed: kev.map(observed),
        finding_arn: Some(finding.arn.clone()),
        reference_urls: (!urls.is_empty()).then_some(urls),
        risk_score: None,
        tools: None,
        ttps: None,
    }
}

/// The weaknesses of all sources, by their numbers.
fn cwes(advisories: &[Advisory], kev: Option<&KevEntry>) -> Vec<String> {
    let of_advisories = advisories.iter().flat_map(|advisory| &advisory.cwes);
    let all = of_advisories.chain(kev.into_iter().flat_map(|entry| &entry.cwes));
    let number = |cwe: &str| cwe.strip_prefix("CWE-")?.parse::<u32>().ok();
    let sorted: BTreeMap<_, &String> = all
        .map(|cwe| ((number(cwe).unwrap_or(u32::MAX), cwe), cwe))
        .collect();
    sorted.into_values().cloned().collect()
}

/// CISA lists what is exploited by then: the day of listing is the one sighting it dates.
fn observed(entry: &KevEntry) -> ExploitObserved {
    let day = day(entry.date_added);
    ExploitObserved {
        first_seen: day,
        last_seen: day,
    }
}

fn evidence(entry: &KevEntry) -> Evidence {
    let campaigns = if entry.ransomware {
        " Ransomware campaigns are known to use it."
    } else {
        ""
    };
    let KevEntry {
        vendor,
        product,
        name,
        date_added,
        ..
    } = entry;
    Evidence {
        evidence_detail: Some(format!(
            "{name} ({vendor} {product}), listed as exploited on {date_added}.{campaigns}"
        )),
        evidence_rule: Some("CISA Known Exploited Vulnerabilities".into()),
        severity: None,
    }
}
