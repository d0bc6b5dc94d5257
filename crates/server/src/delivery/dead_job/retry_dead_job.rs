//! RetryDeadJob: makes one due at once, with all its attempts before it again.

use balefire_api::Unit;
use balefire_api::own::RetryDeadJobInput;
use serde_json::json;

use super::find;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn retry_dead_job(ctx: &mut Ctx<'_, '_>, input: RetryDeadJobInput) -> Result<Unit, Failure> {
    let (job, one) = find(ctx, &input.id)?;
    ctx.tx.revive_jobs(&one, ctx.now.0)?;
    let body = json!({"kind": job.kind, "subject": job.subject});
    ctx.changed_in(job.account, "dead_job.retried", &job.id, &body)?;
    Ok(Unit {})
}
