//! The timeline: what happened in an incident, in the order of the events' own times.

mod get_timeline_event;
mod list_timeline_events;

pub use get_timeline_event::get_timeline_event;
pub use list_timeline_events::list_timeline_events;

use balefire_api::Timestamp;
use balefire_api::generated::ssm_incidents::{EventReference, TIMELINE_EVENT, TimelineEvent};
use balefire_store::{Error, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::pager_duty;
use crate::wire_form;

/// The types of events that Balefire writes itself.
pub const INCIDENT_TRIGGER: &str = "SSM Incident Trigger";
pub const INCIDENT_START: &str = "SSM Incident Start";
pub const INCIDENT_UPDATE: &str = "SSM Incident Record Update";

/// Characters an event's data may have, as the model says.
const DATA_LENGTH_MAX: usize = 12_000;

/// An event of an incident.
pub struct TimelineEventRow {
    pub account: String,
    pub incident: String,
    pub event_ms: i64,
    pub id: String,
    pub kind: String,
    /// The model's `TimelineEvent`.
    body: Vec<u8>,
}

impl Record for TimelineEventRow {
    const TABLE: Table = Table {
        name: "timeline_event",
        key: &["account", "incident", "event_ms", "id"],
        columns: &["kind", "body"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.incident).into(),
            self.event_ms.into(),
            (&self.id).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![(&self.kind).into(), self.body.clone().into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(TimelineEventRow {
            account: row.text(0)?.into(),
            incident: row.text(1)?.into(),
            event_ms: row.int(2)?,
            id: row.text(3)?.into(),
            kind: row.text(4)?.into(),
            body: row.blob(5)?.into(),
        })
    }
}

impl TimelineEventRow {
    pub fn event(&self) -> Result<TimelineEvent, Failure> {
        wire_form::read(&TIMELINE_EVENT, &self.body)
    }
}

/// Adds an event that happened now and that no client may change.
pub fn append_automatic(
    ctx: &mut Ctx<'_, '_>,
    incident_arn: &str,
    incident: &str,
    kind: &str,
    data: &serde_json::Value,
) -> Result<(), Failure> {
    let own = vec![EventReference::Resource(incident_arn.to_owned())];
    append_referring(ctx, incident_arn, incident, kind, data, own)
}

/// Adds an automatic event that refers to more than its incident.
pub fn append_referring(
    ctx: &mut Ctx<'_, '_>,
    incident_arn: &str,
    incident: &str,
    kind: &str,
    data: &serde_json::Value,
    references: Vec<EventReference>,
) -> Result<(), Failure> {
    let event = TimelineEvent {
        event_data: fitting(data),
        event_id: ctx.new_id(),
        event_references: Some(references),
        event_time: ctx.now,
        event_type: kind.to_owned(),
        event_updated_time: ctx.now,
        incident_record_arn: incident_arn.to_owned(),
    };
    append(ctx, incident, ctx.now, event)
}

fn append(
    ctx: &mut Ctx<'_, '_>,
    incident: &str,
    at: Timestamp,
    event: TimelineEvent,
) -> Result<(), Failure> {
    let account = ctx.caller.account.clone();
    pager_duty::note(ctx, &account, incident, &event)?;
    let row = TimelineEventRow {
        account,
        incident: incident.to_owned(),
        event_ms: at.0,
        id: event.event_id.clone(),
        kind: event.event_type.clone(),
        body: wire_form::write(&TIMELINE_EVENT, event),
    };
    ctx.tx.insert(&row)?;
    Ok(())
}

/// The data as text. Raw data of a trigger is shortened where the whole would not fit.
fn fitting(data: &serde_json::Value) -> String {
    let text = data.to_string();
    let Some(over) = text
        .chars()
        .count()
        .checked_sub(DATA_LENGTH_MAX)
        .filter(|over| *over > 0)
    else {
        return text;
    };
    let mut shorter = data.clone();
    if let Some(serde_json::Value::String(raw)) = shorter.get_mut("rawData") {
        // Escapes may double what is cut, so twice the excess goes.
        let keep = raw.chars().count().saturating_sub(over * 2 + 3);
        *raw = raw.chars().take(keep).chain("...".chars()).collect();
    }
    shorter.to_string()
}
