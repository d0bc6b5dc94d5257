//! The edits of findings as a transaction sees them.

use std::collections::HashMap;
use std::sync::Arc;

use balefire_store::{Kept, Tx};

use super::{Edit, Op, Tail, past};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::{insert_new, records_of};

/// What is set in a finding: its row, and what is only in the log so far.
#[derive(Clone, Debug)]
pub struct Edited {
    row: Option<Kept<Edit>>,
    /// The entries of the log that are not in the row.
    unfolded: Vec<Arc<Op>>,
    current: Edit,
}

impl Edited {
    /// Of a finding on which nothing was set.
    pub fn new(uid: &str) -> Edited {
        Edited {
            row: None,
            unfolded: Vec::new(),
            current: Edit::new(uid),
        }
    }

    pub fn current(&self) -> &Edit {
        &self.current
    }

    pub fn into_current(self) -> Edit {
        self.current
    }

    /// What trends have counted, which is the row.
    pub fn counted(&self) -> Option<&Edit> {
        self.row.as_ref().map(|row| &row.record)
    }

    /// What trends have not counted, in its order.
    pub fn unfolded(&self) -> &[Arc<Op>] {
        &self.unfolded
    }

    /// Makes something else of it, as a row, and keeps since when it is so.
    ///
    /// Invariant: what it becomes has come of `current`, so the log is in it.
    pub fn write(&mut self, ctx: &mut Ctx<'_, '_>, after: Edit) -> Result<(), Failure> {
        self.unfolded.clear();
        self.current.clone_from(&after);
        if let Some(row) = &mut self.row {
            row.record = after;
            ctx.tx.replace(row)?;
        } else {
            insert_new(ctx.tx, &after)?;
            self.row = Some(Kept {
                record: after,
                version: 1,
            });
        }
        past::keep(ctx, &self.current.uid)
    }
}

/// What is set in each of these findings; those on which nothing was set are left out.
pub fn edits_of(
    tx: &mut Tx<'_>,
    uids: &[&str],
    tail: &Tail,
) -> Result<HashMap<String, Edited>, Failure> {
    let rows: HashMap<String, Kept<Edit>> = records_of(tx, uids)?;
    let mut edits: HashMap<String, Edited> = HashMap::with_capacity(rows.len());
    for (uid, row) in rows {
        let current = row.record.clone();
        let edited = Edited {
            row: Some(row),
            unfolded: Vec::new(),
            current,
        };
        edits.insert(uid, edited);
    }
    for (uid, mut ops) in tail.ops_of(tx, uids)? {
        let edited = edits
            .entry(uid.to_owned())
            .or_insert_with(|| Edited::new(uid));
        ops.retain(|op| op.seq > edited.current.position);
        edited.current = std::mem::take(&mut edited.current).with_all(&ops);
        edited.unfolded = ops;
    }
    Ok(edits)
}
