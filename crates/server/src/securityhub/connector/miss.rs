//! Findings that got no ticket though a rule wanted one: counted, and told with the health for a day.

use balefire_api::Timestamp;
use balefire_store::{Error, Kept, Record, Row, Table, Value};

use super::{Connector, find};
use crate::context::Ctx;
use crate::failure::Failure;

/// How long after the last of them they are told.
const TOLD_MS: i64 = 24 * 60 * 60 * 1000;
/// Rules that are told of.
const RULES_MAX: usize = 5;
const NAME_CHARS_MAX: usize = 100;
const LATEST: &str = "SELECT account, region, connector, rule, rule_name, reason, finding_count, since_ms, \
                      last_ms FROM connector_miss WHERE account = $1 AND region = $2 AND connector = $3 \
                      AND last_ms >= $4 ORDER BY last_ms DESC, rule";
const FORGET: &str = "DELETE FROM connector_miss WHERE account = $1 AND region = $2 AND connector = $3 \
                      AND last_ms < $4";

/// What a rule missed.
pub struct Missed<'a> {
    pub rule_arn: &'a str,
    pub rule_name: &'a str,
    pub finding_count: usize,
    pub reason: &'a str,
}

/// What a rule missed of late, of a connector.
struct Miss {
    account: String,
    region: String,
    connector: String,
    rule: String,
    rule_name: String,
    /// Why the last of them got none.
    reason: String,
    finding_count: i64,
    since_ms: i64,
    last_ms: i64,
}

impl Record for Miss {
    const TABLE: Table = Table {
        name: "connector_miss",
        key: &["account", "region", "connector", "rule"],
        columns: &[
            "rule_name",
            "reason",
            "finding_count",
            "since_ms",
            "last_ms",
        ],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.region).into(),
            (&self.connector).into(),
            (&self.rule).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.rule_name).into(),
            (&self.reason).into(),
            self.finding_count.into(),
            self.since_ms.into(),
            self.last_ms.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Miss {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            connector: row.text(2)?.into(),
            rule: row.text(3)?.into(),
            rule_name: row.text(4)?.into(),
            reason: row.text(5)?.into(),
            finding_count: row.int(6)?,
            since_ms: row.int(7)?,
            last_ms: row.int(8)?,
        })
    }
}

/// Counts what a rule missed of the caller's connector, if that is still there.
pub fn missed(ctx: &mut Ctx<'_, '_>, id: &str, missed: &Missed<'_>) -> Result<(), Failure> {
    let Some(connector) = find(ctx, id)? else {
        return Ok(());
    };
    forget_until(ctx, &connector, ctx.now.0 - TOLD_MS)?;
    let mut key = connector.key();
    key.push(missed.rule_arn.into());
    let kept: Option<Kept<Miss>> = ctx.tx.get(&key)?;
    let count = i64::try_from(missed.finding_count).unwrap_or(i64::MAX);
    match kept {
        Some(mut kept) => {
            kept.rule_name = missed.rule_name.to_owned();
            kept.reason = missed.reason.to_owned();
            kept.finding_count = kept.finding_count.saturating_add(count);
            kept.last_ms = ctx.now.0;
            ctx.tx.replace(&mut kept)?;
        }
        None if count > 0 => ctx.tx.insert(&Miss {
            account: connector.account.clone(),
            region: connector.region.clone(),
            connector: connector.id.clone(),
            rule: missed.rule_arn.to_owned(),
            rule_name: missed.rule_name.to_owned(),
            reason: missed.reason.to_owned(),
            finding_count: count,
            since_ms: ctx.now.0,
            last_ms: ctx.now.0,
        })?,
        None => {}
    }
    Ok(())
}

/// What rules missed of a connector within a day, the latest first.
pub fn told(ctx: &mut Ctx<'_, '_>, connector: &Connector) -> Result<Option<String>, Failure> {
    let mut params = connector.key();
    params.push((ctx.now.0 - TOLD_MS).into());
    let rows = ctx.tx.query(LATEST, &params)?;
    let missed: Vec<Miss> = rows.iter().map(Miss::from_row).collect::<Result<_, _>>()?;
    if missed.is_empty() {
        return Ok(None);
    }
    let mut said: Vec<String> = missed.iter().take(RULES_MAX).map(Miss::told).collect();
    if missed.len() > RULES_MAX {
        let more = missed.len() - RULES_MAX;
        said.push(format!("Further rules with such findings: {more}."));
    }
    Ok(Some(said.join(" ")))
}

/// Nothing is told of a connector that is gone.
pub fn forget(ctx: &mut Ctx<'_, '_>, connector: &Connector) -> Result<(), Failure> {
    forget_until(ctx, connector, i64::MAX)
}

fn forget_until(
    ctx: &mut Ctx<'_, '_>,
    connector: &Connector,
    until_ms: i64,
) -> Result<(), Failure> {
    let mut params = connector.key();
    params.push(until_ms.into());
    ctx.tx.execute(FORGET, &params)?;
    Ok(())
}

impl Miss {
    fn told(&self) -> String {
        let findings = match self.finding_count {
            1 => "1 finding".to_owned(),
            count => format!("{count} findings"),
        };
        let since = Timestamp(self.since_ms).date_time();
        let name: String = self.rule_name.chars().take(NAME_CHARS_MAX).collect();
        // What a system has answered may be of many lines.
        let (name, reason) = (one_line(&name), one_line(&self.reason));
        let reason = reason.trim_end_matches('.');
        format!("Since {since}, {findings} of the rule \"{name}\" got no ticket: {reason}.")
    }
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}
