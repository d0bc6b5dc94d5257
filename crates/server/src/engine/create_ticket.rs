//! The job that makes a ticket in a connector's system.

#[cfg(test)]
mod tests;

use balefire_store::Job;

use super::check_connector::system;
use super::job::{Answered, Errand};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::outside::Call;
use crate::outside::connector::ticket::{Draft, Written};
use crate::securityhub::ticket::{self, Made};

pub const ERRAND: Errand = Errand {
    prepare,
    settle,
    marks: false,
};

fn prepare(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<Option<Call>, Failure> {
    let Some((order, name, detail)) = ticket::to_make(ctx, &job.payload)? else {
        return Ok(None);
    };
    Ok(system(detail).map(|system| {
        Call::CreateTicket(Draft {
            name,
            system,
            key: order.ticket,
            summary: order.summary,
            description: order.description,
            until_ms: order.until_ms,
            again: job.attempts > 1,
        })
    }))
}

/// That the system refuses is told to whoever asked, and no fault of the job's: nobody waits for a later try.
fn settle(ctx: &mut Ctx<'_, '_>, job: &Job, answered: Answered) -> Result<(), Failure> {
    let made = match answered {
        Ok(reply) => match serde_json::from_value(reply)? {
            Written::Ticket { id, url } => Made::Ticket { id, url },
            Written::Refused { reason } => Made::Refused(reason),
        },
        Err(fault) => Made::Refused(fault.reason),
    };
    ticket::made(ctx, &job.payload, made)
}
