//! The rows of timelines.

use serde_json::{Value, json};

use super::incident::incident;
use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, row};
use crate::isolation::world::World;
use crate::server::OWNER;

pub const ROWS: &[Row] = &[
    row(
        "ssm-incidents:ListTimelineEvents",
        incident,
        Foreign::Nothing,
        Own::May,
    )
    .watched_by(OWNER),
    row(
        "ssm-incidents:GetTimelineEvent",
        |w| json!({"incidentRecordArn": w.incidents.incident, "eventId": w.incidents.timeline_event}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:CreateTimelineEvent",
        |w| timeline_event(w, json!({"eventType": "Note", "eventTime": 1})),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:UpdateTimelineEvent",
        |w| timeline_event(w, json!({"eventId": w.incidents.note})),
        NOT_FOUND,
        Own::May,
    ),
    // An event that is not there is deleted without a word, and so is an incident.
    row(
        "ssm-incidents:DeleteTimelineEvent",
        |w| json!({"incidentRecordArn": w.incidents.incident, "eventId": w.incidents.note}),
        Foreign::Nothing,
        Own::May,
    ),
];

fn timeline_event(world: &World, more: Value) -> Value {
    let mut input = json!({"incidentRecordArn": world.incidents.incident, "eventData": "taken"});
    if let (Some(members), Value::Object(more)) = (input.as_object_mut(), more) {
        members.extend(more);
    }
    input
}
