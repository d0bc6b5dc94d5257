//! The timeline: what happened in an incident, in the order of the events' own times.

mod get_timeline_event;
mod list_timeline_events;

pub use get_timeline_event::get_timeline_event;
pub use list_timeline_events::list_timeline_events;

use balefire_api::Timestamp;
use balefire_api::generated::ssm_incidents::{EventReference, TIMELINE_EVENT, TimelineEvent};
use balefire_store::{Error, Record, Row, Table};
use serde_json::Value;

use crate::context::Ctx;
use crate::failure::Failure;
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

    fn key(&self) -> Vec<balefire_store::Value> {
        vec![
            (&self.account).into(),
            (&self.incident).into(),
            self.event_ms.into(),
            (&self.id).into(),
        ]
    }

    fn values(&self) -> Vec<balefire_store::Value> {
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
    data: &Value,
) -> Result<(), Failure> {
    let event = TimelineEvent {
        event_data: fitting(data),
        event_id: ctx.new_id(),
        event_references: Some(vec![EventReference::Resource(incident_arn.to_owned())]),
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
    let row = TimelineEventRow {
        account: ctx.caller.account.clone(),
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
fn fitting(data: &Value) -> String {
    let text = data.to_string();
    if text.chars().count() <= DATA_LENGTH_MAX {
        return text;
    }
    let mut shorter = data.clone();
    let Some(Value::String(raw)) = shorter.get_mut("rawData") else {
        return text;
    };
    let whole = std::mem::replace(raw, "...".into());
    let mut room = DATA_LENGTH_MAX.saturating_sub(shorter.to_string().chars().count());
    let fits = |character: &char| {
        // In JSON a character may take several.
        let written = Value::from(character.to_string()).to_string();
        let taken = room.checked_sub(written.chars().count() - 2);
        room = taken.unwrap_or(0);
        taken.is_some()
    };
    let kept: String = whole.chars().take_while(fits).collect();
    shorter["rawData"] = Value::from(kept + "...");
    shorter.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn raw_data_is_shortened_to_what_fits() {
        for (piece, shortened) in [
            ("x", true),
            ("\"\\", true),
            ("\n\u{1}", true),
            ("é", true),
            ("", false),
        ] {
            let raw = format!("begin{}", piece.repeat(20_000));
            let data = json!({"createdIncident": true, "rawData": raw});
            let text = fitting(&data);
            let length = text.chars().count();
            let read: Value = serde_json::from_str(&text).unwrap();
            let kept = read["rawData"].as_str().unwrap();
            assert!(
                length <= DATA_LENGTH_MAX && kept.starts_with("begin"),
                "{piece:?}"
            );
            assert_eq!(kept.ends_with("..."), shortened, "{piece:?}");
            assert!(
                !shortened || length > DATA_LENGTH_MAX - 8,
                "{piece:?}: {length}"
            );
            assert_eq!(read["createdIncident"], true);
        }
    }
}
