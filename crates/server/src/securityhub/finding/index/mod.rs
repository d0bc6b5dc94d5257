//! The findings as columns in memory, which follow the change log.
//!
//! Invariant: nothing is ever answered from columns that are behind the reader's own snapshot. Whoever reads
//! brings them up to date first, so a caller sees its own writes, on every server of a shared database.

mod build;
pub(in crate::securityhub) mod entries;
mod extract;
mod fields;
mod follow;
mod key;
mod room;
pub(in crate::securityhub) mod sight;
mod snapshot;
mod tallies;
#[cfg(test)]
mod tests;

pub(in crate::securityhub) use crate::securityhub::finding::edit::{Positions, heads};
pub use fields::{Fields, IRREGULAR, UNTYPED};
pub use key::{
    HASH_BYTES, account_number_of, account_of_key, hash_of_key, key_of, key_of_stored, key_with,
    uid_of,
};

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use balefire_columns::{After, Columns, Group, Hit, Key, Order, Plan};
use balefire_store::Tx;
use parking_lot::Mutex;

use crate::context::Visible;
use crate::failure::Failure;
use crate::securityhub::finding::edit::Tail;
use snapshot::Snapshots;

/// The findings of one store. It is made empty, and read from the store when it is first asked.
pub struct Index {
    fields: Fields,
    /// Made when they are filled for the first time.
    columns: OnceLock<Columns>,
    /// What the columns have; `None` before they were read for the first time. Held by whoever changes them.
    positions: Mutex<Option<Positions>>,
    /// The newest changes that the columns may have, in whole or in part.
    newest: Mutex<Positions>,
    /// All findings are being read, which may take a while.
    is_building: AtomicBool,
    is_stopped: AtomicBool,
    tail: Tail,
    /// Bytes of the columns, and how often they had changed when they were weighed.
    memory: AtomicU64,
    weighed: AtomicU64,
    /// Where the columns are kept while no server runs, if anywhere.
    snapshots: OnceLock<Snapshots>,
}

/// Columns that are at least as new as the transaction that asked for them.
pub struct Current<'i> {
    index: &'i Index,
    /// The newest changes that the transaction sees.
    heads: Positions,
}

impl Default for Index {
    fn default() -> Index {
        Index {
            fields: Fields::of_findings(),
            columns: OnceLock::new(),
            positions: Mutex::default(),
            newest: Mutex::default(),
            is_building: AtomicBool::new(false),
            is_stopped: AtomicBool::new(false),
            tail: Tail::default(),
            memory: AtomicU64::new(0),
            weighed: AtomicU64::new(0),
            snapshots: OnceLock::new(),
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

    /// For each key whether the columns have such a finding, as far as can be told at once: none is known
    /// before they were read.
    pub fn knows(&self, keys: &[Option<Key>]) -> Vec<bool> {
        match self.columns.get() {
            Some(columns) => columns.knows(keys),
            None => vec![false; keys.len()],
        }
    }

    /// Gives up reading findings, and what is read with them, for a server that ends.
    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::Release);
    }

    /// For what else of the store is read as findings are.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Acquire)
    }

    /// Brings the columns up to what the transaction sees. While they are read for the first time, others
    /// than the one that reads are asked to try again.
    pub fn current(&self, tx: &mut Tx<'_>) -> Result<Current<'_>, Failure> {
        let heads = heads(tx)?;
        if self.is_building.load(Ordering::Acquire) {
            return Err(Failure::Reading);
        }
        let mut positions = self.positions.lock();
        self.note_newest(&heads);
        match &mut *positions {
            None => {
                self.is_building.store(true, Ordering::Release);
                let read = self.read(tx, &mut positions, &heads);
                self.is_building.store(false, Ordering::Release);
                read?;
            }
            Some(known) => self.follow(tx, known, &heads)?,
        }
        self.weigh();
        drop(positions);
        Ok(Current { index: self, heads })
    }

    /// Reads the columns for the first time: as they were kept, or else all findings.
    fn read(
        &self,
        tx: &mut Tx<'_>,
        positions: &mut Option<Positions>,
        heads: &Positions,
    ) -> Result<(), Failure> {
        let kept = self.load(tx, heads);
        if kept.is_none() {
            self.build(tx, heads)?;
        }
        let known = positions.insert(kept.unwrap_or(*heads));
        self.follow(tx, known, heads)
    }

    fn columns(&self) -> &Columns {
        self.columns
            .get_or_init(|| Columns::new(self.fields.schema().clone()))
    }

    /// Invariant: this comes before the changes themselves.
    fn note_newest(&self, heads: &Positions) {
        let mut newest = self.newest.lock();
        for (newest, head) in newest.iter_mut().zip(heads) {
            *newest = (*newest).max(*head);
        }
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
        self.index.columns().search(&plan, orders, after, limit)
    }

    /// All findings that meet a plan, in the order of their uids.
    pub fn keys(&self, visible: Visible<'_>, plan: Plan<'_>) -> Vec<Key> {
        self.index.columns().keys(&self.seen_by(visible, plan))
    }

    /// How many findings meet a plan.
    pub fn count(&self, visible: Visible<'_>, plan: Plan<'_>) -> u64 {
        self.index.columns().count(&self.seen_by(visible, plan))
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
            .columns()
            .groups(&plan, field, smallest_first, limit)
    }

    /// How often the columns have changed.
    pub fn changes(&self) -> u64 {
        self.index.columns().changes()
    }

    /// See `sight::is_ahead`.
    pub fn is_ahead(&self) -> bool {
        sight::is_ahead(self.index.positions.lock().as_ref(), &self.heads)
    }

    /// Invariant: this is the only way from a question to the columns, so none is asked of rows of others.
    fn seen_by<'p>(&self, visible: Visible<'p>, plan: Plan<'p>) -> Plan<'p> {
        sight::seen_by(visible, self.index.fields.account, plan)
    }
}
