//! The jobs that match what was scanned with advisories that came later.

#[cfg(test)]
mod tests;

use balefire_api::own::Feed;
use balefire_store::Job;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::inspector::resource::{FINDINGS_CHANGED, Resource, rematch};

/// The kind of the job that goes through all resources; its subject is the feed that has news.
pub const REMATCH_RESOURCES: &str = "resources.rematch";
/// The kind of the job of one resource; its subject is `REGION/ARN`.
pub const REMATCH_RESOURCE: &str = "resource.rematch";
const RESOURCES_AT_ONCE: i64 = 100;

/// Where the job goes on: account, region and ARN of the last resource.
#[derive(Default, Serialize, Deserialize)]
struct Place {
    #[serde(default)]
    after: [String; 3],
}

/// Leaves a job for each of some resources, in the order of its own account, and a job for the rest. Only
/// advisories match anew: whether a vulnerability is exploited just has to be told where findings went.
pub fn rematch_resources(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let Place { after } = serde_json::from_slice(&job.payload)?;
    let keys = Resource::keys_after(
        ctx.tx,
        after.each_ref().map(String::as_str),
        RESOURCES_AT_ONCE,
    )?;
    let kind = match job.subject == Feed::Osv.as_str() {
        true => REMATCH_RESOURCE,
        false => FINDINGS_CHANGED,
    };
    for [account, region, arn] in &keys {
        ctx.leave_job(account, kind, &format!("{region}/{arn}"), &json!({}))?;
    }
    if keys.len() as i64 == RESOURCES_AT_ONCE
        && let Some(after) = keys.into_iter().last()
    {
        ctx.leave_job(
            &job.account,
            REMATCH_RESOURCES,
            &job.subject,
            &Place { after },
        )?;
    }
    Ok(())
}

/// Matches the inventory of one resource anew, and passes on what its findings say now.
pub fn rematch_resource(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let (region, arn) = job.subject.split_once('/').unwrap_or_default();
    let Some(rematched) = rematch(ctx.tx, &job.account, region, arn, ctx.now.0)? else {
        return Ok(());
    };
    if rematched.has_news() {
        let body = json!({"findings": rematched});
        ctx.changed_in(job.account.clone(), "resource.rematched", arn, &body)?;
    }
    ctx.leave_job(&job.account, FINDINGS_CHANGED, &job.subject, &json!({}))
}
