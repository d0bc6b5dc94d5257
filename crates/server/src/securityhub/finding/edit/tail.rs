//! The end of the log that is not in rows yet.
//!
//! What a transaction sees of it follows from the transaction alone: the entries behind the cursor that it
//! sees, up to the heads that it sees. Entries never change, so those that were committed are remembered
//! here, and the rest is read.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use balefire_columns::Key;
use balefire_store::{SHARDS, Tx, shard_of};
use parking_lot::RwLock;

use super::{KIND, Op};
use crate::failure::Failure;
use crate::securityhub::finding::identity::account_of;
use crate::securityhub::finding::index::key_of;

/// The name of the cursor that says up to where the log is in rows.
pub const CURSOR: &str = "findings.edits";
/// Entries that are read at once.
const ENTRIES: usize = 256;

/// A place in the log of each shard.
pub type Positions = [i64; SHARDS as usize];

/// Remembered entries. An empty one answers as well, and reads more.
#[derive(Debug, Default)]
pub struct Tail {
    parts: [RwLock<Part>; SHARDS as usize],
}

/// The entries of a shard behind `from`, up to `to`.
#[derive(Debug, Default)]
struct Part {
    from: i64,
    to: i64,
    by_key: hashbrown::HashMap<Key, Vec<Arc<Op>>>,
    /// The findings of each entry, oldest first.
    entries: VecDeque<(Arc<Op>, Vec<Key>)>,
    /// How many findings the entries name.
    named: usize,
}

impl Tail {
    /// The entries of a transaction's tail that name findings, for each in their order. Some of them may be
    /// in the finding's row already, see `Edit::position`.
    pub fn ops_of<'u>(
        &self,
        tx: &mut Tx<'_>,
        uids: &[&'u str],
    ) -> Result<HashMap<&'u str, Vec<Arc<Op>>>, Failure> {
        let mut found: HashMap<&str, Vec<Arc<Op>>> = HashMap::new();
        let mut shards: HashMap<usize, HashMap<Key, &'u str>> = HashMap::new();
        for uid in uids {
            let (Some(account), Some(key)) = (account_of(uid), key_of(uid)) else {
                continue;
            };
            let shard = usize::try_from(shard_of(account)).unwrap_or_default();
            shards.entry(shard).or_default().insert(key, uid);
        }
        let (cursors, heads) = (positions_of(tx, CURSOR)?, heads(tx)?);
        for (shard, uids) in shards {
            let (cursor, head) = (cursors[shard], heads[shard]);
            if cursor >= head {
                continue;
            }
            let part = self.parts[shard].read();
            let known = part.collect(&uids, cursor, head, &mut found);
            drop(part);
            each_op(tx, shard, known, head, |op, named| {
                let op = Arc::new(op);
                for key in &named {
                    if let Some(uid) = uids.get(key) {
                        found.entry(uid).or_default().push(Arc::clone(&op));
                    }
                }
                Ok(true)
            })?;
        }
        Ok(found)
    }

    /// Shows the committed entries of a shard between two places, and remembers all up to there.
    pub fn follow(
        &self,
        tx: &mut Tx<'_>,
        shard: usize,
        after: i64,
        head: i64,
        mut show: impl FnMut(&Op, &[Key]),
    ) -> Result<(), Failure> {
        let from = after.min(self.parts[shard].read().to);
        each_op(tx, shard, from, head, |op, keys| {
            if op.seq > after {
                show(&op, &keys);
            }
            let mut part = self.parts[shard].write();
            if op.seq > part.to {
                part.push(Arc::new(op), keys);
            }
            Ok(true)
        })?;
        let part = &mut *self.parts[shard].write();
        part.to = part.to.max(head);
        Ok(())
    }

    /// Forgets what is in rows by now, and begins there where nothing was remembered. Returns up to where
    /// that is.
    pub fn forget(&self, tx: &mut Tx<'_>) -> Result<Positions, Failure> {
        let cursors = positions_of(tx, CURSOR)?;
        for (part, cursor) in self.parts.iter().zip(cursors) {
            // Readers get in between.
            while !part.write().forget_some(cursor) {}
        }
        Ok(cursors)
    }

    /// How many times findings are named by remembered entries.
    pub fn waiting(&self) -> usize {
        self.parts.iter().map(|part| part.read().named).sum()
    }

    /// The times of the oldest and of the newest remembered entry.
    pub fn times_ms(&self) -> Option<(i64, i64)> {
        let times = self.parts.iter().filter_map(|part| {
            let part = part.read();
            let (oldest, newest) = (part.entries.front()?, part.entries.back()?);
            Some((oldest.0.at_ms, newest.0.at_ms))
        });
        times.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }
}

impl Part {
    /// Finds entries between two places. Returns up to where it knows; what is behind that is to be read.
    fn collect<'u>(
        &self,
        uids: &HashMap<Key, &'u str>,
        cursor: i64,
        head: i64,
        found: &mut HashMap<&'u str, Vec<Arc<Op>>>,
    ) -> i64 {
        // A snapshot from before the newest fold has rows that lack what was forgotten since.
        if self.from > cursor || self.to <= cursor {
            return cursor;
        }
        for (key, uid) in uids {
            let ops = self.by_key.get(key).into_iter().flatten();
            let ops = ops.filter(|op| op.seq > cursor && op.seq <= head);
            let ops: Vec<Arc<Op>> = ops.cloned().collect();
            if !ops.is_empty() {
                found.entry(uid).or_default().extend(ops);
            }
        }
        self.to.min(head)
    }

    fn push(&mut self, op: Arc<Op>, keys: Vec<Key>) {
        for key in &keys {
            self.by_key.entry(*key).or_default().push(Arc::clone(&op));
        }
        self.to = op.seq;
        self.named += keys.len();
        self.entries.push_back((op, keys));
    }

    /// False where there is more to forget.
    fn forget_some(&mut self, cursor: i64) -> bool {
        // From now on, what is forgotten here is read from the log.
        self.from = self.from.max(cursor);
        self.to = self.to.max(cursor);
        for _ in 0..ENTRIES {
            let Some((_, keys)) = self.entries.pop_front_if(|(op, _)| op.seq <= cursor) else {
                return true;
            };
            self.named -= keys.len();
            for key in keys {
                if let Some(ops) = self.by_key.get_mut(&key) {
                    let over = ops.partition_point(|op| op.seq <= cursor);
                    ops.drain(..over);
                    if ops.is_empty() {
                        self.by_key.remove(&key);
                    }
                }
            }
        }
        false
    }
}

/// The newest entry of each shard that a transaction sees.
pub fn heads(tx: &mut Tx<'_>) -> Result<Positions, Failure> {
    Ok(positions(tx.log_heads()?))
}

/// Up to where a reader of the log has read each shard.
pub fn positions_of(tx: &mut Tx<'_>, cursor: &str) -> Result<Positions, Failure> {
    Ok(positions(tx.cursors(cursor)?))
}

fn positions(known: Vec<(i64, i64)>) -> Positions {
    let mut positions = [0; SHARDS as usize];
    for (shard, seq) in known {
        if let Some(position) = usize::try_from(shard)
            .ok()
            .and_then(|at| positions.get_mut(at))
        {
            *position = seq;
        }
    }
    positions
}

/// Shows the entries of a shard between two places, with the findings that each names, as long as more
/// are wanted.
pub fn each_op(
    tx: &mut Tx<'_>,
    shard: usize,
    mut after: i64,
    head: i64,
    mut show: impl FnMut(Op, Vec<Key>) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    while after < head {
        let entries = tx.log_after_of(shard as i64, after, [KIND, KIND], ENTRIES)?;
        for entry in &entries {
            let (op, keys) = Op::of(entry)?;
            if entry.seq > head || !show(op, keys)? {
                return Ok(());
            }
        }
        match entries.last() {
            Some(last) if entries.len() == ENTRIES => after = last.seq,
            _ => return Ok(()),
        }
    }
    Ok(())
}
