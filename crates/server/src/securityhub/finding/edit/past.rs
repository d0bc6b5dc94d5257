//! What was set in findings at a past moment.

use std::collections::{BTreeMap, HashMap, HashSet};

use balefire_columns::Key;
use balefire_store::{Tx, Value, shard_of};

use super::{Edit, Tail, each_op, edits_of, heads, positions_of};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::identity::account_of;
use crate::securityhub::finding::index::key_of;

/// The name of the cursor that says where history begins: what was logged before is in what was set then.
const BEGINNING: &str = "findings.history";

const KEEP: &str = "INSERT INTO finding_edit_version (uid, n, from_ms, severity_id, status_id, \
                    comment, edited_ms, edited_by, by_rules, position, commented_ms, commented_by, \
                    severity_ms, version) \
                    SELECT uid, version, CAST($2 AS BIGINT), severity_id, status_id, comment, edited_ms, \
                    edited_by, by_rules, position, commented_ms, commented_by, severity_ms, 1 \
                    FROM finding_edit WHERE uid = $1";
/// Of each finding in a range, what an import had last set at a moment.
const STARTS: &str = "SELECT v.uid, v.severity_id, v.status_id, v.comment, v.edited_ms, v.edited_by, \
                      v.by_rules, v.position, v.commented_ms, v.commented_by, v.severity_ms \
                      FROM finding_edit_version v \
                      JOIN (SELECT uid, MAX(n) AS n FROM finding_edit_version \
                      WHERE uid >= $1 AND uid <= $2 AND from_ms <= $3 GROUP BY uid) a \
                      ON a.uid = v.uid AND a.n = v.n";
/// The findings in a range in which an import has set something since a moment.
const SINCE: &str = "SELECT DISTINCT uid FROM finding_edit_version \
                     WHERE uid >= $1 AND uid <= $2 AND from_ms > $3";

/// Keeps the row of an edit that an import has just written, with the time.
pub fn keep(ctx: &mut Ctx<'_, '_>, uid: &str) -> Result<(), Failure> {
    ctx.tx.execute(KEEP, &[uid.into(), ctx.now.0.into()])?;
    Ok(())
}

/// What was set in each of these findings, which are in order, at a moment; those on which nothing was
/// set are left out.
pub fn edits_at(
    tx: &mut Tx<'_>,
    uids: &[&str],
    at_ms: i64,
    tail: &Tail,
) -> Result<HashMap<String, Edit>, Failure> {
    let (Some(first), Some(last)) = (uids.first(), uids.last()) else {
        return Ok(HashMap::new());
    };
    let range: [Value; 3] = [(*first).into(), (*last).into(), at_ms.into()];
    let mut starts = HashMap::new();
    for row in tx.query(STARTS, &range)? {
        let edit = Edit::from_columns(&row, 0)?;
        starts.insert(edit.uid.clone(), edit);
    }
    let mut since = HashSet::new();
    for row in tx.query(SINCE, &range)? {
        since.insert(row.text(0)?.to_owned());
    }
    let (mut edits, mut replayed) = (HashMap::new(), HashMap::new());
    for (uid, edited) in edits_of(tx, uids, tail)? {
        let newest = edited.into_current();
        if newest.edited_ms <= at_ms && !since.contains(&uid) {
            edits.insert(uid, newest);
        } else {
            let start = starts.remove(&uid).unwrap_or_else(|| Edit::new(&uid));
            replayed.insert(uid, start);
        }
    }
    replay(tx, &mut replayed, at_ms)?;
    edits.extend(replayed);
    Ok(edits)
}

/// Lays the log's entries up to a moment over what was set at the start.
fn replay(tx: &mut Tx<'_>, edits: &mut HashMap<String, Edit>, at_ms: i64) -> Result<(), Failure> {
    let (beginnings, heads) = (positions_of(tx, BEGINNING)?, heads(tx)?);
    let mut shards: BTreeMap<usize, i64> = BTreeMap::new();
    let mut keyed: HashMap<Key, &mut Edit> = HashMap::with_capacity(edits.len());
    for (uid, edit) in edits {
        let (Some(account), Some(key)) = (account_of(uid), key_of(uid)) else {
            continue;
        };
        let shard = usize::try_from(shard_of(account)).unwrap_or_default();
        edit.position = edit.position.max(beginnings[shard]);
        let from = shards.entry(shard).or_insert(edit.position);
        *from = edit.position.min(*from);
        keyed.insert(key, edit);
    }
    for (shard, from) in shards {
        each_op(tx, shard, from, heads[shard], |op, keys| {
            for key in keys {
                if let Some(edit) = keyed.get_mut(&key)
                    && op.seq > edit.position
                    && op.at_ms <= at_ms
                {
                    edit.take(&op);
                }
            }
            Ok(true)
        })?;
    }
    Ok(())
}
