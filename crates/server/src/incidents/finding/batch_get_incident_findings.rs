//! BatchGetIncidentFindings: each id is answered once, as a finding or as an error.

use std::collections::{HashMap, HashSet};

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
    let mut asked = HashSet::new();
    let ids = input.finding_ids.iter().map(String::as_str);
    let ids: Vec<&str> = ids.filter(|id| asked.insert(*id)).collect();
    let found = Deployment::by_ids(ctx, &ids)?;
    let mut found: HashMap<&str, &Deployment> = found
        .iter()
        .filter(|deployment| window.holds(deployment))
        .map(|deployment| (deployment.id.as_str(), deployment))
        .collect();
    let mut output = BatchGetIncidentFindingsOutput::default();
    for id in ids {
        match found.remove(id) {
            Some(deployment) => output.findings.push(window.finding(deployment)),
            None => output.errors.push(BatchGetIncidentFindingsError {
                code: "ResourceNotFoundException".into(),
                message: format!("The incident has no finding {id}."),
                finding_id: id.into(),
            }),
        }
    }
    Ok(output)
}
