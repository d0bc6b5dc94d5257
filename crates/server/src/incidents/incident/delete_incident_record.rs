//! DeleteIncidentRecord: in any status, with all that belongs to the incident.

use balefire_api::generated::ssm_incidents::{
    DeleteIncidentRecordInput, DeleteIncidentRecordOutput,
};

use super::Incident;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::change::changed;
use crate::incidents::{cause, pager_duty, related_item, timeline};
use crate::tags;

/// Deleting what is not there succeeds: the model has no error for it.
pub fn delete_incident_record(
    ctx: &mut Ctx<'_, '_>,
    input: DeleteIncidentRecordInput,
) -> Result<DeleteIncidentRecordOutput, Failure> {
    if let Some(incident) = Incident::find_by_arn(ctx, "/arn", &input.arn, None)? {
        // First, since it looks at the incident and its items.
        pager_duty::deleted(ctx, &incident)?;
        timeline::clear(ctx, &incident)?;
        related_item::clear(ctx, &incident)?;
        cause::clear(ctx, &incident)?;
        tags::clear(ctx.tx, &incident.account, &input.arn)?;
        ctx.tx
            .delete::<Incident>(&[(&incident.account).into(), (&incident.id).into()])?;
        changed(
            ctx,
            &incident.account,
            "incident.deleted",
            &input.arn,
            &serde_json::json!({}),
        )?;
    }
    Ok(DeleteIncidentRecordOutput {})
}
