//! Tickets of what an automation rule matches: one for each finding, and a bounded number of them.

use std::collections::BTreeMap;

use balefire_store::{Kept, Value};
use serde_json::json;

use super::making::{self, Asked};
use super::{State, text};
use crate::access::Account;
use crate::context::{Ctx, Visible};
use crate::failure::Failure;
use crate::securityhub::automation_rule::{ASK_RULE_TICKETS, TicketsWanted};
use crate::securityhub::connector::{self, Connector, Missed};
use crate::securityhub::finding;

/// Tickets that a rule asks for in an hour. What comes beyond gets none, and that is told.
const ASKED_PER_HOUR: usize = 100;
const HOUR_MS: i64 = 60 * 60 * 1000;
/// What is open is asked again so much later.
const AGAIN_MS: i64 = 10_000;
/// What a call asked for comes to something long before.
const CALL_MS: i64 = 10 * 60 * 1000;
/// How many findings one statement looks up.
const LOOKUP: usize = 50;
const ASKED_SINCE: &str =
    "SELECT COUNT(*) FROM ticket WHERE account = $1 AND rule = $2 AND asked_ms > $3";

/// Asks for a ticket of each finding that has none of the connector, as far as the rule has room. What is
/// open by then is asked again: a call may be refused, and another rule may have room.
pub fn ask_by_rule(ctx: &mut Ctx<'_, '_>, wanted: TicketsWanted) -> Result<(), Failure> {
    let Some(connector) = connector::by_arn(ctx, &wanted.connector_arn)? else {
        let reason = "there is no such connector in the rule's account and region";
        return miss(ctx, &wanted, None, &wanted.uids, reason);
    };
    let mut known = tickets_of(ctx, &connector, &wanted.uids)?;
    let (mut new, mut open) = (Vec::new(), Vec::new());
    for uid in &wanted.uids {
        match known.insert(uid.clone(), Standing::Settled) {
            None => new.push(uid.clone()),
            Some(Standing::Open) => open.push(uid.clone()),
            Some(Standing::Settled) => {}
        }
    }
    if let Some(reason) = connector.unfit()? {
        miss(ctx, &wanted, Some(&connector), &new, &reason)?;
        return ask_again(ctx, wanted, open);
    }
    let room = ASKED_PER_HOUR.saturating_sub(asked_of_late(ctx, &wanted)?);
    let (taken, left_out) = new.split_at(room.min(new.len()));
    let unseen = ask(ctx, &connector, &wanted, taken)?;
    let reason = "the finding is not there any more";
    miss(ctx, &wanted, Some(&connector), &unseen, reason)?;
    if wanted.again {
        let reason = format!("a rule asks for at most {ASKED_PER_HOUR} tickets in an hour");
        miss(ctx, &wanted, Some(&connector), left_out, &reason)?;
    } else {
        open.extend_from_slice(left_out);
    }
    ask_again(ctx, wanted, open)
}

fn ask_again(
    ctx: &mut Ctx<'_, '_>,
    wanted: TicketsWanted,
    open: Vec<String>,
) -> Result<(), Failure> {
    if open.is_empty() {
        return Ok(());
    }
    let account = ctx.account().to_owned();
    let rest = TicketsWanted {
        uids: open,
        again: true,
        ..wanted
    };
    let (kind, subject) = (ASK_RULE_TICKETS, rest.rule_arn.as_str());
    ctx.leave_job_in(AGAIN_MS, &account, kind, subject, &rest)
}

/// Asks for the tickets, and gives the findings that the rule's account does not see.
fn ask(
    ctx: &mut Ctx<'_, '_>,
    connector: &Connector,
    wanted: &TicketsWanted,
    uids: &[String],
) -> Result<Vec<String>, Failure> {
    let caller = ctx.caller;
    let account: Option<Kept<Account>> = ctx.tx.get(&[(&caller.account).into()])?;
    // A job has its account's name, and not its rights.
    let visible = match account {
        Some(account) if account.administrator => Visible::Organization,
        _ => Visible::Account(&caller.account),
    };
    let mut unseen = Vec::new();
    for uid in uids {
        let Some(document) = finding::visible_document(ctx.tx, visible, uid)? else {
            unseen.push(uid.clone());
            continue;
        };
        let asked = Asked {
            finding: uid.clone(),
            text: text::of(&document, Some(&wanted.rule_name)),
            rule: Some((&wanted.rule_arn, &wanted.rule_name)),
        };
        making::ask(ctx, connector, asked)?;
    }
    Ok(unseen)
}

/// How a finding stands with a connector. One that has no ticket, and gets none, has no standing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Standing {
    /// A call asked, which may be refused, and then nobody hears of it but its caller.
    Open,
    /// It has a ticket, or a rule has asked for one.
    Settled,
}

/// Where findings have a ticket of the connector, made or asked for, by whomever.
fn tickets_of(
    ctx: &mut Ctx<'_, '_>,
    connector: &Connector,
    uids: &[String],
) -> Result<BTreeMap<String, Standing>, Failure> {
    let marks: Vec<String> = (3..3 + LOOKUP).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT finding, state, rule, asked_ms FROM ticket WHERE account = $1 AND connector = $2 \
         AND state <> 'REFUSED' AND finding IN ({})",
        marks.join(", ")
    );
    let mut known = BTreeMap::new();
    for chunk in uids.chunks(LOOKUP) {
        // One text for every number of findings, as the last one may be asked for again.
        let padded = chunk.iter().chain(std::iter::repeat(&chunk[0]));
        let mut params: Vec<Value> = vec![(&connector.account).into(), (&connector.id).into()];
        params.extend(padded.take(LOOKUP).map(Value::from));
        for row in ctx.tx.query(&sql, &params)? {
            let is_a_calls = row.text(1)? != State::Made.as_str() && row.text(2)?.is_empty();
            let finding = row.text(0)?.to_owned();
            if !is_a_calls {
                known.insert(finding, Standing::Settled);
            } else if row.int(3)? > ctx.now.0 - CALL_MS {
                known.entry(finding).or_insert(Standing::Open);
            }
        }
    }
    Ok(known)
}

fn asked_of_late(ctx: &mut Ctx<'_, '_>, wanted: &TicketsWanted) -> Result<usize, Failure> {
    let params = [
        ctx.account().into(),
        (&wanted.rule_arn).into(),
        (ctx.now.0 - HOUR_MS).into(),
    ];
    let rows = ctx.tx.query(ASKED_SINCE, &params)?;
    let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Findings that get no ticket must not be passed over unseen.
fn miss(
    ctx: &mut Ctx<'_, '_>,
    wanted: &TicketsWanted,
    connector: Option<&Connector>,
    uids: &[String],
    reason: &str,
) -> Result<(), Failure> {
    let (rule, target, count) = (&wanted.rule_arn, &wanted.connector_arn, uids.len());
    if count == 0 {
        return Ok(());
    }
    tracing::warn!(
        rule,
        target,
        count,
        "findings matched an automation rule and get no ticket: {reason}"
    );
    let body = json!({"target": target, "reason": reason, "findingCount": count, "findings": uids});
    ctx.changed("automation_rule.target_missed", rule, &body)?;
    let Some(connector) = connector else {
        return Ok(());
    };
    let missed = Missed {
        rule_arn: rule,
        rule_name: &wanted.rule_name,
        finding_count: count,
        reason,
    };
    connector::missed(ctx, &connector.id, &missed)
}
