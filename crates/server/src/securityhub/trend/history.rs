//! The changes of findings on each day: collected while a request or fold runs, and written at its end.

use std::collections::BTreeMap;

use balefire_store::Tx;

use super::days::{Added, Days};
use super::{Fields, SEVERITIES, State};
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

/// What changes of findings. Most of it adds up: a thousand findings that are alike are one row.
#[derive(Debug, Default)]
pub struct Changes {
    /// By day, and by account.
    days: BTreeMap<i64, BTreeMap<String, Rows>>,
}

/// By the fields.
type Rows = BTreeMap<Fields, Counts>;

impl Changes {
    /// A finding comes on a day, or goes from one state to another.
    pub fn take(&mut self, day: i64, before: Option<&State>, after: &State) {
        if before == Some(after) {
            return;
        }
        if let Some(before) = before {
            self.add(day, before, -1);
        }
        self.add(day, after, 1);
    }

    /// Most findings are like one before, so nothing is copied to look for it.
    fn add(&mut self, day: i64, state: &State, count: i64) {
        let accounts = self.days.entry(day).or_default();
        if !accounts.contains_key(&state.account) {
            accounts.insert(state.account.clone(), Rows::new());
        }
        let Some(rows) = accounts.get_mut(&state.account) else {
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

    /// Adds the changes to those that their days have.
    pub fn record(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        for (day, accounts) in &self.days {
            let mut added = Added::default();
            for (account, rows) in accounts {
                for (fields, counts) in rows {
                    added.add_all(account.clone(), serde_json::to_string(fields)?, *counts);
                }
            }
            FINDINGS.record(tx, *day, added)?;
        }
        Ok(())
    }
}
