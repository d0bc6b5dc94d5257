//! GetIncidentRecord.

use balefire_api::generated::ssm_incidents::{GetIncidentRecordInput, GetIncidentRecordOutput};

use super::Incident;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn get_incident_record(
    ctx: &mut Ctx<'_, '_>,
    input: GetIncidentRecordInput,
) -> Result<GetIncidentRecordOutput, Failure> {
    let incident = Incident::by_arn(ctx, "/arn", &input.arn)?;
    Ok(GetIncidentRecordOutput {
        incident_record: incident.record()?,
    })
}
