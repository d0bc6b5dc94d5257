//! The job that passes what Inspector found in a resource on to Security Hub.

#[cfg(test)]
mod tests;

use balefire_api::Document;
use balefire_api::generated::inspector2::{FINDING, Finding};
use balefire_store::{DeadJobs, Error, Job, NewJob};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::formats::inspector::document;
use crate::inspector::finding::findings_of;
use crate::inspector::resource::FINDINGS_CHANGED;
use crate::securityhub::finding::{Index, bring_in};
use crate::wire_form;

/// Findings that one turn takes, so that no write waits long behind it.
const FINDINGS_AT_ONCE: usize = 100;
/// How long findings wait for room.
const ROOM_WAIT_MS: i64 = 10 * 60 * 1000;

/// Where the job goes on.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// The last ARN of the turn before.
    after: String,
    /// For some there was no room yet.
    lacks_some: bool,
}

/// Brings in some findings of the resource as they are now, and leaves a job for the rest. What Security Hub
/// has already changes nothing there.
pub fn pass_on_findings(ctx: &mut Ctx<'_, '_>, index: &Index, job: &Job) -> Result<(), Failure> {
    let (region, arn) = job.subject.split_once('/').unwrap_or_default();
    let mut place: Place = serde_json::from_slice(&job.payload)?;
    let key = [job.account.as_str(), region, arn];
    let findings = findings_of(ctx.tx, key, &place.after, FINDINGS_AT_ONCE)?;
    let is_last = findings.len() < FINDINGS_AT_ONCE;
    if let Some(last) = findings.last() {
        place.after = last.finding_arn.clone();
    }
    let documents: Result<Vec<Document>, Failure> = findings.into_iter().map(ocsf).collect();
    let refused = bring_in(ctx, index, documents?)?.failed;
    for one in &refused {
        tracing::warn!(
            resource = arn,
            "a finding is not in Security Hub: {}",
            one.reason
        );
    }
    place.lacks_some |= !refused.is_empty() && index.has_no_room(ctx.settings).is_some();
    let Job {
        account, subject, ..
    } = job;
    match (is_last, place.lacks_some) {
        (false, _) => ctx.leave_job(account, FINDINGS_CHANGED, subject, &place),
        (true, true) => wait_for_room(ctx, job),
        (true, false) => Ok(()),
    }
}

/// Leaves a job that begins again in a while. There is one for a resource, however many scans and feeds find
/// no room meanwhile; two ids take turns, since the job that runs is still there itself.
fn wait_for_room(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let Job {
        account, subject, ..
    } = job;
    let waiting = format!("{FINDINGS_CHANGED}/{account}/{subject}");
    let again = format!("{waiting}/again");
    let waits = NewJob {
        id: if job.id == waiting { again } else { waiting },
        kind: FINDINGS_CHANGED.into(),
        subject: subject.clone(),
        account: account.clone(),
        put_ms: ctx.now.0,
        due_ms: ctx.now.0 + ROOM_WAIT_MS,
        payload: serde_json::to_vec(&Place::default())?,
    };
    match ctx.tx.put_job(&waits) {
        Ok(()) => Ok(()),
        Err(Error::Exists { .. }) => {
            // One that was given up waits no more: it does so again, and changes nothing where none is dead.
            let dead = DeadJobs {
                id: Some(waits.id),
                ..DeadJobs::default()
            };
            ctx.tx.revive_jobs(&dead, waits.due_ms)?;
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// The finding as Security Hub has it. EPSS, which is another every day, and the time of the last scan are
/// left out: they would make a new version of each finding each time.
fn ocsf(finding: Finding) -> Result<Document, Failure> {
    let lasting = Finding {
        epss: None,
        last_observed_at: finding.updated_at.unwrap_or(finding.last_observed_at),
        ..finding
    };
    let value = serde_json::from_slice(&wire_form::write(&FINDING, lasting))?;
    let document = document(&value).map_err(Failure::Internal)?;
    Ok(Document::from_value(&document))
}
