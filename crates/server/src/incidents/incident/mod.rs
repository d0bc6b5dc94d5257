//! Incidents: the record, its place in the lists, and the rules of opening and closing.

mod delete_incident_record;
mod get_incident_record;
mod list_incident_records;
mod opening;
mod selection;
mod start_incident;
#[cfg(test)]
mod tests;
mod update_incident_record;

pub use delete_incident_record::delete_incident_record;
pub use get_incident_record::get_incident_record;
pub use list_incident_records::list_incident_records;
pub use opening::{Opened, Opening, find_open, open_or_fold, opened_since};
pub use start_incident::start_incident;
pub use update_incident_record::update_incident_record;

use balefire_api::generated::ssm_incidents::{
    INCIDENT_RECORD, IncidentRecord, IncidentRecordStatus,
};
use balefire_store::{Error, Kept, Record, Row, Table, Value};
use serde_json::json;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::arn::{self, Resource};
use crate::incidents::change::changed;
use crate::incidents::findable::findable;
use crate::incidents::follow_up;
use crate::incidents::pager_duty;
use crate::incidents::replication_set;
use crate::incidents::resource_policy::{self, SharedAction};
use crate::incidents::timeline::{self, INCIDENT_UPDATE};
use crate::wire_form;

/// An incident, with the columns by which it is found.
pub struct Incident {
    pub account: String,
    pub id: String,
    pub plan: String,
    pub created_ms: i64,
    status: IncidentRecordStatus,
    impact: i32,
    created_by: String,
    /// As it is found. Invariant: present only while the incident is open.
    open_dedupe: Option<String>,
    /// The model's `IncidentRecord`.
    body: Vec<u8>,
}

impl Record for Incident {
    const TABLE: Table = Table {
        name: "incident",
        key: &["account", "id"],
        columns: &[
            "plan",
            "status",
            "impact",
            "created_by",
            "created_ms",
            "open_dedupe",
            "body",
        ],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into(), (&self.id).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.plan).into(),
            self.status.as_str().into(),
            self.impact.into(),
            (&self.created_by).into(),
            self.created_ms.into(),
            self.open_dedupe.as_ref().into(),
            self.body.clone().into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Incident {
            account: row.text(0)?.into(),
            id: row.text(1)?.into(),
            plan: row.text(2)?.into(),
            status: IncidentRecordStatus::parse(row.text(3)?).unwrap_or(IncidentRecordStatus::Open),
            impact: i32::try_from(row.int(4)?).unwrap_or_default(),
            created_by: row.text(5)?.into(),
            created_ms: row.int(6)?,
            open_dedupe: row.optional_text(7)?.map(str::to_owned),
            body: row.blob(8)?.into(),
        })
    }
}

impl Incident {
    pub fn new(account: &str, plan: &str, id: &str, record: IncidentRecord) -> Incident {
        let open = record.status == IncidentRecordStatus::Open;
        Incident {
            account: account.into(),
            id: id.into(),
            plan: plan.into(),
            created_ms: record.creation_time.0,
            status: record.status,
            impact: record.impact,
            created_by: record.incident_record_source.created_by.clone(),
            open_dedupe: open.then(|| findable(&record.dedupe_string).into_owned()),
            body: wire_form::write(&INCIDENT_RECORD, record),
        }
    }

    pub fn record(&self) -> Result<IncidentRecord, Failure> {
        Incident::read(&self.body)
    }

    /// The record in a row's body.
    fn read(body: &[u8]) -> Result<IncidentRecord, Failure> {
        wire_form::read(&INCIDENT_RECORD, body)
    }

    pub fn arn(&self) -> String {
        arn::incident(&self.account, &self.plan, &self.id)
    }

    /// The account's incident of this id, unless its replication set is on the move.
    pub fn find(
        ctx: &mut Ctx<'_, '_>,
        account: &str,
        id: &str,
    ) -> Result<Option<Kept<Incident>>, Failure> {
        // One statement, since each is a round trip on PostgreSQL and this one is asked most of all. It has
        // no join: SQLite would plan that anew each time its parameters are bound.
        const FIND: &str = "SELECT account, id, plan, status, impact, created_by, created_ms, open_dedupe, \
                            body, version, (SELECT s.status FROM replication_set s WHERE s.account = $1) \
                            FROM incident WHERE account = $1 AND id = $2";
        replication_set::get_settled(ctx, FIND, &[account.into(), id.into()])
    }

    /// The incident that an ARN names, if there is one with which the caller may do this; `None` stands
    /// for what is the owner's alone.
    pub fn find_by_arn(
        ctx: &mut Ctx<'_, '_>,
        path: &str,
        text: &str,
        action: Option<SharedAction>,
    ) -> Result<Option<Kept<Incident>>, Failure> {
        let Some((account, Resource::Incident { plan, id })) = arn::parse(text) else {
            let form = "arn:aws:ssm-incidents::111122223333:incident-record/plan/id";
            return Err(arn::not_an_arn(path, "an incident", form));
        };
        if !resource_policy::may(ctx, account, plan, action)? {
            return Ok(None);
        }
        Ok(Incident::find(ctx, account, id)?.filter(|incident| incident.plan == plan))
    }

    /// As `find_by_arn`. One that is not shared with the caller is as unknown as one that never was.
    pub fn by_arn(
        ctx: &mut Ctx<'_, '_>,
        path: &str,
        text: &str,
        action: Option<SharedAction>,
    ) -> Result<Kept<Incident>, Failure> {
        let found = Incident::find_by_arn(ctx, path, text, action)?;
        found.ok_or_else(|| Failure::not_found("INCIDENT_RECORD", text))
    }
}

/// Keeps a record that the caller has changed.
pub fn keep(
    ctx: &mut Ctx<'_, '_>,
    row: &mut Kept<Incident>,
    mut record: IncidentRecord,
) -> Result<(), Failure> {
    record.last_modified_by.clone_from(&ctx.caller.arn);
    record.last_modified_time = ctx.now;
    row.record = Incident::new(&row.account, &row.plan, &row.id, record);
    Ok(ctx.tx.replace(row)?)
}

/// Keeps a record that the caller has changed, and tells the timeline, the change log and PagerDuty of it.
/// `attributes` are what changed, each made by `attribute`.
pub fn keep_changed(
    ctx: &mut Ctx<'_, '_>,
    row: &mut Kept<Incident>,
    record: IncidentRecord,
    attributes: Vec<serde_json::Value>,
) -> Result<(), Failure> {
    let data = json!({
        "modifiedBy": ctx.caller.arn,
        "incidentTitle": record.title,
        "modifiedAttributes": attributes,
    });
    let is_over = record.status == IncidentRecordStatus::Resolved;
    let resolves = is_over && row.record()?.status != record.status;
    follow_up::notify(ctx, &row.account, &record, INCIDENT_UPDATE, &data)?;
    keep(ctx, row, record)?;
    timeline::append_automatic(ctx, row, INCIDENT_UPDATE, &data)?;
    changed(ctx, &row.account, "incident.updated", &row.arn(), &data)?;
    if resolves {
        pager_duty::resolve(ctx, &row.account, &row.id)?;
    }
    Ok(())
}

/// A changed attribute of an incident, as timeline events tell it.
pub fn attribute(name: &str, value: impl Into<String>) -> serde_json::Value {
    json!({"attributeName": name, "newValue": value.into()})
}
