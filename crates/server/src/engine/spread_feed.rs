//! The job that tells whoever goes by a feed that it has news.

use balefire_api::own::Feed;
use balefire_store::Job;
use serde_json::json;

use super::rematch_resources::REMATCH_RESOURCES;
use super::review_risks::REVIEW_RISKS;
use crate::context::Ctx;
use crate::failure::Failure;

/// Leaves a job for accepted risks, and one for what was scanned where the feed can change its findings.
pub fn spread_feed(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    ctx.leave_job(&job.account, REVIEW_RISKS, &job.subject, &json!({}))?;
    let feeds = [Feed::Osv, Feed::Kev];
    if feeds.iter().any(|feed| feed.as_str() == job.subject) {
        ctx.leave_job(&job.account, REMATCH_RESOURCES, &job.subject, &json!({}))?;
    }
    Ok(())
}
