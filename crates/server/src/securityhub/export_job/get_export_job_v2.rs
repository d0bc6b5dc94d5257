//! GetExportJobV2: an export as it was asked for, and what has become of it.

use balefire_api::generated::securityhub::{GetExportJobV2Request, GetExportJobV2Response};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

pub fn get_export_job_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetExportJobV2Request,
) -> Result<GetExportJobV2Response, Failure> {
    hub::require_on(ctx)?;
    let job = super::found(ctx, &input.export_job_id)?.record;
    let request = job.request()?;
    let (failure_code, failure_message) = job.failure.clone().unzip();
    Ok(GetExportJobV2Response {
        data_type: job.data_type(),
        destination: request.destination,
        ended_at: job.ended_at(),
        failure_code,
        failure_message,
        name: request.name,
        output_configuration: Some(request.output_configuration),
        scopes: request.scopes,
        started_at: job.started_at(),
        status: job.status,
        export_job_id: job.id,
    })
}
