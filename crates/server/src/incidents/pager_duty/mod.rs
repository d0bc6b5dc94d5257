//! What PagerDuty is to know of an incident: one thing after the other, in the order in which it happened.

mod queue;
mod step;
mod text;

pub use queue::{Next, TELL, Told, next_of, pop};
pub use step::{Kind, Step};

use balefire_api::generated::ssm_incidents::{
    GetResponsePlanOutput, IncidentRecordStatus, Integration, ItemIdentifier, ItemType, ItemValue,
    PagerDutyIncidentDetail, RelatedItem, TimelineEvent,
};
use balefire_store::{Error, Kept, Record, Row, Table, Value};
use serde_json::json;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::change::changed;
use crate::incidents::incident::{Incident, keep};
use crate::incidents::{related_item, timeline};
use queue::push;

/// The types of events that tell of PagerDuty. They are not told to PagerDuty again.
pub const OPENED: &str = "PagerDuty Incident Opened";
pub const FAILURE: &str = "PagerDuty Failure";

/// Notes that PagerDuty keeps of an incident.
const NOTES_MAX: i64 = 2000;

/// Says that they are used up.
const LAST_NOTE: &str =
    "This is the last note: what happens from here on is on the incident's own timeline alone.";

/// The PagerDuty incident of an incident.
pub struct PagerDutyIncident {
    pub account: String,
    pub incident: String,
    pub secret_id: String,
    pub service_id: String,
    /// Empty until it is open.
    pub id: String,
    /// Invariant: the number of steps that wait. The first of them has a job, or a dead one.
    steps: i64,
    notes: i64,
}

impl Record for PagerDutyIncident {
    const TABLE: Table = Table {
        name: "pager_duty_incident",
        key: &["account", "incident"],
        columns: &["secret_id", "service_id", "pager_duty_id", "steps", "notes"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into(), (&self.incident).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.secret_id).into(),
            (&self.service_id).into(),
            (&self.id).into(),
            self.steps.into(),
            self.notes.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(PagerDutyIncident {
            account: row.text(0)?.into(),
            incident: row.text(1)?.into(),
            secret_id: row.text(2)?.into(),
            service_id: row.text(3)?.into(),
            id: row.text(4)?.into(),
            steps: row.int(5)?,
            notes: row.int(6)?,
        })
    }
}

/// A plan's integration opens an incident there.
pub fn open(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    plan: &GetResponsePlanOutput,
) -> Result<(), Failure> {
    let mut integrations = plan.integrations.iter().flatten();
    let Some(Integration::PagerDutyConfiguration(set)) = integrations.next() else {
        return Ok(());
    };
    let record = PagerDutyIncident {
        account: incident.account.clone(),
        incident: incident.id.clone(),
        secret_id: set.secret_id.clone(),
        service_id: set.pager_duty_incident_configuration.service_id.clone(),
        id: String::new(),
        steps: 0,
        notes: 0,
    };
    ctx.tx.insert(&record)?;
    let mut row = Kept { record, version: 1 };
    push(ctx, &mut row, Kind::Open, String::new())
}

/// A timeline event becomes a note, where there is a PagerDuty incident.
pub fn note(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    event: &TimelineEvent,
) -> Result<(), Failure> {
    if [OPENED, FAILURE].contains(&event.event_type.as_str()) {
        return Ok(());
    }
    let Some(mut row) = find(ctx, &incident.account, &incident.id)? else {
        return Ok(());
    };
    write(ctx, &mut row, text::of(event))
}

/// A note, as far as PagerDuty keeps them.
fn write(
    ctx: &mut Ctx<'_, '_>,
    row: &mut Kept<PagerDutyIncident>,
    text: String,
) -> Result<(), Failure> {
    let text = match NOTES_MAX - row.notes {
        i64::MIN..=0 => return Ok(()),
        1 => LAST_NOTE.into(),
        _ => text,
    };
    row.notes += 1;
    push(ctx, row, Kind::Note, text)
}

/// The incident is resolved, so that of PagerDuty shall be.
pub fn resolve(ctx: &mut Ctx<'_, '_>, account: &str, incident: &str) -> Result<(), Failure> {
    match find(ctx, account, incident)? {
        Some(mut row) if row.resolves(ctx)? => push(ctx, &mut row, Kind::Resolve, String::new()),
        _ => Ok(()),
    }
}

/// The incident goes: what it has opened there is resolved, as far as it is not. What waits is still told,
/// and the last of it takes the rest along.
pub fn deleted(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<(), Failure> {
    let Some(mut row) = find(ctx, &incident.account, &incident.id)? else {
        return Ok(());
    };
    if row.id.is_empty() {
        // It may be opening just now. Nobody reads notes of what is withdrawn.
        queue::keep_first(ctx, &mut row)?;
        return push(ctx, &mut row, Kind::Resolve, String::new());
    }
    if incident.record()?.status == IncidentRecordStatus::Open && row.resolves(ctx)? {
        let (at, by) = (ctx.now.date_time(), &ctx.caller.arn);
        let text = format!("{at} SSM Incident Deletion\ndeletedBy: {by}");
        write(ctx, &mut row, text)?;
        push(ctx, &mut row, Kind::Resolve, String::new())?;
    }
    match row.steps {
        0 => forget(ctx, &row),
        _ => Ok(()),
    }
}

/// A step is done: the last one of an incident that was deleted here takes the rest along. A replication set
/// on the move does not matter to that.
pub fn done(ctx: &mut Ctx<'_, '_>, row: &PagerDutyIncident) -> Result<(), Failure> {
    let find = "SELECT id FROM incident WHERE account = $1 AND id = $2";
    if row.steps == 0 && ctx.tx.query(find, &row.key())?.is_empty() {
        return forget(ctx, row);
    }
    Ok(())
}

/// Forgets all that was to be told of an incident.
pub fn forget(ctx: &mut Ctx<'_, '_>, row: &PagerDutyIncident) -> Result<(), Failure> {
    for delete in [
        "DELETE FROM pager_duty_step WHERE account = $1 AND incident = $2",
        "DELETE FROM pager_duty_incident WHERE account = $1 AND incident = $2",
    ] {
        ctx.tx.execute(delete, &row.key())?;
    }
    Ok(())
}

fn find(
    ctx: &mut Ctx<'_, '_>,
    account: &str,
    incident: &str,
) -> Result<Option<Kept<PagerDutyIncident>>, Failure> {
    Ok(ctx.tx.get(&[account.into(), incident.into()])?)
}

/// What the model cannot say of a plan's integrations. A secret is known by the operator's file, and is
/// not tried: whether it is good shows when an incident opens.
pub fn check(ctx: &Ctx<'_, '_>, integrations: &[Integration]) -> Result<(), Failure> {
    let known = &ctx.settings.integrations.pager_duty_secrets;
    for (place, Integration::PagerDutyConfiguration(set)) in integrations.iter().enumerate() {
        if !known.contains(&set.secret_id) {
            let path = format!("/integrations/{place}/pagerDutyConfiguration/secretId");
            let rule = "Member must name a secret that could be validated: one that the server's \
                        balefire.toml has in [pagerduty.secrets]";
            return Err(Failure::invalid(&path, rule));
        }
    }
    Ok(())
}

impl PagerDutyIncident {
    /// Whether resolving here resolves there: unless somebody has linked it as one that does not.
    fn resolves(&self, ctx: &mut Ctx<'_, '_>) -> Result<bool, Failure> {
        let Some(incident) = Incident::find(ctx, &self.account, &self.incident)? else {
            return Ok(false);
        };
        let items = related_item::of(ctx, &incident)?;
        let kept_open = |item: &RelatedItem| match &item.identifier.value {
            ItemValue::PagerDutyIncidentDetail(detail) => {
                detail.id == self.id && detail.auto_resolve == Some(false)
            }
            _ => false,
        };
        Ok(!items.iter().any(kept_open))
    }

    /// Writes the id that PagerDuty gave into the incident, and tells it.
    pub fn opened(&self, ctx: &mut Ctx<'_, '_>, url: Option<&str>) -> Result<(), Failure> {
        let Some(mut row) = Incident::find(ctx, &self.account, &self.incident)? else {
            return Ok(());
        };
        let record = row.record()?;
        keep(ctx, &mut row, record)?;
        let item = RelatedItem {
            generated_id: None,
            identifier: ItemIdentifier {
                r#type: ItemType::Incident,
                value: ItemValue::PagerDutyIncidentDetail(PagerDutyIncidentDetail {
                    auto_resolve: Some(true),
                    id: self.id.clone(),
                    secret_id: Some(self.secret_id.clone()),
                }),
            },
            title: Some(format!("PagerDuty incident {}", self.id)),
        };
        // Without room for it, the timeline tells it alone.
        related_item::add(ctx, &row, &[item])?;
        let data = json!({"pagerDutyIncidentId": self.id, "url": url});
        self.tell(ctx, &row, OPENED, &data)
    }

    /// Tells that a step was given up.
    pub fn failed(&self, ctx: &mut Ctx<'_, '_>, step: &Step, reason: &str) -> Result<(), Failure> {
        let Some(row) = Incident::find(ctx, &self.account, &self.incident)? else {
            return Ok(());
        };
        let what = match step.kind {
            Kind::Open => "no incident was opened",
            Kind::Note => "a note was not written",
            Kind::Resolve => "the incident was not resolved",
        };
        let id = Some(&self.id).filter(|id| !id.is_empty());
        let data = json!({"pagerDutyIncidentId": id, "failure": what, "message": reason});
        self.tell(ctx, &row, FAILURE, &data)
    }

    fn tell(
        &self,
        ctx: &mut Ctx<'_, '_>,
        incident: &Incident,
        kind: &str,
        data: &serde_json::Value,
    ) -> Result<(), Failure> {
        timeline::append_automatic(ctx, incident, kind, data)?;
        changed(
            ctx,
            &self.account,
            "incident.pager_duty",
            &incident.arn(),
            data,
        )
    }
}
