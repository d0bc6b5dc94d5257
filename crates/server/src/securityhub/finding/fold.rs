//! Folding: what customers set goes from the log into rows, sorted, and trends count it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use balefire_store::{Error, Kept, Tx};

use super::counted::edited;
use super::edit::{CURSOR, Edit, Op, each_op, heads, positions_of};
use super::identity::account_of;
use super::packing::Unpacker;
use super::{Finding, records_of};
use crate::failure::Failure;
use crate::securityhub::trend::{Changes, State, day_of};

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
    /// An account of the shard.
    pub fn account(&self) -> &str {
        self.edits
            .first()
            .and_then(|(uid, _)| account_of(uid))
            .unwrap_or_default()
    }

    /// How many findings are edited.
    pub fn findings(&self) -> usize {
        self.edits.len()
    }
}

/// The oldest entries that are not in rows; nothing where there are none.
pub fn next_window(tx: &mut Tx<'_>) -> Result<Option<Window>, Failure> {
    let (cursors, heads) = (positions_of(tx, CURSOR)?, heads(tx)?);
    for (shard, (cursor, head)) in cursors.into_iter().zip(heads).enumerate() {
        let mut edits: BTreeMap<String, Vec<Arc<Op>>> = BTreeMap::new();
        let (mut to, mut count) = (head, 0);
        each_op(tx, shard, cursor, head, |op, uids| {
            if count >= EDITS {
                return Ok(false);
            }
            count += uids.len();
            to = op.seq;
            let op = Arc::new(op);
            for uid in uids {
                let ops = edits.entry(uid.to_owned()).or_default();
                ops.push(Arc::clone(&op));
            }
            Ok(true)
        })?;
        if count < EDITS {
            to = head;
        }
        if !edits.is_empty() || to - cursor > OTHERS {
            let edits = edits.into_iter().collect();
            return Ok(Some(Window { shard, to, edits }));
        }
    }
    Ok(None)
}

/// Puts some edits of a window, from a place on, into rows; behind the last of them the cursor moves.
///
/// Invariant: a row says which entry is its newest, and trends hear of a row's change in its own transaction,
/// so a window that is folded again, by whomever, changes nothing.
pub fn fold(tx: &mut Tx<'_>, window: &Window, from: usize, count: usize) -> Result<(), Failure> {
    let until = window.edits.len().min(from + count);
    let edits = &window.edits[from..until];
    let uids: Vec<&str> = edits.iter().map(|(uid, _)| uid.as_str()).collect();
    let mut rows: HashMap<String, Kept<Edit>> = records_of(tx, &uids)?;
    let counted = edits
        .iter()
        .filter(|(_, ops)| ops.iter().any(|op| is_counted(op)));
    let counted: Vec<&str> = counted.map(|(uid, _)| uid.as_str()).collect();
    let mut states = states_of(tx, &counted)?;
    let mut days: BTreeMap<i64, Changes> = BTreeMap::new();
    for (uid, ops) in edits {
        let row = rows.remove(uid);
        let mut edit = row
            .as_ref()
            .map_or_else(|| Edit::new(uid), |row| row.record.clone());
        let before = edit.position;
        let provided = states.remove(uid);
        for op in ops.iter().filter(|op| op.seq > before) {
            let after = edit.with(op);
            if let Some(provided) = &provided {
                let changes = days.entry(day_of(op.at_ms)).or_default();
                let [was, is] = [&edit, &after].map(|edit| edited(provided.clone(), Some(edit)));
                changes.take(Some(was), is)?;
            }
            edit = after;
        }
        if edit.position > before {
            write(tx, row, edit)?;
        }
    }
    for (day, changes) in days {
        changes.record_on(tx, day)?;
    }
    if until == window.edits.len() {
        tx.advance_cursor(CURSOR, window.shard as i64, window.to)?;
    }
    Ok(())
}

/// Whether trends may count something else after it.
fn is_counted(op: &Op) -> bool {
    op.set.severity_id.is_some() || op.set.status_id.is_some()
}

/// What trends count of the providers' documents.
fn states_of(tx: &mut Tx<'_>, uids: &[&str]) -> Result<HashMap<String, State>, Failure> {
    let findings: HashMap<String, Kept<Finding>> = records_of(tx, uids)?;
    let mut unpacker = Unpacker::default();
    let mut states = HashMap::with_capacity(findings.len());
    for (uid, finding) in findings {
        let packed = &finding.packed;
        let text = unpacker.unpack(tx, &packed.bytes, packed.dictionary)?;
        states.insert(uid, State::of(&finding.account, &text)?);
    }
    Ok(states)
}

fn write(tx: &mut Tx<'_>, row: Option<Kept<Edit>>, edit: Edit) -> Result<(), Failure> {
    match row {
        Some(mut row) => {
            row.record = edit;
            Ok(tx.replace(&mut row)?)
        }
        None => match tx.insert(&edit) {
            // Another server set something at this very moment; the next try will see it.
            Err(Error::Exists { .. }) => Err(Failure::Throttled),
            done => Ok(done?),
        },
    }
}
