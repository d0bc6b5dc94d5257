//! The job that tells PagerDuty the next thing of an incident.

#[cfg(test)]
mod tests;

use balefire_store::Job;

use super::work::{Answered, Errand};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;
use crate::incidents::pager_duty::{self, Kind, Next, Told};
use crate::outside::Call;
use crate::outside::pager_duty::{self as outside, Act};

pub const ERRAND: Errand = Errand {
    prepare,
    settle,
    marks: false,
};

fn prepare(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<Option<Call>, Failure> {
    let Some(Next { row, step, .. }) = next(ctx, job)? else {
        return Ok(None);
    };
    let incident = Incident::find(ctx, &row.account, &row.incident)?;
    let (service_id, key, id) = (&row.service_id, &row.incident, row.id.clone());
    let act = match (step.kind, incident) {
        (Kind::Open, Some(incident)) => {
            let record = incident.record()?;
            Act::Open {
                service_id: service_id.clone(),
                key: key.clone(),
                details: format!("{}\nimpact: {}", record.arn, record.impact),
                title: record.title,
            }
        }
        // It was deleted before an attempt to open it was known to have come through.
        (Kind::Open, None) => Act::Withdraw {
            service_id: service_id.clone(),
            key: key.clone(),
        },
        (Kind::Note, _) => Act::Note {
            id,
            text: step.body,
        },
        (Kind::Resolve, _) => Act::Resolve { id },
    };
    Ok(Some(Call::PagerDuty(outside::Step {
        secret_id: row.secret_id.clone(),
        act,
    })))
}

/// Where opening fails, the steps stay: should a person revive the job, they follow it. Any other step that
/// is given up lets the next ones pass, and is told out of the line when it is revived.
fn settle(ctx: &mut Ctx<'_, '_>, job: &Job, answered: Answered) -> Result<(), Failure> {
    let Some(Next {
        mut row,
        step,
        in_line,
    }) = next(ctx, job)?
    else {
        return Ok(());
    };
    let opens = step.kind == Kind::Open;
    let reply = match answered {
        Ok(reply) => reply,
        Err(fault) => {
            if in_line && !opens {
                pager_duty::pop(ctx, &mut row, &step)?;
            }
            return row.failed(ctx, &step, &fault.reason);
        }
    };
    if !opens {
        if in_line {
            pager_duty::pop(ctx, &mut row, &step)?;
        }
        return pager_duty::done(ctx, &row);
    }
    let Some(id) = reply["id"].as_str() else {
        // It was withdrawn, and with it all that was to follow.
        return pager_duty::forget(ctx, &row);
    };
    row.record.id = id.to_owned();
    pager_duty::pop(ctx, &mut row, &step)?;
    row.opened(ctx, reply["url"].as_str())
}

fn next(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<Option<Next>, Failure> {
    let told: Told = serde_json::from_slice(&job.payload)?;
    pager_duty::next_of(ctx, told)
}
