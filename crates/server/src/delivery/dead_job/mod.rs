//! Dead jobs: whose they are, and what is told of them, never their payloads.

mod drop_dead_job;
mod list_dead_jobs;
mod retry_dead_job;
mod retry_dead_jobs;
#[cfg(test)]
mod tests;

pub use drop_dead_job::drop_dead_job;
pub use list_dead_jobs::list_dead_jobs;
pub use retry_dead_job::retry_dead_job;
pub use retry_dead_jobs::retry_dead_jobs;

use balefire_store::{DeadJobs, Job};

use crate::context::{Ctx, Visible};
use crate::failure::Failure;

/// The dead jobs that the caller may see: its account's, or the whole organization's.
fn visible(ctx: &Ctx<'_, '_>, kind: Option<String>) -> DeadJobs {
    let account = match ctx.caller.visible() {
        Visible::Organization => None,
        Visible::Account(account) => Some(account.to_owned()),
    };
    DeadJobs {
        account,
        kind,
        id: None,
    }
}

/// The dead job with this id, and the choice of it alone. One that lives is not found either.
fn find(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<(Job, DeadJobs), Failure> {
    let one = DeadJobs {
        id: Some(id.to_owned()),
        ..visible(ctx, None)
    };
    let found = ctx.tx.dead_jobs(&one, 1, None)?.pop();
    let job = found.ok_or_else(|| Failure::not_found("DEAD_JOB", id))?;
    Ok((job, one))
}
