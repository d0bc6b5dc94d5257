//! What was set over findings, by their uids.

use std::collections::HashMap;

use balefire_store::Tx;

use super::edit::Edit;
use super::records_of;
use crate::failure::Failure;

/// The edits of those of the findings that have one.
pub fn edits_of(tx: &mut Tx<'_>, uids: &[&str]) -> Result<HashMap<String, Edit>, Failure> {
    let edits = records_of::<Edit>(tx, uids)?.into_iter();
    Ok(edits.map(|(uid, edit)| (uid, edit.record)).collect())
}
