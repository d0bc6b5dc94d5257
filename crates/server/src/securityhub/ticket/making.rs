//! A ticket's way: asked for, made or refused by a job.

use balefire_store::{Kept, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{State, Ticket, find};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::connector::{self, Connector, Detail, Missed};

/// The kind of the job that makes a ticket.
pub const MAKE: &str = "create-ticket";
/// After this no attempt begins. Whoever called is answered in 20 seconds: what was begun has some time to
/// end, and if its answer was lost, the ticket is looked for once more.
const MADE_WITHIN_MS: i64 = 13_000;
const IS_ALIVE: &str = "SELECT id FROM ticket WHERE account = $1 AND finding = $2 AND connector = $3 \
                        AND state <> 'REFUSED' LIMIT 1";
const IS_MADE: &str = "SELECT id FROM ticket WHERE account = $1 AND finding = $2 AND connector = $3 \
                       AND state = 'MADE' LIMIT 1";

/// What a ticket is asked for.
pub struct Asked<'a> {
    /// Empty where it is the test finding's.
    pub finding: String,
    /// Summary and description.
    pub text: (String, String),
    /// The ARN and name of the rule, where no call asks.
    pub rule: Option<(&'a str, &'a str)>,
}

/// The job's payload.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    region: String,
    /// Our id of the ticket.
    ticket: String,
    connector: String,
    summary: String,
    description: String,
    /// After this a fault that may pass is final. Nobody waits for what a rule has asked for.
    #[serde(default, alias = "until_ms")]
    answer_by_ms: Option<i64>,
    #[serde(default)]
    rule_name: String,
}

/// What a job is to make.
pub struct ToMake {
    /// The connector's name and system.
    pub name: String,
    pub detail: Detail,
    /// Our id of the ticket.
    pub ticket: String,
    pub summary: String,
    pub description: String,
    pub until_ms: Option<i64>,
    /// It was given up before, and may have been made nevertheless.
    pub was_given_up: bool,
}

/// What came of a ticket.
pub enum Made {
    Ticket { id: String, url: String },
    Refused(String),
}

/// Leaves the job that makes a ticket; gives our id of it.
pub fn ask(
    ctx: &mut Ctx<'_, '_>,
    connector: &Connector,
    asked: Asked<'_>,
) -> Result<String, Failure> {
    let (summary, description) = asked.text;
    let (rule, rule_name) = asked.rule.unwrap_or_default();
    let ticket = Ticket {
        account: connector.account.clone(),
        id: ctx.new_id(),
        connector: connector.id.clone(),
        finding: asked.finding,
        state: State::Asked,
        ticket_id: String::new(),
        url: String::new(),
        reason: String::new(),
        rule: rule.to_owned(),
        asked_ms: ctx.now.0,
    };
    ctx.tx.insert(&ticket)?;
    let until_ms = ctx.now.0.saturating_add(MADE_WITHIN_MS);
    let order = Order {
        region: ctx.region.into(),
        ticket: ticket.id.clone(),
        connector: ticket.connector.clone(),
        summary,
        description,
        answer_by_ms: asked.rule.is_none().then_some(until_ms),
        rule_name: rule_name.to_owned(),
    };
    ctx.leave_job(&connector.account, MAKE, &connector.subject(), &order)?;
    ctx.changed("ticket.asked", &connector.arn(), &told(&ticket))?;
    Ok(ticket.id)
}

/// What a job is to make. Nothing, where the ticket is settled, or its connector gone: then it is refused.
pub fn to_make(ctx: &mut Ctx<'_, '_>, payload: &[u8]) -> Result<Option<ToMake>, Failure> {
    let order: Order = serde_json::from_slice(payload)?;
    let Some(row) = unmade(ctx, &order)? else {
        return Ok(None);
    };
    let Some((name, detail)) = connector::system(ctx, &order.connector)? else {
        made(
            ctx,
            payload,
            Made::Refused("The connector was deleted.".into()),
        )?;
        return Ok(None);
    };
    Ok(Some(ToMake {
        name,
        detail,
        ticket: order.ticket,
        summary: order.summary,
        description: order.description,
        until_ms: order.answer_by_ms,
        was_given_up: row.state == State::Refused,
    }))
}

/// Keeps what came of a ticket.
pub fn made(ctx: &mut Ctx<'_, '_>, payload: &[u8], made: Made) -> Result<(), Failure> {
    let order: Order = serde_json::from_slice(payload)?;
    let Some(mut row) = unmade(ctx, &order)? else {
        return Ok(());
    };
    let mut body = told(&row);
    let kind = match made {
        Made::Ticket { id, url } => {
            body["id"] = id.as_str().into();
            body["url"] = url.as_str().into();
            row.state = State::Made;
            (row.ticket_id, row.url, row.reason) = (id, url, String::new());
            "ticket.created"
        }
        Made::Refused(reason) => {
            body["reason"] = reason.as_str().into();
            if !row.rule.is_empty() {
                // Nobody waits for the answer.
                let of = [&row.account, &row.finding, &row.connector].map(Value::from);
                let has_other = !ctx.tx.query(IS_MADE, &of)?.is_empty();
                let (rule, finding) = (&row.rule, &row.finding);
                tracing::warn!(rule, finding, "a rule's ticket was not made: {reason}");
                let missed = Missed {
                    rule_arn: &row.rule,
                    rule_name: &order.rule_name,
                    finding_count: usize::from(row.state == State::Asked && !has_other),
                    reason: &reason,
                };
                connector::missed(ctx, &order.connector, &missed)?;
            }
            row.state = State::Refused;
            row.reason = reason;
            "ticket.refused"
        }
    };
    ctx.tx.replace(&mut row)?;
    let arn = connector::arn_of(&order.region, &row.account, &order.connector);
    ctx.changed(kind, &arn, &body)
}

/// The ticket of an order, while it is to be made: it is asked for; or a rule asked, it was given up, the
/// job was revived, and the finding has got no other of the connector.
fn unmade(ctx: &mut Ctx<'_, '_>, order: &Order) -> Result<Option<Kept<Ticket>>, Failure> {
    let Some(row) = find(ctx, &order.ticket)? else {
        return Ok(None);
    };
    let is_unmade = match row.state {
        State::Asked => true,
        State::Made => false,
        State::Refused if row.rule.is_empty() => false,
        State::Refused => {
            let of = [&row.account, &row.finding, &row.connector].map(Value::from);
            ctx.tx.query(IS_ALIVE, &of)?.is_empty()
        }
    };
    Ok(is_unmade.then_some(row))
}

/// What every change of a ticket says.
fn told(ticket: &Ticket) -> Json {
    let mut body = json!({"ticket": ticket.id, "finding": ticket.finding});
    if !ticket.rule.is_empty() {
        body["rule"] = ticket.rule.as_str().into();
    }
    body
}
