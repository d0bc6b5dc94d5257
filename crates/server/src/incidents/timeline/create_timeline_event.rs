//! CreateTimelineEvent: what a user saw, did or thought.

use balefire_api::generated::ssm_incidents::{
    CreateTimelineEventInput, CreateTimelineEventOutput, TimelineEvent,
};

use super::{check_type, insert};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::change::changed;
use crate::incidents::incident::Incident;
use crate::incidents::pager_duty;
use crate::incidents::quota;
use crate::incidents::resource_policy::SharedAction;

pub fn create_timeline_event(
    ctx: &mut Ctx<'_, '_>,
    input: CreateTimelineEventInput,
) -> Result<CreateTimelineEventOutput, Failure> {
    check_type(&input.event_type)?;
    let incident = Incident::by_arn(
        ctx,
        "/incidentRecordArn",
        &input.incident_record_arn,
        Some(SharedAction::CreateTimelineEvent),
    )?;
    quota::room_for_event(ctx, &incident)?;
    let event_id = ctx.new_id();
    let event = TimelineEvent {
        event_data: input.event_data,
        event_id: event_id.clone(),
        event_references: input.event_references,
        event_time: input.event_time,
        event_type: input.event_type,
        event_updated_time: ctx.now,
        incident_record_arn: input.incident_record_arn.clone(),
    };
    pager_duty::note(ctx, &incident, &event)?;
    insert(ctx, &incident, event)?;
    changed(
        ctx,
        &incident.account,
        "timeline_event.created",
        &input.incident_record_arn,
        &serde_json::json!({"eventId": event_id}),
    )?;
    Ok(CreateTimelineEventOutput {
        event_id,
        incident_record_arn: input.incident_record_arn,
    })
}
