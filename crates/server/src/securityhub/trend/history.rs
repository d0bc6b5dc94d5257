//! The changes of findings on each day: collected while a request runs, and written once at its end.

use std::collections::BTreeMap;

use balefire_store::Tx;

use super::days::{Added, Days};
use super::{Fields, SEVERITIES, State, day_of};
use crate::context::Ctx;
use crate::failure::Failure;

/// The counters of findings.
pub const FINDINGS: Days<SEVERITIES> = Days {
    table: "finding_trend",
    counters: [
        "severity_unknown",
        "severity_informational",
        "severity_low",
        "severity_medium",
        "severity_high",
        "severity_critical",
        "severity_fatal",
        "severity_other",
    ],
};

/// Counts by severity; as changes they may be negative.
pub type Counts = [i64; SEVERITIES];

/// What a request changes. Most of it adds up: a thousand findings that are alike are one row.
#[derive(Debug, Default)]
pub struct Changes {
    /// By account, and by the fields.
    rows: BTreeMap<String, BTreeMap<Fields, Counts>>,
}

impl Changes {
    /// A finding comes, or goes from one state to another.
    pub fn take(&mut self, before: Option<&State>, after: &State) {
        if before == Some(after) {
            return;
        }
        if let Some(before) = before {
            self.add(before, -1);
        }
        self.add(after, 1);
    }

    /// Most findings are like one before, so nothing is copied to look for it.
    fn add(&mut self, state: &State, count: i64) {
        if !self.rows.contains_key(&state.account) {
            self.rows.insert(state.account.clone(), BTreeMap::new());
        }
        let Some(rows) = self.rows.get_mut(&state.account) else {
            return;
        };
        match rows.get_mut(&state.fields) {
            Some(counts) => counts[state.severity] += count,
            None => {
                let mut counts = Counts::default();
                counts[state.severity] = count;
                rows.insert(state.fields.clone(), counts);
            }
        }
    }

    /// Adds the changes to those of today.
    pub fn record(self, ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
        self.record_on(ctx.tx, day_of(ctx.now.0))
    }

    /// Adds the changes to those of a day.
    pub fn record_on(&self, tx: &mut Tx<'_>, day: i64) -> Result<(), Failure> {
        let mut added = Added::default();
        for (account, rows) in &self.rows {
            for (fields, counts) in rows {
                added.add_all(account.clone(), serde_json::to_string(fields)?, *counts);
            }
        }
        FINDINGS.record(tx, day, added)
    }
}
