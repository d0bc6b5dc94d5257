//! What was to be delivered and was given up: dead jobs, listed, tried again or dropped.

mod dead_job;

use balefire_api::own;

use crate::handler::Handler;

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    vec![
        Handler::of::<own::ListDeadJobs>(dead_job::list_dead_jobs),
        Handler::of::<own::RetryDeadJob>(dead_job::retry_dead_job),
        Handler::of::<own::RetryDeadJobs>(dead_job::retry_dead_jobs),
        Handler::of::<own::DropDeadJob>(dead_job::drop_dead_job),
    ]
}
