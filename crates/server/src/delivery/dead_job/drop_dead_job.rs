//! DropDeadJob: forgets one for good; the change log keeps what it was, and why it had died.

use balefire_api::Unit;
use balefire_api::own::DropDeadJobInput;
use serde_json::json;

use super::find;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn drop_dead_job(ctx: &mut Ctx<'_, '_>, input: DropDeadJobInput) -> Result<Unit, Failure> {
    let (job, one) = find(ctx, &input.id)?;
    ctx.tx.drop_dead_jobs(&one)?;
    let body = json!({"kind": job.kind, "subject": job.subject, "reason": job.last_error});
    ctx.changed_in(job.account, "dead_job.dropped", &job.id, &body)?;
    Ok(Unit {})
}
