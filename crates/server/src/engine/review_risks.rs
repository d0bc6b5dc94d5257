//! The jobs that hold accepted risks against time and against what the feeds say.

use std::collections::BTreeSet;

use balefire_store::Job;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::intelligence::feed_store::{epss_scores, kev_entries};
use crate::securityhub::risk::{self, Facts, REVIEW_RISK, Review, Task};

/// The kind of the job that goes through acceptances; its subject is the feed that has news.
pub const REVIEW_RISKS: &str = "risks.review";

/// Where the review after a feed goes on.
#[derive(Default, Serialize, Deserialize)]
struct Place {
    #[serde(default)]
    after: Option<(String, String)>,
}

/// After a feed: looks at some acceptances, leaves a job for each that is over, in the order of its own
/// account, and a job for the rest.
pub fn review_risks(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let Place { after } = serde_json::from_slice(&job.payload)?;
    let (reviews, after) = risk::conditional_after(ctx, after)?;
    let facts = facts(ctx, &reviews)?;
    for review in &reviews {
        if review.ends_because(&facts, ctx.now).is_some() {
            let Task { account, uid, .. } = &review.task;
            ctx.leave_job(account, REVIEW_RISK, uid, &review.task)?;
        }
    }
    if after.is_some() {
        ctx.leave_job(&job.account, REVIEW_RISKS, &job.subject, &Place { after })?;
    }
    Ok(())
}

/// Ends one acceptance, if it is over.
pub fn review_risk(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let task: Task = serde_json::from_slice(&job.payload)?;
    let Some(review) = risk::due(ctx, &task)? else {
        return Ok(());
    };
    let facts = facts(ctx, std::slice::from_ref(&review))?;
    match review.ends_because(&facts, ctx.now) {
        Some(because) => risk::reopen(ctx, &review, &because),
        None => Ok(()),
    }
}

fn facts(ctx: &mut Ctx<'_, '_>, reviews: &[Review]) -> Result<Facts, Failure> {
    let cves: BTreeSet<&str> = reviews.iter().flat_map(Review::cves).collect();
    let cves: Vec<&str> = cves.into_iter().collect();
    let exploited = kev_entries(ctx.tx, &cves)?.into_keys().collect();
    let scores = epss_scores(ctx.tx, &cves)?;
    let epss = scores.into_iter().map(|(cve, score)| (cve, score.score));
    Ok(Facts {
        exploited,
        epss: epss.collect(),
    })
}
