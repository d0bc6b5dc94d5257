//! All findings that an account may see, one after the other, without holding them.

use std::collections::HashMap;
use std::sync::Arc;

use balefire_store::{Row, Tx};

use super::edit::{Edit, Op, Tail};
use super::identity;
use super::packing::Unpacker;
use crate::context::Visible;
use crate::failure::Failure;

/// Rows that are in memory at once.
const CHUNK: i64 = 250;
/// A range of the primary key is one account, see `identity`; the account is compared all the same.
const NEXT: &str = "SELECT f.uid, f.account, f.document, f.dictionary, f.updated_ms, \
                    e.uid, e.severity_id, e.status_id, e.comment, e.edited_ms, e.edited_by, e.by_rules, \
                    e.position, e.commented_ms, e.commented_by, e.severity_ms \
                    FROM finding f LEFT JOIN finding_edit e ON e.uid = f.uid \
                    WHERE f.uid > $1 AND f.uid < $2 ORDER BY f.uid LIMIT $3";

/// A finding that is passing by.
pub struct Passing<'a> {
    pub uid: &'a str,
    /// The provider's document.
    pub text: String,
    /// When the document came.
    pub updated_ms: i64,
    pub edit: Option<Edit>,
}

/// Shows each finding once, in the order of uids.
pub fn scan(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    tail: &Tail,
    show: impl FnMut(Passing<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    pass_all(tx, visible, Some(tail), show)
}

/// As `scan`, of what was set only what is in rows: what is in the log alone is left out.
pub fn scan_rows(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    show: impl FnMut(Passing<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    pass_all(tx, visible, None, show)
}

fn pass_all(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    tail: Option<&Tail>,
    mut show: impl FnMut(Passing<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut unpacker = Unpacker::default();
    let mut after = String::new();
    while let Some(last) = pass(tx, visible, tail, &after, &mut unpacker, &mut show)? {
        after = last;
    }
    Ok(())
}

/// Shows the next few findings behind a uid, or the first where it is empty. Gives the uid to go on
/// behind; nothing, when there are no more.
pub fn scan_on(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    tail: &Tail,
    after: &str,
    unpacker: &mut Unpacker,
    show: &mut impl FnMut(Passing<'_>) -> Result<(), Failure>,
) -> Result<Option<String>, Failure> {
    pass(tx, visible, Some(tail), after, unpacker, show)
}

fn pass(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    tail: Option<&Tail>,
    after: &str,
    unpacker: &mut Unpacker,
    show: &mut impl FnMut(Passing<'_>) -> Result<(), Failure>,
) -> Result<Option<String>, Failure> {
    let (first, end) = match visible {
        Visible::Organization => ("", identity::end_of("9")),
        Visible::Account(account) => (account, identity::end_of(account)),
    };
    let after = if after.is_empty() { first } else { after };
    let rows = tx.query(NEXT, &[after.into(), (&end).into(), CHUNK.into()])?;
    let uids = rows.iter().map(|row| row.text(0));
    let uids: Vec<&str> = uids.collect::<Result<_, _>>()?;
    let ops = match tail {
        Some(tail) => tail.ops_of(tx, &uids)?,
        None => HashMap::new(),
    };
    for row in &rows {
        if !visible.includes(row.text(1)?) {
            continue;
        }
        let text = unpacker.unpack(tx, row.blob(2)?, row.int(3)?)?;
        show(Passing {
            uid: row.text(0)?,
            text,
            updated_ms: row.int(4)?,
            edit: edit_of(row, 5, ops.get(row.text(0)?))?,
        })?;
    }
    match rows.last() {
        Some(last) if rows.len() as i64 == CHUNK => Ok(Some(last.text(0)?.to_owned())),
        _ => Ok(None),
    }
}

/// The edit in a row of the join, and what is only in the log of it.
pub fn edit_of(
    row: &Row,
    first: usize,
    ops: Option<&Vec<Arc<Op>>>,
) -> Result<Option<Edit>, Failure> {
    let edit = match row.optional_text(first)? {
        None => None,
        Some(_) => Some(Edit::from_columns(row, first)?),
    };
    let Some(ops) = ops else {
        return Ok(edit);
    };
    let edit = match edit {
        Some(edit) => edit,
        None => Edit::new(row.text(0)?),
    };
    Ok(Some(edit.with_all(ops)))
}
