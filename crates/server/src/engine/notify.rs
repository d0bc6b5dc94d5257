//! The job that tells a topic of a change to an incident.

use balefire_store::Job;

use super::work::{Answered, Errand};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::follow_up::Notification;
use crate::outside::{Call, Notice};

pub const ERRAND: Errand = Errand {
    prepare,
    settle,
    marks: false,
};

/// All that is told was written down when it happened: an incident that is deleted meanwhile was still news.
fn prepare(_: &mut Ctx<'_, '_>, job: &Job) -> Result<Option<Call>, Failure> {
    let told: Notification = serde_json::from_slice(&job.payload)?;
    Ok(Some(Call::Notify(Notice {
        topic: told.topic,
        id: job.id.clone(),
        account: told.account,
        region: told.region,
        at_ms: told.at_ms,
        detail_type: told.detail_type,
        incident_arn: told.incident_arn,
        title: told.title,
        impact: told.impact,
        status: told.status,
        detail: told.detail,
    })))
}

/// A notice that was given up stays listed as a dead job, with its reason.
fn settle(_: &mut Ctx<'_, '_>, _: &Job, _: Answered) -> Result<(), Failure> {
    Ok(())
}
