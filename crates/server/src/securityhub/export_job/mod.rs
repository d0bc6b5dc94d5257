//! Export jobs: findings that are written to a bucket while the account goes on.

mod cancel_export_job_v2;
mod destination;
mod get_export_job_v2;
mod list_export_jobs_v2;
mod output;
mod record;
mod row;
mod start_export_job_v2;
#[cfg(test)]
mod tests;

pub use cancel_export_job_v2::cancel_export_job_v2;
pub use get_export_job_v2::get_export_job_v2;
pub use list_export_jobs_v2::list_export_jobs_v2;
pub use output::{Piece, next_piece};
pub use record::{Begun, Ended, Progress, begun, end, keep};
pub use start_export_job_v2::start_export_job_v2;

use balefire_store::Kept;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::failure::Failure;
use record::ExportJob;

/// The kind of the job that an export is done by.
pub const EXPORT_FINDINGS: &str = "export_findings";
/// What an export is called in errors.
const KIND: &str = "EXPORT_JOB";

/// Which export a job is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    pub region: String,
    pub id: String,
}

/// The caller's export in the region of the request.
fn own(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<Option<Kept<ExportJob>>, Failure> {
    let key = [ctx.account().into(), ctx.region.into(), id.into()];
    Ok(ctx.tx.get(&key)?)
}

fn found(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<Kept<ExportJob>, Failure> {
    own(ctx, id)?.ok_or_else(|| Failure::not_found(KIND, id))
}
