//! GetIncidentRecord: the kept wire form goes out as it is.

use balefire_api::Node;
use balefire_api::generated::ssm_incidents::GetIncidentRecordInput;

use super::Incident;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::resource_policy::SharedAction;

pub fn get_incident_record(
    ctx: &mut Ctx<'_, '_>,
    input: GetIncidentRecordInput,
) -> Result<Node, Failure> {
    let shared = Some(SharedAction::GetIncidentRecord);
    let incident = Incident::by_arn(ctx, "/arn", &input.arn, shared)?;
    let record = Node::Written(incident.record.body);
    Ok(Node::Structure(vec![Some(record)]))
}
