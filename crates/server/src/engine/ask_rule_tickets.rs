//! The job that asks for the tickets that an automation rule wants.

#[cfg(test)]
mod tests;

use balefire_store::Job;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::automation_rule::TicketsWanted;
use crate::securityhub::ticket;

pub fn ask_rule_tickets(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let wanted: TicketsWanted = serde_json::from_slice(&job.payload)?;
    ticket::ask_by_rule(ctx, wanted)
}
