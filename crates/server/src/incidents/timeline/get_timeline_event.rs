//! GetTimelineEvent.

use balefire_api::generated::ssm_incidents::{GetTimelineEventInput, GetTimelineEventOutput};

use super::TimelineEventRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;
use crate::incidents::resource_policy::SharedAction;

pub fn get_timeline_event(
    ctx: &mut Ctx<'_, '_>,
    input: GetTimelineEventInput,
) -> Result<GetTimelineEventOutput, Failure> {
    let incident = Incident::by_arn(
        ctx,
        "/incidentRecordArn",
        &input.incident_record_arn,
        Some(SharedAction::GetTimelineEvent),
    )?;
    match TimelineEventRow::find(ctx, &incident, &input.event_id)? {
        Some(row) => Ok(GetTimelineEventOutput {
            event: row.event()?,
        }),
        None => Err(Failure::not_found("TIMELINE_EVENT", input.event_id)),
    }
}
