//! The resources as columns in memory, which follow the change log as those of findings do.
//!
//! Invariant: nothing is ever answered from columns that are behind the reader's own snapshot.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use balefire_columns::{After, Columns, Group, Hit, Order, Plan, Row};
use balefire_store::{Kept, Logged, Tx};
use parking_lot::Mutex;
use serde::Deserialize;

use super::Resource;
use super::fields::Fields;
use super::named::CHANGED;
use super::remembered::Remembered;
use crate::context::Visible;
use crate::failure::Failure;
use crate::securityhub::finding::index::{Index, Positions, entries, heads, key_of, sight};
use crate::securityhub::finding::records_of;

/// Rows that are in memory at once.
const ROWS: i64 = if cfg!(test) { 2 } else { 1000 };
/// More than there are.
const ALL: usize = 1 << 32;
/// Without the description, which is not searched.
const NEXT: &str = "SELECT uid, account, facts, first_seen_ms, changed_ms FROM resource \
                    WHERE uid > $1 ORDER BY uid LIMIT $2";

/// The resources of one store. It is made empty, and read from the store when it is first asked.
pub struct Inventory {
    fields: Fields,
    columns: Columns,
    /// What the columns have; `None` before they were read for the first time.
    positions: Mutex<Option<Positions>>,
    /// All resources are being read, which may take a while.
    is_building: AtomicBool,
    /// Of the same store. Where their reading is given up, so is that of resources.
    findings: Arc<Index>,
    remembered: Remembered,
}

/// Columns that are at least as new as the transaction that asked for them.
pub struct Current<'i> {
    inventory: &'i Inventory,
    heads: Positions,
}

#[derive(Deserialize)]
struct Body {
    uids: Vec<String>,
}

impl Inventory {
    pub fn new(findings: Arc<Index>) -> Inventory {
        let fields = Fields::of_resources();
        Inventory {
            columns: Columns::new(fields.schema().clone()),
            fields,
            positions: Mutex::default(),
            is_building: AtomicBool::new(false),
            findings,
            remembered: Remembered::default(),
        }
    }

    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    pub fn remembered(&self) -> &Remembered {
        &self.remembered
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
                let built = self.build(tx);
                self.is_building.store(false, Ordering::Release);
                built?;
                *positions = Some(heads);
            }
            Some(known) => self.follow(tx, known, &heads)?,
        }
        drop(positions);
        Ok(Current {
            inventory: self,
            heads,
        })
    }

    fn build(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let mut row = Row::default();
        let mut after = String::new();
        loop {
            if self.findings.is_stopped() {
                return Err(Failure::Reading);
            }
            let rows = tx.query(NEXT, &[(&after).into(), ROWS.into()])?;
            for read in &rows {
                let resource = Resource {
                    uid: read.text(0)?.into(),
                    account: read.text(1)?.into(),
                    facts: serde_json::from_slice(read.blob(2)?)?,
                    config: Vec::new(),
                    first_seen_ms: read.int(3)?,
                    changed_ms: read.int(4)?,
                };
                self.put(&mut row, &resource)?;
            }
            match rows.last() {
                Some(last) if rows.len() as i64 == ROWS => last.text(0)?.clone_into(&mut after),
                _ => return Ok(()),
            }
        }
    }

    /// Takes over what changed between two positions of the log.
    fn follow(
        &self,
        tx: &mut Tx<'_>,
        known: &mut Positions,
        heads: &Positions,
    ) -> Result<(), Failure> {
        let mut row = Row::default();
        entries::each(tx, known, heads, CHANGED, |tx, entries| {
            for Logged { entry, .. } in entries {
                let body: Body = serde_json::from_slice(&entry.body)?;
                let uids: Vec<&str> = body.uids.iter().map(String::as_str).collect();
                let resources: HashMap<String, Kept<Resource>> = records_of(tx, &uids)?;
                for resource in resources.values() {
                    self.put(&mut row, resource)?;
                }
            }
            Ok(())
        })
    }

    fn put(&self, row: &mut Row, resource: &Resource) -> Result<(), Failure> {
        let uid = &resource.uid;
        let Some(key) = key_of(uid) else {
            return Err(Failure::Internal(format!("{uid} is no uid of a resource")));
        };
        self.fields.fill(row, resource);
        self.columns.put(&key, row);
        Ok(())
    }
}

impl Current<'_> {
    /// The first resources of an order behind the last one of a page.
    pub fn search(
        &self,
        visible: Visible<'_>,
        plan: Plan<'_>,
        orders: &[Order],
        after: Option<After<'_>>,
        limit: usize,
    ) -> Vec<Hit> {
        let plan = self.seen_by(visible, plan);
        self.inventory.columns.search(&plan, orders, after, limit)
    }

    /// How many resources meet a plan.
    pub fn count(&self, visible: Visible<'_>, plan: Plan<'_>) -> u64 {
        let plan = self.seen_by(visible, plan);
        self.inventory.columns.count(&plan)
    }

    /// All resources that meet a plan.
    pub fn all(&self, visible: Visible<'_>, plan: Plan<'_>, orders: &[Order]) -> Vec<Hit> {
        self.search(visible, plan, orders, None, ALL)
    }

    /// How many resources have each value of a text.
    pub fn groups(
        &self,
        visible: Visible<'_>,
        plan: Plan<'_>,
        field: usize,
        smallest_first: bool,
        limit: usize,
    ) -> Vec<Group> {
        let plan = self.seen_by(visible, plan);
        let columns = &self.inventory.columns;
        columns.groups(&plan, field, smallest_first, limit)
    }

    /// How often the columns have changed.
    pub fn changes(&self) -> u64 {
        self.inventory.columns.changes()
    }

    /// See `sight::is_ahead`.
    pub fn is_ahead(&self) -> bool {
        sight::is_ahead(self.inventory.positions.lock().as_ref(), &self.heads)
    }

    /// Invariant: this is the only way from a question to the columns, so none is asked of rows of others.
    fn seen_by<'p>(&self, visible: Visible<'p>, plan: Plan<'p>) -> Plan<'p> {
        sight::seen_by(visible, self.inventory.fields.account, plan)
    }
}
