//! Folding: what customers set goes from the log into rows, sorted, and trends count it.

mod part;

pub use part::Part;

use std::sync::Arc;

use balefire_columns::Key;
use balefire_store::Tx;
use hashbrown::HashMap;

use super::edit::{CURSOR, Op, each_op, heads, positions_of};
use super::identity::account_of;
use super::index::uid_of;
use crate::failure::Failure;

/// Edits that one window has, as far as whole entries allow.
const EDITS: usize = 500_000;
/// So many entries of other kinds may lie behind the cursor before it moves for them alone.
const OTHERS: i64 = 1000;

/// Some entries of a shard's log, by the findings that they name.
pub struct Window {
    shard: usize,
    /// Up to where the log is in rows when all of the window is.
    to: i64,
    edits: Vec<(String, Vec<Arc<Op>>)>,
}

impl Window {
    /// An account of the shard, in whose order the window is folded.
    pub fn account(&self) -> &str {
        self.edits
            .first()
            .and_then(|(uid, _)| account_of(uid))
            .unwrap_or_default()
    }
}

/// The oldest entries that are not in rows; nothing where there are none.
pub fn next_window(tx: &mut Tx<'_>) -> Result<Option<Window>, Failure> {
    let (cursors, heads) = (positions_of(tx, CURSOR)?, heads(tx)?);
    for (shard, (cursor, head)) in cursors.into_iter().zip(heads).enumerate() {
        let mut edits: HashMap<Key, Vec<Arc<Op>>> = HashMap::new();
        let (mut to, mut count) = (head, 0);
        each_op(tx, shard, cursor, head, |op, keys| {
            if count >= EDITS {
                return Ok(false);
            }
            count += keys.len();
            to = op.seq;
            let op = Arc::new(op);
            for key in keys {
                edits.entry(key).or_default().push(Arc::clone(&op));
            }
            Ok(true)
        })?;
        if count < EDITS {
            to = head;
        }
        if !edits.is_empty() || to - cursor > OTHERS {
            let mut edits: Vec<(Key, Vec<Arc<Op>>)> = edits.into_iter().collect();
            edits.sort_unstable_by_key(|(key, _)| *key);
            let named = edits.into_iter().map(|(key, ops)| (uid_of(&key), ops));
            let edits = named.collect();
            return Ok(Some(Window { shard, to, edits }));
        }
    }
    Ok(None)
}
