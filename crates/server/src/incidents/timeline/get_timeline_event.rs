//! GetTimelineEvent.

use balefire_api::generated::ssm_incidents::{GetTimelineEventInput, GetTimelineEventOutput};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;
use crate::wire_form;
use balefire_api::generated::ssm_incidents::TIMELINE_EVENT;

pub fn get_timeline_event(
    ctx: &mut Ctx<'_, '_>,
    input: GetTimelineEventInput,
) -> Result<GetTimelineEventOutput, Failure> {
    let incident = Incident::by_arn(ctx, "/incidentRecordArn", &input.incident_record_arn)?;
    let rows = ctx.tx.query(
        "SELECT body FROM timeline_event WHERE account = $1 AND incident = $2 AND id = $3",
        &[
            (&incident.account).into(),
            (&incident.id).into(),
            (&input.event_id).into(),
        ],
    )?;
    match rows.first() {
        Some(row) => Ok(GetTimelineEventOutput {
            event: wire_form::read(&TIMELINE_EVENT, row.blob(0)?)?,
        }),
        None => Err(Failure::not_found("TIMELINE_EVENT", input.event_id)),
    }
}
