//! What a scan does to the findings of its resource: they open, stay, close and come back.

use std::collections::{BTreeMap, BTreeSet};

use balefire_api::generated::inspector2::FindingStatus;
use balefire_store::{Kept, Tx};

use super::Finding;
use crate::failure::Failure;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// A closed finding whose vulnerability is found again within this time is the same finding.
pub const REOPENED_WITHIN_MS: i64 = 7 * DAY_MS;
/// A closed finding is shown for this long, and then removed.
pub const CLOSED_KEPT_MS: i64 = 30 * DAY_MS;

/// What happens to one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Open,
    Reopen,
    /// Found again; `true` where something but the time changed.
    Keep(bool),
    Close,
    Remove,
}

/// Decides what a scan at `now_ms` does to the findings it knows, and which it opens.
///
/// `known` are all kept findings of the resource, `found` is what matching says now, with the times
/// of this scan and the ARN of a first finding; `arn_of_late` gives the ARN of one that came back late.
/// The steps that are kept or opened carry the finding as it then is.
pub fn steps(
    known: Vec<Kept<Finding>>,
    found: Vec<Finding>,
    now_ms: i64,
    arn_of_late: impl Fn(&Finding) -> String,
) -> Vec<(Step, Kept<Finding>)> {
    let mut found: BTreeMap<String, Finding> = found
        .into_iter()
        .map(|finding| (finding.vulnerability.clone(), finding))
        .collect();
    let late: BTreeSet<String> = known
        .iter()
        .map(|kept| kept.vulnerability.clone())
        .collect();
    let mut steps = Vec::new();
    for mut kept in known {
        let closed = kept.status == FindingStatus::Closed;
        let age_ms = now_ms - kept.closed_ms;
        if closed && age_ms > CLOSED_KEPT_MS {
            steps.push((Step::Remove, kept));
            continue;
        }
        // A finding that is too old to come back leaves its vulnerability to a new one.
        let returns = !closed || age_ms <= REOPENED_WITHIN_MS;
        let again = if returns {
            found.remove(&kept.vulnerability)
        } else {
            None
        };
        match again {
            Some(again) => {
                let step = observe(&mut kept, again, now_ms);
                steps.push((step, kept));
            }
            None if closed => {}
            None => {
                kept.status = FindingStatus::Closed;
                kept.closed_ms = now_ms;
                kept.updated_ms = now_ms;
                steps.push((Step::Close, kept));
            }
        }
    }
    for mut finding in found.into_values() {
        if late.contains(&finding.vulnerability) {
            finding.arn = arn_of_late(&finding);
        }
        steps.push((
            Step::Open,
            Kept {
                record: finding,
                version: 0,
            },
        ));
    }
    steps
}

/// Takes over what matching says now; the ARN, the first time and a suppression stay.
fn observe(kept: &mut Kept<Finding>, again: Finding, now_ms: i64) -> Step {
    let closed = kept.status == FindingStatus::Closed;
    let before = kept.record.clone();
    kept.record = Finding {
        arn: before.arn.clone(),
        status: if closed {
            FindingStatus::Active
        } else {
            before.status
        },
        first_observed_ms: before.first_observed_ms,
        updated_ms: before.updated_ms,
        ..again
    };
    let unobserved = Finding {
        last_observed_ms: before.last_observed_ms,
        ..kept.record.clone()
    };
    let changed = unobserved != before;
    if changed {
        kept.updated_ms = now_ms;
    }
    if closed {
        Step::Reopen
    } else {
        Step::Keep(changed)
    }
}

const EXPIRED: &str = "DELETE FROM inspector_finding WHERE arn IN (SELECT arn FROM inspector_finding \
                       WHERE status = 'CLOSED' AND closed_ms < $1 ORDER BY closed_ms LIMIT $2)";

/// Removes up to `limit` findings that are closed for longer than they are kept; returns how many.
///
/// They are not shown any more by then, so it does not matter how late this is done.
pub fn remove_expired(tx: &mut Tx<'_>, now_ms: i64, limit: i64) -> Result<u64, Failure> {
    Ok(tx.execute(EXPIRED, &[(now_ms - CLOSED_KEPT_MS).into(), limit.into()])?)
}
