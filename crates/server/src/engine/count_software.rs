//! The job that brings findings of older versions into the software inventory, a part at a time.

use balefire_store::Job;
use serde_json::json;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::software::{COUNT_SOFTWARE, count_on};

/// Counts some findings, and leaves a job for the rest.
pub fn count_software(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    if count_on(ctx)? {
        ctx.leave_job(&job.account, COUNT_SOFTWARE, &job.subject, &json!({}))?;
    }
    Ok(())
}
