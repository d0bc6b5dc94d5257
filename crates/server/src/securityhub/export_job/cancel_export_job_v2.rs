//! CancelExportJobV2: ends an export that runs; its job sees that before its next few findings.

use balefire_api::generated::securityhub::{
    CancelExportJobV2Request, CancelExportJobV2Response, ExportStatus,
};
use serde_json::json;

use super::KIND;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

/// Cancelling again succeeds, and changes nothing.
pub fn cancel_export_job_v2(
    ctx: &mut Ctx<'_, '_>,
    input: CancelExportJobV2Request,
) -> Result<CancelExportJobV2Response, Failure> {
    hub::require_on(ctx)?;
    let id = input.export_job_id;
    let mut job = super::found(ctx, &id)?;
    match job.status {
        ExportStatus::Running => {
            let now = ctx.now;
            job.end(ExportStatus::Cancelled, now);
            ctx.tx.replace(&mut job)?;
            ctx.changed("export_job.cancelled", &id, &json!({}))?;
        }
        ExportStatus::Cancelled => {}
        ExportStatus::Succeeded | ExportStatus::Failed => {
            let status = job.status.as_str();
            let message =
                format!("The export {id} is {status}, and only a running one is cancelled.");
            return Err(Failure::conflict(KIND, id, message));
        }
    }
    Ok(CancelExportJobV2Response {
        export_job_id: id,
        status: ExportStatus::Cancelled,
    })
}
