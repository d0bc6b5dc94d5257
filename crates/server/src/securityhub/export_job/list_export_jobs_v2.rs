//! ListExportJobsV2: the account's exports in the region, the newest first.

use balefire_api::generated::securityhub::{
    ExportOutputSummary, ExportSummary, FindingsOutputSummary, ListExportJobsV2Request,
    ListExportJobsV2Response,
};
use balefire_store::{Page, Value};

use super::record::{ExportJob, findings_of};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

const JOBS_PER_PAGE: usize = 20;

/// All data that is exported is of one type, so that asking for it chooses nothing.
pub fn list_export_jobs_v2(
    ctx: &mut Ctx<'_, '_>,
    input: ListExportJobsV2Request,
) -> Result<ListExportJobsV2Response, Failure> {
    hub::require_on(ctx)?;
    let mut equal: Vec<(&str, Value)> = vec![
        ("account", ctx.account().into()),
        ("region", ctx.region.into()),
    ];
    if let Some(status) = input.status {
        equal.push(("status", status.as_str().into()));
    }
    let limit = ctx.page.limit(JOBS_PER_PAGE, JOBS_PER_PAGE);
    let mut jobs = ctx.tx.page::<ExportJob>(&Page {
        equal: &equal,
        order: &["id"],
        descending: true,
        after: ctx.page.after.clone(),
        limit: limit + 1,
    })?;
    let next_token = ctx.page.cut(&mut jobs, limit, |job| vec![(&job.id).into()]);
    let items = jobs.into_iter().map(|job| summary(job.record));
    Ok(ListExportJobsV2Response {
        items: items.collect::<Result<_, Failure>>()?,
        next_token,
    })
}

fn summary(job: ExportJob) -> Result<ExportSummary, Failure> {
    let request = job.request()?;
    let (failure_code, failure_message) = job.failure.clone().unzip();
    let output = FindingsOutputSummary {
        format: findings_of(&request.output_configuration).format,
    };
    Ok(ExportSummary {
        data_type: job.data_type(),
        destination: request.destination,
        ended_at: job.ended_at(),
        failure_code,
        failure_message,
        name: request.name,
        output_configuration: Some(ExportOutputSummary::Findings(output)),
        scopes: request.scopes,
        started_at: job.started_at(),
        status: job.status,
        export_job_id: job.id,
    })
}
