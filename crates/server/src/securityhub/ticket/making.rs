//! The job's side of a ticket: what is to be made, and what came of it.

use balefire_store::Kept;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{State, Ticket, find};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::connector::{self, Connector, Detail};

/// The kind of the job that makes a ticket.
pub const MAKE: &str = "create-ticket";
/// Whoever asked has gone by then, and would be surprised by a ticket.
const MADE_WITHIN_MS: i64 = 20_000;

/// The job's payload.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    region: String,
    /// Our id of the ticket.
    pub ticket: String,
    connector: String,
    pub summary: String,
    pub description: String,
    /// After this a fault that may pass is final.
    pub until_ms: i64,
}

/// What came of a ticket.
pub enum Made {
    Ticket { id: String, url: String },
    Refused(String),
}

impl Order {
    pub fn new(ctx: &Ctx<'_, '_>, ticket: &Ticket, summary: String, description: String) -> Order {
        Order {
            region: ctx.region.into(),
            ticket: ticket.id.clone(),
            connector: ticket.connector.clone(),
            summary,
            description,
            until_ms: ctx.now.0.saturating_add(MADE_WITHIN_MS),
        }
    }
}

pub fn leave(ctx: &mut Ctx<'_, '_>, connector: &Connector, order: &Order) -> Result<(), Failure> {
    ctx.leave_job(&connector.account, MAKE, &connector.subject(), order)
}

/// The order of a job, and the connector's name and system. Nothing, where the ticket is settled or the
/// connector gone.
pub fn to_make(
    ctx: &mut Ctx<'_, '_>,
    payload: &[u8],
) -> Result<Option<(Order, String, Detail)>, Failure> {
    let order: Order = serde_json::from_slice(payload)?;
    if asked(ctx, &order)?.is_none() {
        return Ok(None);
    }
    let system = connector::system(ctx, &order.connector)?;
    Ok(system.map(|(name, detail)| (order, name, detail)))
}

/// Keeps what came of a ticket.
pub fn made(ctx: &mut Ctx<'_, '_>, payload: &[u8], made: Made) -> Result<(), Failure> {
    let order: Order = serde_json::from_slice(payload)?;
    let Some(mut row) = asked(ctx, &order)? else {
        return Ok(());
    };
    let finding = row.finding.clone();
    let (kind, body) = match made {
        Made::Ticket { id, url } => {
            let body = json!({"ticket": order.ticket, "finding": finding, "id": id, "url": url});
            row.state = State::Made;
            (row.ticket_id, row.url) = (id, url);
            ("ticket.created", body)
        }
        Made::Refused(reason) => {
            let body = json!({"ticket": order.ticket, "finding": finding, "reason": reason});
            row.state = State::Refused;
            row.reason = reason;
            ("ticket.refused", body)
        }
    };
    ctx.tx.replace(&mut row)?;
    let arn = connector::arn_of(&order.region, &row.account, &order.connector);
    ctx.changed(kind, &arn, &body)
}

fn asked(ctx: &mut Ctx<'_, '_>, order: &Order) -> Result<Option<Kept<Ticket>>, Failure> {
    Ok(find(ctx, &order.ticket)?.filter(|ticket| ticket.state == State::Asked))
}
