//! Tickets that were made of findings in the systems of connectors.

mod by_rule;
mod create_ticket_v2;
mod making;
mod text;

pub use by_rule::ask_by_rule;
pub use create_ticket_v2::{create_ticket_v2, outcome};
pub use making::{MAKE, Made, made, to_make};

use balefire_store::{Error, Kept, Record, Row, Table, Value};

use crate::context::Ctx;
use crate::failure::Failure;

/// What a ticket is called in errors.
const KIND: &str = "TICKET_V2";

/// A ticket that was asked for.
pub struct Ticket {
    pub account: String,
    /// Ours, by which the other system knows a repeated attempt.
    pub id: String,
    /// The connector's id.
    connector: String,
    /// The finding's `metadata.uid`; empty where it is the test finding's.
    finding: String,
    state: State,
    /// The other system's, empty until it is made.
    ticket_id: String,
    url: String,
    /// Why it was not made.
    reason: String,
    /// The ARN of the rule that asked for it; empty where a call did.
    rule: String,
    asked_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Asked,
    Made,
    Refused,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            State::Asked => "ASKED",
            State::Made => "MADE",
            State::Refused => "REFUSED",
        }
    }
}

impl Record for Ticket {
    const TABLE: Table = Table {
        name: "ticket",
        key: &["account", "id"],
        columns: &[
            "connector",
            "finding",
            "state",
            "ticket_id",
            "url",
            "reason",
            "rule",
            "asked_ms",
        ],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into(), (&self.id).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.connector).into(),
            (&self.finding).into(),
            self.state.as_str().into(),
            (&self.ticket_id).into(),
            (&self.url).into(),
            (&self.reason).into(),
            (&self.rule).into(),
            self.asked_ms.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        let state = match row.text(4)? {
            "MADE" => State::Made,
            "REFUSED" => State::Refused,
            _ => State::Asked,
        };
        Ok(Ticket {
            account: row.text(0)?.into(),
            id: row.text(1)?.into(),
            connector: row.text(2)?.into(),
            finding: row.text(3)?.into(),
            state,
            ticket_id: row.text(5)?.into(),
            url: row.text(6)?.into(),
            reason: row.text(7)?.into(),
            rule: row.text(8)?.into(),
            asked_ms: row.int(9)?,
        })
    }
}

/// The caller's ticket with this id of ours.
fn find(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<Option<Kept<Ticket>>, Failure> {
    let key = [ctx.account().into(), id.into()];
    Ok(ctx.tx.get(&key)?)
}
