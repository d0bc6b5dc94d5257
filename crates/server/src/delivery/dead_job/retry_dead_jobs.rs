//! RetryDeadJobs: makes all that the caller sees due at once, or all of a kind.

use balefire_api::own::{RetryDeadJobsInput, RetryDeadJobsOutput};
use serde_json::json;

use super::visible;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn retry_dead_jobs(
    ctx: &mut Ctx<'_, '_>,
    input: RetryDeadJobsInput,
) -> Result<RetryDeadJobsOutput, Failure> {
    let which = visible(ctx, input.kind);
    let retried = ctx.tx.revive_jobs(&which, ctx.now.0)?;
    if retried > 0 {
        let body = json!({"kind": which.kind, "account": which.account, "retried": retried});
        ctx.changed("dead_jobs.retried", "", &body)?;
    }
    Ok(RetryDeadJobsOutput {
        retried: i64::try_from(retried).unwrap_or(i64::MAX),
    })
}
