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

    /// Adds the changes to those of today.
    pub fn record(self, ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
        self.record_on(ctx.tx, day_of(ctx.now.0))
    }

    /// Adds the changes to those of a day.
    pub fn record_on(&self, tx: &mut Tx<'_>, day: i64) -> Result<(), Failure> {
        let mut added = Added::default();
        for ((account, fields), counts) in &self.rows {
            let fields = serde_json::to_string(fields)?;
            added.add_all(account.clone(), fields, *counts);
        }
        FINDINGS.record(tx, day, added)
    }
}
