//! ListDeadJobs: in the order in which they were left, oldest first.

use balefire_api::Timestamp;
use balefire_api::own::{DeadJob, ListDeadJobsInput, ListDeadJobsOutput};
use balefire_store::{Job, Value};

use super::visible;
use crate::context::Ctx;
use crate::failure::Failure;

const JOBS_PER_PAGE: usize = 100;
const JOBS_PER_PAGE_MAX: usize = 1000;

pub fn list_dead_jobs(
    ctx: &mut Ctx<'_, '_>,
    input: ListDeadJobsInput,
) -> Result<ListDeadJobsOutput, Failure> {
    let limit = ctx.page.limit(JOBS_PER_PAGE, JOBS_PER_PAGE_MAX);
    let after = match ctx.page.after.as_deref() {
        Some([Value::Text(id)]) => Some(id.clone()),
        _ => None,
    };
    let which = visible(ctx, input.kind);
    let mut jobs = ctx.tx.dead_jobs(&which, limit + 1, after.as_deref())?;
    let next_token = ctx.page.cut(&mut jobs, limit, |job| vec![(&job.id).into()]);
    Ok(ListDeadJobsOutput {
        dead_jobs: jobs.into_iter().map(told).collect(),
        next_token,
    })
}

fn told(job: Job) -> DeadJob {
    DeadJob {
        id: job.id,
        kind: job.kind,
        account: job.account,
        subject: job.subject,
        reason: job.last_error,
        attempts: job.attempts,
        created_time: Timestamp(job.put_ms),
        died_time: Timestamp(job.dead_ms),
    }
}
