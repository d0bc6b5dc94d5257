//! UpdateTimelineEvent: what is absent stays; references are replaced as a whole.

use balefire_api::generated::ssm_incidents::{UpdateTimelineEventInput, UpdateTimelineEventOutput};

use super::{TimelineEventRow, check_type, insert, remove};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::change::changed;
use crate::incidents::incident::Incident;
use crate::incidents::resource_policy::SharedAction;

pub fn update_timeline_event(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateTimelineEventInput,
) -> Result<UpdateTimelineEventOutput, Failure> {
    if let Some(event_type) = &input.event_type {
        check_type(event_type)?;
    }
    let incident = Incident::by_arn(
        ctx,
        "/incidentRecordArn",
        &input.incident_record_arn,
        Some(SharedAction::UpdateTimelineEvent),
    )?;
    let Some(row) = TimelineEventRow::find_of_user(ctx, &incident, &input.event_id)? else {
        return Err(Failure::not_found("TIMELINE_EVENT", input.event_id));
    };
    let mut event = row.event()?;
    event.event_data = input.event_data.unwrap_or(event.event_data);
    event.event_references = input.event_references.or(event.event_references);
    event.event_time = input.event_time.unwrap_or(event.event_time);
    event.event_type = input.event_type.unwrap_or(event.event_type);
    event.event_updated_time = ctx.now;
    // Its time is part of an event's key.
    remove(ctx, &incident, &row)?;
    insert(ctx, &incident, event)?;
    changed(
        ctx,
        &incident.account,
        "timeline_event.updated",
        &input.incident_record_arn,
        &serde_json::json!({"eventId": input.event_id}),
    )?;
    Ok(UpdateTimelineEventOutput {})
}
