//! The changes of each day: collected while a request runs, and written once at its end.

use std::collections::BTreeMap;

use balefire_store::{Row, Tx, Value};
use sha2::{Digest, Sha256};

use super::{Fields, SEVERITIES, State, day_of};
use crate::context::{Ctx, Visible};
use crate::failure::Failure;
use crate::securityhub::finding::Filters;

/// Rows that are in memory at once.
const CHUNK: i64 = 1000;
const COUNTERS: [&str; SEVERITIES] = [
    "severity_unknown",
    "severity_informational",
    "severity_low",
    "severity_medium",
    "severity_high",
    "severity_critical",
    "severity_fatal",
    "severity_other",
];

/// Counts by severity; as changes they may be negative.
pub type Counts = [i64; SEVERITIES];

/// What a request changes. Most of it adds up: a thousand findings that are alike are one row.
#[derive(Debug, Default)]
pub struct Changes {
    /// By account, and by the fields.
    ///
    /// Invariant: in order, so that two transactions never wait for each other's rows in a circle.
    rows: BTreeMap<(String, Fields), Counts>,
}

impl Changes {
    /// A finding comes, or goes from one state to another.
    pub fn take(&mut self, before: Option<State>, after: State) -> Result<(), Failure> {
        if before.as_ref() == Some(&after) {
            return Ok(());
        }
        if let Some(before) = before {
            self.add(before, -1);
        }
        self.add(after, 1);
        Ok(())
    }

    fn add(&mut self, state: State, count: i64) {
        let counts = self.rows.entry((state.account, state.fields));
        counts.or_default()[state.severity] += count;
    }

    /// Adds the changes to those of the day.
    pub fn record(self, ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
        let sql = add_sql();
        for ((account, fields), counts) in self.rows {
            if counts == [0; SEVERITIES] {
                continue;
            }
            let fields = serde_json::to_string(&fields)?;
            let mut params: Vec<Value> = vec![
                account.into(),
                day_of(ctx.now.0).into(),
                dimension(&fields).into(),
                fields.into(),
            ];
            params.extend(counts.map(Value::from));
            ctx.tx.execute(&sql, &params)?;
        }
        Ok(())
    }
}

/// Half of a SHA-256 in hexadecimal digits.
fn dimension(fields: &str) -> String {
    let hash = Sha256::digest(fields);
    hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn add_sql() -> String {
    let sums = COUNTERS.map(|name| format!("{name} = finding_trend.{name} + excluded.{name}"));
    format!(
        "INSERT INTO finding_trend (account, day, dimension, fields, {}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (account, day, dimension) DO UPDATE SET {}",
        COUNTERS.join(", "),
        sums.join(", ")
    )
}

/// The changes of all days up to one, by day: of findings that may be seen and that filters match.
/// Without filters the engine adds them up.
pub fn changes_until(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    filters: Option<&Filters>,
    last_day: i64,
) -> Result<BTreeMap<i64, Counts>, Failure> {
    let (first, end) = match visible {
        Visible::Organization => ("", ":"),
        Visible::Account(account) => (account, account),
    };
    let Some(filters) = filters else {
        return sums_until(tx, (first, end), last_day);
    };
    let sql = format!(
        "SELECT account, day, dimension, fields, {} FROM finding_trend \
         WHERE (account, day, dimension) > ($1, $2, $3) AND account <= $4 AND day <= $5 \
         ORDER BY account, day, dimension LIMIT $6",
        COUNTERS.join(", ")
    );
    let mut days = BTreeMap::new();
    let mut after = [Value::from(first), Value::from(i64::MIN), Value::from("")];
    loop {
        let mut params = Vec::from(after);
        params.extend([end.into(), last_day.into(), CHUNK.into()]);
        let rows = tx.query(&sql, &params)?;
        for row in &rows {
            let fields: serde_json::Value = serde_json::from_str(row.text(3)?)?;
            if visible.includes(row.text(0)?) && filters.matches(&fields) {
                add(&mut days, row.int(1)?, row, 4)?;
            }
        }
        match rows.last() {
            Some(last) if rows.len() as i64 == CHUNK => {
                after = [
                    last.text(0)?.into(),
                    last.int(1)?.into(),
                    last.text(2)?.into(),
                ];
            }
            _ => return Ok(days),
        }
    }
}

fn sums_until(
    tx: &mut Tx<'_>,
    (first, end): (&str, &str),
    last_day: i64,
) -> Result<BTreeMap<i64, Counts>, Failure> {
    let sums = COUNTERS.map(|name| format!("CAST(SUM({name}) AS BIGINT)"));
    let sql = format!(
        "SELECT day, {} FROM finding_trend WHERE account >= $1 AND account <= $2 AND day <= $3 GROUP BY day",
        sums.join(", ")
    );
    let mut days = BTreeMap::new();
    for row in tx.query(&sql, &[first.into(), end.into(), last_day.into()])? {
        add(&mut days, row.int(0)?, &row, 1)?;
    }
    Ok(days)
}

/// Adds the counters of a row, from a place on, to those of a day.
fn add(days: &mut BTreeMap<i64, Counts>, day: i64, row: &Row, first: usize) -> Result<(), Failure> {
    let counts = days.entry(day).or_default();
    for (place, count) in counts.iter_mut().enumerate() {
        *count += row.int(first + place)?;
    }
    Ok(())
}
