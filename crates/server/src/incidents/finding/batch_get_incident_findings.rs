//! BatchGetIncidentFindings: each id is answered once, as a finding or as an error.

use std::collections::HashSet;

use balefire_api::generated::ssm_incidents::{
    BatchGetIncidentFindingsError, BatchGetIncidentFindingsInput, BatchGetIncidentFindingsOutput,
};

use super::{Deployment, Window};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;

pub fn batch_get_incident_findings(
    ctx: &mut Ctx<'_, '_>,
    input: BatchGetIncidentFindingsInput,
) -> Result<BatchGetIncidentFindingsOutput, Failure> {
    let incident = Incident::by_arn(ctx, "/incidentRecordArn", &input.incident_record_arn, None)?;
    let window = Window::of(ctx, &incident)?;
    let mut output = BatchGetIncidentFindingsOutput::default();
    let mut asked = HashSet::new();
    for id in input.finding_ids {
        if !asked.insert(id.clone()) {
            continue;
        }
        match by_id(ctx, &id)?.filter(|deployment| window.holds(deployment)) {
            Some(deployment) => output.findings.push(window.finding(&deployment)),
            None => output.errors.push(BatchGetIncidentFindingsError {
                code: "ResourceNotFoundException".into(),
                message: format!("The incident has no finding {id}."),
                finding_id: id,
            }),
        }
    }
    Ok(output)
}

fn by_id(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<Option<Deployment>, Failure> {
    let rows = ctx.tx.query(
        "SELECT name FROM deployment WHERE account = $1 AND id = $2",
        &[ctx.caller.account.as_str().into(), id.into()],
    )?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let key = [ctx.account().into(), row.text(0)?.into()];
    Ok(ctx.tx.get::<Deployment>(&key)?.map(|kept| kept.record))
}
