//! The order in which PagerDuty is told: only the first step of an incident has a job.

use balefire_store::{Kept, Record};
use serde::{Deserialize, Serialize};

use super::{Kind, PagerDutyIncident, Step, find, forget, step};
use crate::context::Ctx;
use crate::failure::Failure;

/// The kind of the job that tells PagerDuty the next thing.
pub const TELL: &str = "tell-pager-duty";

/// The job's payload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    pub account: String,
    pub region: String,
    /// The incident's id.
    pub incident: String,
    /// The step's id.
    pub step: String,
}

/// The step that a job is about, unless it is done already.
pub fn step_of(
    ctx: &mut Ctx<'_, '_>,
    told: &Told,
) -> Result<Option<(Kept<PagerDutyIncident>, Step)>, Failure> {
    let Some(row) = find(ctx, &told.account, &told.incident)? else {
        return Ok(None);
    };
    let key = [&told.account, &told.incident, &told.step].map(Into::into);
    let step: Option<Kept<Step>> = ctx.tx.get(&key)?;
    Ok(step.map(|step| (row, step.record)))
}

/// Adds a step, and its job if no other step is before it.
pub fn push(
    ctx: &mut Ctx<'_, '_>,
    row: &mut Kept<PagerDutyIncident>,
    kind: Kind,
    body: String,
) -> Result<(), Failure> {
    let step = Step {
        account: row.account.clone(),
        incident: row.incident.clone(),
        id: ctx.new_id(),
        kind,
        body,
    };
    ctx.tx.insert(&step)?;
    row.record.steps += 1;
    ctx.tx.replace(row)?;
    match row.steps {
        1 => leave_job(ctx, row, &step),
        _ => Ok(()),
    }
}

/// Removes all steps but the first, whose job is there.
pub fn keep_first(ctx: &mut Ctx<'_, '_>, row: &mut Kept<PagerDutyIncident>) -> Result<(), Failure> {
    let Some(first) = step::first(ctx, &row.account, &row.incident)? else {
        return Ok(());
    };
    ctx.tx.execute(
        "DELETE FROM pager_duty_step WHERE account = $1 AND incident = $2 AND id <> $3",
        &first.key(),
    )?;
    row.record.steps = 1;
    Ok(ctx.tx.replace(row)?)
}

/// Removes the first step, which is done or given up; the next one gets its job.
pub fn pop(
    ctx: &mut Ctx<'_, '_>,
    row: &mut Kept<PagerDutyIncident>,
    done: &Step,
) -> Result<(), Failure> {
    ctx.tx.delete::<Step>(&done.key())?;
    row.record.steps -= 1;
    ctx.tx.replace(row)?;
    match step::first(ctx, &row.account, &row.incident)? {
        Some(next) => leave_job(ctx, row, &next),
        None if row.is_left_over(ctx)? => forget(ctx, row),
        None => Ok(()),
    }
}

fn leave_job(ctx: &mut Ctx<'_, '_>, row: &PagerDutyIncident, step: &Step) -> Result<(), Failure> {
    let told = Told {
        account: row.account.clone(),
        region: ctx.region.to_owned(),
        incident: row.incident.clone(),
        step: step.id.clone(),
    };
    ctx.leave_job(
        &row.account,
        TELL,
        &format!("pagerduty/{}", row.secret_id),
        &told,
    )
}
