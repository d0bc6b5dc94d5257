//! What trends lack: findings that came before they were counted, or that were counted in other words.
//!
//! Invariant: every change of a finding is counted in its own transaction, so what trends lack stays the same
//! whatever changes. It may be found in a snapshot and added later; a store that lacks nothing gets nothing.

use std::ops::Range;

use balefire_store::Tx;

use super::day_of;
use super::days::Added;
use super::history::{Counts, FINDINGS};
use crate::context::Visible;
use crate::failure::Failure;
use crate::securityhub::finding::{Passing, account_of, counted_state, end_of, scan_rows};

/// The job that adds what is lacking of one account. A migration leaves the first.
pub const COUNT_STANDING: &str = "trends.standing";

/// What trends lack of an account's findings.
pub struct Missing {
    account: String,
    /// By the fields as JSON.
    rows: Vec<(String, Counts)>,
}

/// What trends lack of the first account behind a uid; nothing, where there is none. It reads all findings of
/// the account.
pub fn missing(tx: &mut Tx<'_>, behind: &str) -> Result<Option<Missing>, Failure> {
    let sql = "SELECT uid FROM finding WHERE uid > $1 ORDER BY uid LIMIT 1";
    let first = tx.query(sql, &[behind.into()])?;
    let Some(row) = first.first() else {
        return Ok(None);
    };
    let account = account_of(row.text(0)?).unwrap_or_default().to_owned();
    let mut rows = FINDINGS.sums(tx, &account)?;
    for counts in rows.values_mut() {
        *counts = counts.map(|count| -count);
    }
    let is_there = |finding: Passing<'_>| {
        let state = counted_state(&account, &finding.text, finding.edit.as_ref())?;
        let fields = serde_json::to_string(&state.fields)?;
        rows.entry(fields).or_default()[state.severity] += 1;
        Ok(())
    };
    // What is not in rows yet is counted when it comes into them.
    scan_rows(tx, Visible::Account(&account), is_there)?;
    rows.retain(|_, counts| *counts != Counts::default());
    let rows = rows.into_iter().collect();
    Ok(Some(Missing { account, rows }))
}

/// Whether some of what an account lacks was added, and some was not.
pub fn is_half_added(tx: &mut Tx<'_>) -> Result<bool, Failure> {
    let rows = tx.query("SELECT account FROM trend_standing LIMIT 1", &[])?;
    Ok(!rows.is_empty())
}

impl Missing {
    pub fn row_count(&self) -> usize {
        self.rows.len()
    }

    pub fn account(&self) -> &str {
        &self.account
    }

    /// Where the next account begins.
    pub fn end(&self) -> String {
        end_of(&self.account)
    }

    /// Adds some of it to the day of now: of those before, nobody knows. Until the last of it is added,
    /// nobody is shown half of it.
    pub fn add(&self, tx: &mut Tx<'_>, now_ms: i64, range: Range<usize>) -> Result<(), Failure> {
        tx.hold([self.account()])?;
        let sql = match range.end < self.row_count() {
            true => "INSERT INTO trend_standing (account) VALUES ($1) ON CONFLICT DO NOTHING",
            false => "DELETE FROM trend_standing WHERE account = $1",
        };
        tx.execute(sql, &[self.account().into()])?;
        let mut added = Added::default();
        for (fields, counts) in &self.rows[range] {
            added.add_all(self.account.clone(), fields.clone(), *counts);
        }
        FINDINGS.record(tx, day_of(now_ms), added)
    }
}
