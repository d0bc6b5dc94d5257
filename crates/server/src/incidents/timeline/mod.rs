//! The timeline: what happened in an incident, in the order of the events' own times.

mod automatic;
mod create_timeline_event;
mod delete_timeline_event;
mod get_timeline_event;
mod list_timeline_events;
#[cfg(test)]
mod tests;
mod update_timeline_event;

pub use automatic::{
    CAUSE_RESOLVED, INCIDENT_START, INCIDENT_TRIGGER, INCIDENT_UPDATE, PAGE_ACKNOWLEDGED,
    append_automatic, append_referring,
};
pub use create_timeline_event::create_timeline_event;
pub use delete_timeline_event::delete_timeline_event;
pub use get_timeline_event::get_timeline_event;
pub use list_timeline_events::list_timeline_events;
pub use update_timeline_event::update_timeline_event;

use balefire_api::generated::ssm_incidents::{EventReference, TIMELINE_EVENT, TimelineEvent};
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::findable::{findable, forms};
use crate::incidents::incident::Incident;
use crate::wire_form;

/// The types of events that users write. All others are automatic, and no user changes them.
pub const USER_TYPES: [&str; 2] = ["Custom Event", "Note"];

/// An event of an incident.
pub struct TimelineEventRow {
    pub account: String,
    pub incident: String,
    pub event_ms: i64,
    pub id: String,
    pub kind: String,
    /// The ARN of who left it or last changed it. Balefire's own, and in no event of the model.
    pub actor: String,
    /// The model's `TimelineEvent`.
    body: Vec<u8>,
}

impl Record for TimelineEventRow {
    const TABLE: Table = Table {
        name: "timeline_event",
        key: &["account", "incident", "event_ms", "id"],
        columns: &["kind", "actor", "body"],
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
        vec![
            (&self.kind).into(),
            (&self.actor).into(),
            self.body.clone().into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(TimelineEventRow {
            account: row.text(0)?.into(),
            incident: row.text(1)?.into(),
            event_ms: row.int(2)?,
            id: row.text(3)?.into(),
            kind: row.text(4)?.into(),
            actor: row.text(5)?.into(),
            body: row.blob(6)?.into(),
        })
    }
}

impl TimelineEventRow {
    /// The incident's event of this id.
    pub fn find(
        ctx: &mut Ctx<'_, '_>,
        incident: &Incident,
        id: &str,
    ) -> Result<Option<Kept<TimelineEventRow>>, Failure> {
        let rows = ctx.tx.query(
            "SELECT event_ms FROM timeline_event WHERE account = $1 AND incident = $2 AND id = $3",
            &[(&incident.account).into(), (&incident.id).into(), id.into()],
        )?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let key = [
            (&incident.account).into(),
            (&incident.id).into(),
            row.int(0)?.into(),
            id.into(),
        ];
        Ok(ctx.tx.get(&key)?)
    }

    /// The event of this id, if users may change it.
    fn find_of_user(
        ctx: &mut Ctx<'_, '_>,
        incident: &Incident,
        id: &str,
    ) -> Result<Option<Kept<TimelineEventRow>>, Failure> {
        let found = TimelineEventRow::find(ctx, incident, id)?;
        match &found {
            Some(row) if !USER_TYPES.contains(&row.kind.as_str()) => {
                let [custom, note] = USER_TYPES;
                let rule = format!(
                    "Member must name an event of type '{custom}' or '{note}'; this one is a '{}', which was \
                     made automatically and is protected",
                    row.kind
                );
                Err(Failure::invalid("/eventId", rule))
            }
            _ => Ok(found),
        }
    }

    pub fn event(&self) -> Result<TimelineEvent, Failure> {
        wire_form::read(&TIMELINE_EVENT, &self.body)
    }
}

/// A place where an event is found by what it refers to.
///
/// Invariant: each reference of an event has a row, but for that of an automatic event to its own
/// incident, which all of them have.
struct TimelineReference {
    account: String,
    incident: String,
    reference: String,
    event_ms: i64,
    id: String,
}

impl Record for TimelineReference {
    const TABLE: Table = Table {
        name: "timeline_reference",
        key: &["account", "incident", "reference", "event_ms", "id"],
        columns: &[],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.incident).into(),
            (&self.reference).into(),
            self.event_ms.into(),
            (&self.id).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        Vec::new()
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(TimelineReference {
            account: row.text(0)?.into(),
            incident: row.text(1)?.into(),
            reference: row.text(2)?.into(),
            event_ms: row.int(3)?,
            id: row.text(4)?.into(),
        })
    }
}

/// The texts by which an event is to be found.
fn referred(event: &TimelineEvent) -> impl Iterator<Item = &str> {
    let automatic = !USER_TYPES.contains(&event.event_type.as_str());
    let all = event.event_references.iter().flatten();
    all.map(|reference| match reference {
        EventReference::RelatedItemId(text) | EventReference::Resource(text) => text.as_str(),
    })
    .filter(move |text| !automatic || *text != event.incident_record_arn)
}

impl TimelineReference {
    fn of(incident: &Incident, event: &TimelineEvent, reference: String) -> TimelineReference {
        TimelineReference {
            account: incident.account.clone(),
            incident: incident.id.clone(),
            reference,
            event_ms: event.event_time.0,
            id: event.event_id.clone(),
        }
    }
}

fn insert(ctx: &mut Ctx<'_, '_>, incident: &Incident, event: TimelineEvent) -> Result<(), Failure> {
    for text in referred(&event) {
        let reference = findable(text).into_owned();
        match ctx
            .tx
            .insert(&TimelineReference::of(incident, &event, reference))
        {
            // An event may refer to the same thing twice.
            Ok(()) | Err(Error::Exists { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    ctx.tx.insert(&TimelineEventRow {
        account: incident.account.clone(),
        incident: incident.id.clone(),
        event_ms: event.event_time.0,
        id: event.event_id.clone(),
        kind: event.event_type.clone(),
        actor: ctx.caller.arn.clone(),
        body: wire_form::write(&TIMELINE_EVENT, event),
    })?;
    Ok(())
}

fn remove(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    row: &TimelineEventRow,
) -> Result<(), Failure> {
    let event = row.event()?;
    for reference in referred(&event).flat_map(forms) {
        let reference = TimelineReference::of(incident, &event, reference);
        ctx.tx.delete::<TimelineReference>(&reference.key())?;
    }
    ctx.tx.delete::<TimelineEventRow>(&row.key())?;
    Ok(())
}

/// Removes the whole timeline of an incident that goes.
pub fn clear(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<(), Failure> {
    for delete in [
        "DELETE FROM timeline_reference WHERE account = $1 AND incident = $2",
        "DELETE FROM timeline_event WHERE account = $1 AND incident = $2",
    ] {
        ctx.tx
            .execute(delete, &[(&incident.account).into(), (&incident.id).into()])?;
    }
    Ok(())
}

/// The model takes any text as a type.
fn check_type(event_type: &str) -> Result<(), Failure> {
    if USER_TYPES.contains(&event_type) {
        return Ok(());
    }
    let [custom, note] = USER_TYPES;
    let rule = format!(
        "Member must be '{custom}' or '{note}'; events of other types are made automatically"
    );
    Err(Failure::invalid("/eventType", rule))
}
