//! The job that puts a change to an incident onto the bus.

use balefire_store::Job;

use super::work::{Answered, Errand};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::change::Change;
use crate::outside::Call;
use crate::outside::bus::Publication;

pub const ERRAND: Errand = Errand {
    prepare,
    settle,
    marks: false,
};

fn prepare(_: &mut Ctx<'_, '_>, job: &Job) -> Result<Option<Call>, Failure> {
    let change: Change = serde_json::from_slice(&job.payload)?;
    Ok(Some(Call::Publish(Publication {
        event: change.event(&job.id),
        id: job.id.clone(),
    })))
}

/// A change that was given up stays listed as a dead job, with its reason.
fn settle(_: &mut Ctx<'_, '_>, _: &Job, _: Answered) -> Result<(), Failure> {
    Ok(())
}
