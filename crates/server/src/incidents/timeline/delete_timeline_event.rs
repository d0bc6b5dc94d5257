//! DeleteTimelineEvent: of what users wrote, never of what happened automatically.

use balefire_api::generated::ssm_incidents::{DeleteTimelineEventInput, DeleteTimelineEventOutput};

use super::{TimelineEventRow, remove};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::change::changed;
use crate::incidents::incident::Incident;

/// Deleting what is not there succeeds: the model has no error for it.
pub fn delete_timeline_event(
    ctx: &mut Ctx<'_, '_>,
    input: DeleteTimelineEventInput,
) -> Result<DeleteTimelineEventOutput, Failure> {
    let arn = &input.incident_record_arn;
    if let Some(incident) = Incident::find_by_arn(ctx, "/incidentRecordArn", arn, None)?
        && let Some(row) = TimelineEventRow::find_of_user(ctx, &incident, &input.event_id)?
    {
        remove(ctx, &incident, &row)?;
        let event = serde_json::json!({"eventId": input.event_id});
        changed(
            ctx,
            &incident.account,
            "timeline_event.deleted",
            arn,
            &event,
        )?;
    }
    Ok(DeleteTimelineEventOutput {})
}
