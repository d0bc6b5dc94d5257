//! The order in which PagerDuty is told: only the first step of an incident has a job.

use balefire_store::{Kept, Record};
use serde::{Deserialize, Serialize};

use super::{Kind, PagerDutyIncident, Step, find, step};
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
    /// What the step is, should the job be revived after it was given up. A version before left neither.
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    body: String,
}

/// What a job is to tell.
pub struct Next {
    pub row: Kept<PagerDutyIncident>,
    pub step: Step,
    /// Others wait for it; else it was given up and made place for them, and somebody has revived its job.
    pub in_line: bool,
}

/// What a job is about, unless there is nothing to tell any more.
pub fn next_of(ctx: &mut Ctx<'_, '_>, told: Told) -> Result<Option<Next>, Failure> {
    let Some(row) = find(ctx, &told.account, &told.incident)? else {
        return Ok(None);
    };
    let key = [&told.account, &told.incident, &told.step].map(Into::into);
    if let Some(kept) = ctx.tx.get::<Step>(&key)? {
        let (step, in_line) = (kept.record, true);
        return Ok(Some(Next { row, step, in_line }));
    }
    // One that opens never leaves the line undone.
    let Some(kind) = told.kind.filter(|kind| *kind != Kind::Open) else {
        return Ok(None);
    };
    let step = Step {
        account: told.account,
        incident: told.incident,
        id: told.step,
        kind,
        body: told.body,
    };
    let in_line = false;
    Ok(Some(Next { row, step, in_line }))
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
        None => Ok(()),
    }
}

fn leave_job(ctx: &mut Ctx<'_, '_>, row: &PagerDutyIncident, step: &Step) -> Result<(), Failure> {
    let told = Told {
        account: row.account.clone(),
        region: ctx.region.to_owned(),
        incident: row.incident.clone(),
        step: step.id.clone(),
        kind: Some(step.kind),
        body: step.body.clone(),
    };
    ctx.leave_job(
        &row.account,
        TELL,
        &format!("pagerduty/{}", row.secret_id),
        &told,
    )
}
