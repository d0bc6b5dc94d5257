//! Causes: what outside sources call the thing that an incident is about, and whether it goes on.

mod resolve_cause;
#[cfg(test)]
mod tests;
mod trigger_incident;

pub use resolve_cause::resolve_cause;
pub use trigger_incident::trigger_incident;

use balefire_store::{Error, Kept, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;

/// What a cause said last of an incident.
pub struct Cause {
    account: String,
    incident: String,
    cause: String,
    /// Tells what it said from what it may say next; `None` where each time counts.
    fingerprint: Option<String>,
    firing: bool,
}

impl Record for Cause {
    const TABLE: Table = Table {
        name: "incident_cause",
        key: &["account", "incident", "cause"],
        columns: &["fingerprint", "firing"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.incident).into(),
            (&self.cause).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![self.fingerprint.as_ref().into(), self.firing.into()]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Cause {
            account: row.text(0)?.into(),
            incident: row.text(1)?.into(),
            cause: row.text(2)?.into(),
            fingerprint: row.optional_text(3)?.map(str::to_owned),
            firing: row.flag(4)?,
        })
    }
}

impl Cause {
    fn find(
        ctx: &mut Ctx<'_, '_>,
        account: &str,
        incident: &str,
        cause: &str,
    ) -> Result<Option<Kept<Cause>>, Failure> {
        Ok(ctx
            .tx
            .get(&[account.into(), incident.into(), cause.into()])?)
    }

    /// Keeps that it fires, in place of what it said before.
    fn keep(self, ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
        match Cause::find(ctx, &self.account, &self.incident, &self.cause)? {
            Some(mut known) => {
                known.record = self;
                ctx.tx.replace(&mut known)?;
            }
            None => ctx.tx.insert(&self)?,
        }
        Ok(())
    }
}

/// Whether any cause of the incident goes on.
fn any_firing(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<bool, Failure> {
    let rows = ctx.tx.query(
        "SELECT cause FROM incident_cause WHERE account = $1 AND incident = $2 AND firing = 1 LIMIT 1",
        &[(&incident.account).into(), (&incident.id).into()],
    )?;
    Ok(!rows.is_empty())
}

/// Forgets the causes of an incident that goes.
pub fn clear(ctx: &mut Ctx<'_, '_>, incident: &Incident) -> Result<(), Failure> {
    ctx.tx.execute(
        "DELETE FROM incident_cause WHERE account = $1 AND incident = $2",
        &[(&incident.account).into(), (&incident.id).into()],
    )?;
    Ok(())
}

/// Names of services are AWS's own.
fn check_source(source: &str) -> Result<(), Failure> {
    if source.starts_with("aws.") {
        let rule = "Member must not begin with 'aws.', which is kept for AWS services";
        return Err(Failure::invalid("/Source", rule));
    }
    Ok(())
}
