//! The job that makes a ticket in a connector's system.

#[cfg(test)]
pub(super) mod tests;

use balefire_store::Job;

use super::check_connector::system;
use super::work::{Answered, Errand};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::outside::Call;
use crate::outside::connector::ticket::{Draft, Written};
use crate::securityhub::ticket::{self, Made};

pub const ERRAND: Errand = Errand {
    prepare,
    settle,
    marks: true,
};

fn prepare(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<Option<Call>, Failure> {
    let Some(ticket) = ticket::to_make(ctx, &job.payload)? else {
        return Ok(None);
    };
    Ok(system(ticket.detail).map(|system| {
        Call::CreateTicket(Draft {
            name: ticket.name,
            system,
            key: ticket.ticket,
            summary: ticket.summary,
            description: ticket.description,
            until_ms: ticket.until_ms,
            again: job.attempts > 1 || ticket.was_given_up,
            last_fault: job.last_error.clone(),
        })
    }))
}

/// That the system refuses is told to whoever called, and no fault of the job's: nobody waits for a later
/// try. What a rule asked for comes here as a fault when the job is given up, and may be tried again.
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
