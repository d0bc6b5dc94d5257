//! How columns come from where they are in the change log to its head.

use balefire_store::{Logged, Tx};

use super::Positions;
use crate::failure::Failure;

/// Entries that are in memory at once.
const AT_ONCE: usize = 256;

/// Shows the entries of a kind between what is known and the heads, some at a time; then they are known too.
/// Entries of several shards come in no order, so it is the newest state in the store that counts.
pub fn each(
    tx: &mut Tx<'_>,
    known: &mut Positions,
    heads: &Positions,
    kind: &str,
    mut take: impl FnMut(&mut Tx<'_>, Vec<Logged>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for (shard, (known, head)) in (0..).zip(known.iter_mut().zip(heads)) {
        while *known < *head {
            let entries = tx.log_after_of(shard, *known, [kind, kind], AT_ONCE)?;
            let last = entries.last().map(|entry| entry.seq);
            let is_more = entries.len() == AT_ONCE;
            take(tx, entries)?;
            *known = last.filter(|_| is_more).unwrap_or(*head);
        }
    }
    Ok(())
}
