//! ListIncidentFindings: what most likely has to do with the incident comes first.

use balefire_api::generated::ssm_incidents::{
    FindingSummary, ListIncidentFindingsInput, ListIncidentFindingsOutput,
};

use super::{FINDINGS_PER_PAGE, Ranked, Window, ranked};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;

pub fn list_incident_findings(
    ctx: &mut Ctx<'_, '_>,
    input: ListIncidentFindingsInput,
) -> Result<ListIncidentFindingsOutput, Failure> {
    let limit = ctx.page.limit(FINDINGS_PER_PAGE, FINDINGS_PER_PAGE);
    let incident = Incident::by_arn(ctx, "/incidentRecordArn", &input.incident_record_arn, None)?;
    let window = Window::of(ctx, &incident)?;
    let after = ctx.page.after.clone();
    let mut rows = ranked(ctx, &incident, &window, after.as_deref(), limit + 1)?;
    let next_token = ctx.page.cut(&mut rows, limit, Ranked::place);
    let findings = rows.iter().map(|row| FindingSummary {
        id: row.deployment.id.clone(),
        last_modified_time: window.modified(&row.deployment),
    });
    Ok(ListIncidentFindingsOutput {
        findings: findings.collect(),
        next_token,
    })
}
