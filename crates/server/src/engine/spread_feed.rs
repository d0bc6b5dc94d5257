//! The jobs that tell whoever goes by a feed that it has news.

use balefire_api::own::Feed;
use balefire_store::Job;
use serde_json::json;

use super::rematch_resources::REMATCH_RESOURCES;
use super::review_risks::REVIEW_RISKS;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::intelligence::feed_store::has_unfinished_news;

/// Leaves a job for accepted risks, and one for what was scanned where the feed can change its findings.
pub fn spread_feed(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    ctx.leave_job(&job.account, REVIEW_RISKS, &job.subject, &json!({}))?;
    let feeds = [Feed::Osv, Feed::Kev];
    if feeds.iter().any(|feed| feed.as_str() == job.subject) {
        ctx.leave_job(&job.account, REMATCH_RESOURCES, &job.subject, &json!({}))?;
    }
    Ok(())
}

/// As `spread_feed`, for what a refresh of advisories has brought that has not come to its end. Risks do not
/// go by them.
pub fn spread_unfinished(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    if has_unfinished_news(ctx, &job.subject, &job.payload)? {
        let feed = Feed::Osv.as_str();
        ctx.leave_job(&job.account, REMATCH_RESOURCES, feed, &json!({}))?;
    }
    Ok(())
}
