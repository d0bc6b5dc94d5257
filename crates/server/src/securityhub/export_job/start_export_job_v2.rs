//! StartExportJobV2: checks what is asked for and leaves the export to a job.

use balefire_api::generated::securityhub::{
    ExportDestination, ExportOutput, ExportStatus, FindingScopes, FindingsExportFormat,
    FindingsOutput, StartExportJobV2Request, StartExportJobV2Response,
};
use balefire_api::{Timestamp, Violation, Violations, rejection};
use balefire_store::Page;
use serde_json::json;

use super::record::ExportJob;
use super::{EXPORT_FINDINGS, KIND, Task, destination};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::{Filters, check_scopes};
use crate::securityhub::hub;

const OUTPUT: &str = "/OutputConfiguration/Findings";

/// Whether the bucket is one that can be written to is found out by the job, as at AWS.
pub fn start_export_job_v2(
    ctx: &mut Ctx<'_, '_>,
    input: StartExportJobV2Request,
) -> Result<StartExportJobV2Response, Failure> {
    hub::require_on(ctx)?;
    if let Some(scopes) = &input.scopes {
        let scopes = FindingScopes {
            aws_organizations: scopes.aws_organizations.clone(),
        };
        check_scopes(&scopes, ctx.caller)?;
    }
    let violations = violations(ctx, &input);
    if !violations.is_empty() {
        return Err(Failure::Invalid(violations));
    }
    must_be_alone(ctx)?;
    let bucket = match &input.destination {
        ExportDestination::S3(s3) => s3.bucket_arn.clone(),
    };
    // A token is of one request, and the export is of both.
    let request = StartExportJobV2Request {
        client_token: None,
        ..input
    };
    let job = ExportJob::new(ctx, request);
    ctx.tx.insert(&job)?;
    ctx.changed("export_job.started", &job.id, &json!({"bucket": bucket}))?;
    let task = Task {
        region: job.region.clone(),
        id: job.id.clone(),
    };
    ctx.leave_job(&job.account, EXPORT_FINDINGS, &bucket, &task)?;
    Ok(StartExportJobV2Response {
        export_job_id: job.id,
    })
}

fn violations(ctx: &Ctx<'_, '_>, input: &StartExportJobV2Request) -> Violations {
    let ExportDestination::S3(s3) = &input.destination;
    let ExportOutput::Findings(findings) = &input.output_configuration;
    let mut violations = Violations::from(destination::check(s3, ctx.account(), ctx.region));
    if let Some(name) = &input.name
        && !name.chars().all(is_of_a_name)
    {
        let rule = "Member must have letters, digits, spaces and ._,:()/+- only";
        violations.push(rejection::violation("/Name", rule));
    }
    violations.append(violations_of_output(findings, ctx.now));
    violations
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || " ._,:()/+-".contains(c)
}

fn violations_of_output(findings: &FindingsOutput, now: Timestamp) -> Violations {
    let at = format!("{OUTPUT}/SelectedFields");
    let mut violations = Violations::default();
    match (findings.format, &findings.selected_fields) {
        (FindingsExportFormat::Csv, None) => {
            let rule = "Member must be there with the format CSV: its fields are the columns";
            violations.push(rejection::violation(&at, rule));
        }
        (FindingsExportFormat::OcsfJson, Some(_)) => {
            let rule = "Member must be absent with the format OCSF_JSON, which has whole findings";
            violations.push(rejection::violation(&at, rule));
        }
        _ => {}
    }
    if let Some(filters) = &findings.filters
        && let Err(Failure::Invalid(of_filters)) = Filters::compile(filters, now)
    {
        violations.append(of_filters.map(within_output));
    }
    violations
}

/// Filters are checked as if they were a request's own member.
fn within_output(violation: Violation) -> Violation {
    let path = format!("{OUTPUT}{}", violation.path);
    let message = violation.message.replacen(&violation.path, &path, 1);
    Violation { path, message }
}

fn must_be_alone(ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
    let running = ctx.tx.page::<ExportJob>(&Page {
        equal: &[
            ("account", ctx.caller.account.as_str().into()),
            ("region", ctx.region.into()),
            ("status", ExportStatus::Running.as_str().into()),
        ],
        order: &["id"],
        descending: false,
        after: None,
        limit: 1,
    })?;
    match running.first() {
        None => Ok(()),
        Some(running) => Err(Failure::Limit {
            kind: KIND,
            id: running.id.clone(),
            quota: "EXPORT_JOBS_RUNNING",
            message: format!(
                "The export {} is running, and an account may have one at a time: wait for it, or cancel it.",
                running.id
            ),
        }),
    }
}
