//! The job of a replication set on the move: brings it where it is bound for.

use balefire_store::Job;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::replication_set;

pub fn settle_replication_set(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    replication_set::settle(ctx, &job.subject)
}
