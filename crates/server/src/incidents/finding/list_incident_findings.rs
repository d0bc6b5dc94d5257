//! ListIncidentFindings: by the time at which the deployments began.

use balefire_api::generated::ssm_incidents::{
    FindingSummary, ListIncidentFindingsInput, ListIncidentFindingsOutput,
};

use super::{Deployment, Window};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;

const FINDINGS_PER_PAGE: usize = 20;

pub fn list_incident_findings(
    ctx: &mut Ctx<'_, '_>,
    input: ListIncidentFindingsInput,
) -> Result<ListIncidentFindingsOutput, Failure> {
    let limit = ctx.page.limit(FINDINGS_PER_PAGE, FINDINGS_PER_PAGE);
    let incident = Incident::by_arn(ctx, "/incidentRecordArn", &input.incident_record_arn, None)?;
    let window = Window::of(ctx, &incident)?;
    let after = ctx.page.after.clone();
    let mut rows = Deployment::started_within(
        ctx,
        window.from_ms,
        window.to_ms,
        after.as_deref(),
        limit + 1,
    )?;
    let next_token = ctx.page.cut(&mut rows, limit, |row| {
        vec![row.started_ms.into(), (&row.id).into()]
    });
    let findings = rows.iter().map(|deployment| FindingSummary {
        id: deployment.id.clone(),
        last_modified_time: window.modified(deployment),
    });
    Ok(ListIncidentFindingsOutput {
        findings: findings.collect(),
        next_token,
    })
}
