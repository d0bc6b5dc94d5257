//! The findings as columns in memory, which follow the change log.
//!
//! Invariant: nothing is ever answered from columns that are behind the reader's own snapshot. Whoever reads
//! brings them up to date first, so a caller sees its own writes, on every server of a shared database.

mod extract;
mod fields;
mod follow;
mod key;
mod tallies;
#[cfg(test)]
mod tests;

pub(in crate::securityhub) use crate::securityhub::finding::edit::{Positions, heads};
pub use fields::{Fields, IRREGULAR, UNTYPED};
pub use key::{key_of, uid_of};

use std::sync::atomic::{AtomicBool, Ordering};

use balefire_columns::{After, Columns, Group, Hit, Key, Order, Plan};
use balefire_store::Tx;
use parking_lot::Mutex;

use crate::context::Visible;
use crate::failure::Failure;
use crate::securityhub::finding::edit::Tail;

/// The findings of one store. It is made empty, and read from the store when it is first asked.
pub struct Index {
    fields: Fields,
    columns: Columns,
    /// What the columns have; `None` before they were read for the first time. Held by whoever changes them.
    positions: Mutex<Option<Positions>>,
    /// All findings are being read, which may take a while.
    is_building: AtomicBool,
    is_stopped: AtomicBool,
    tail: Tail,
}

/// Columns that are at least as new as the transaction that asked for them.
pub struct Current<'i> {
    index: &'i Index,
    /// The newest changes that the transaction sees.
    heads: Positions,
}

impl Default for Index {
    fn default() -> Index {
        let fields = Fields::of_findings();
        Index {
            columns: Columns::new(fields.schema().clone()),
            fields,
            positions: Mutex::default(),
            is_building: AtomicBool::new(false),
            is_stopped: AtomicBool::new(false),
            tail: Tail::default(),
        }
    }
}

impl Index {
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The edits that are only in the log.
    pub fn tail(&self) -> &Tail {
        &self.tail
    }

    /// For each uid whether the columns have such a finding.
    pub fn knows(&self, uids: &[&str]) -> Vec<bool> {
        let keys: Vec<Option<Key>> = uids.iter().map(|uid| key_of(uid)).collect();
        self.columns.knows(&keys)
    }

    /// Gives up reading, for a server that ends.
    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::Release);
    }

    /// Brings the columns up to what the transaction sees. While they are read for the first time, others
    /// than the one that reads are asked to try again.
    pub fn current(&self, tx: &mut Tx<'_>) -> Result<Current<'_>, Failure> {
        let heads = heads(tx)?;
        if self.is_building.load(Ordering::Acquire) {
            return Err(Failure::Reading);
        }
        let mut positions = self.positions.lock();
        match &mut *positions {
            None => {
                self.is_building.store(true, Ordering::Release);
                let built = self.build(tx, &heads);
                self.is_building.store(false, Ordering::Release);
                built?;
                *positions = Some(heads);
            }
            Some(known) => self.follow(tx, known, &heads)?,
        }
        drop(positions);
        Ok(Current { index: self, heads })
    }
}

impl Current<'_> {
    /// The first findings of an order behind the last one of a page.
    pub fn search(
        &self,
        visible: Visible<'_>,
        plan: Plan<'_>,
        orders: &[Order],
        after: Option<After<'_>>,
        limit: usize,
    ) -> Vec<Hit> {
        let plan = self.seen_by(visible, plan);
        self.index.columns.search(&plan, orders, after, limit)
    }

    /// All findings that meet a plan, in the order of their uids.
    pub fn keys(&self, visible: Visible<'_>, plan: Plan<'_>) -> Vec<Key> {
        self.index.columns.keys(&self.seen_by(visible, plan))
    }

    /// How many findings meet a plan.
    pub fn count(&self, visible: Visible<'_>, plan: Plan<'_>) -> u64 {
        self.index.columns.count(&self.seen_by(visible, plan))
    }

    /// How many findings have each value of a text.
    pub fn groups(
        &self,
        visible: Visible<'_>,
        plan: Plan<'_>,
        field: usize,
        smallest_first: bool,
        limit: usize,
    ) -> Vec<Group> {
        let plan = self.seen_by(visible, plan);
        self.index
            .columns
            .groups(&plan, field, smallest_first, limit)
    }

    /// Whether the columns have changes that the transaction does not see: another reader, whose snapshot is
    /// newer, brought them.
    pub fn is_ahead(&self) -> bool {
        let positions = self.index.positions.lock();
        positions.is_none_or(|known| {
            known
                .iter()
                .zip(&self.heads)
                .any(|(known, head)| known > head)
        })
    }

    /// Invariant: this is the only way from a question to the columns, so none is asked of rows of others.
    fn seen_by<'p>(&self, visible: Visible<'p>, plan: Plan<'p>) -> Plan<'p> {
        match visible {
            Visible::Organization => plan,
            Visible::Account(account) => Plan::All(vec![
                Plan::OneOf {
                    field: self.index.fields.account,
                    texts: vec![account],
                },
                plan,
            ]),
        }
    }
}
