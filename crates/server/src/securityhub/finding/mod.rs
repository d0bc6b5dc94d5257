//! Findings: the document that a provider sent, and what customers and rules set over it.

mod analysis;
mod batch_update_findings_v2;
pub(in crate::securityhub) mod caption;
mod complete_import;
mod counted;
mod document;
mod edit;
mod fields;
pub(in crate::securityhub) mod filter;
mod fold;
mod get_finding_statistics_v2;
mod get_findings_v2;
mod identity;
mod import;
mod import_findings;
pub(in crate::securityhub) mod index;
mod list_findings_as_of;
mod matching;
mod members;
mod packing;
mod parallel;
pub(in crate::securityhub) mod path;
mod provider;
mod ranked;
mod read;
mod ruled;
mod run;
mod scan;
mod scope;
pub(in crate::securityhub) mod sort;
#[cfg(test)]
pub(crate) mod tests;
mod triage;
pub mod v1;
mod version;

pub use batch_update_findings_v2::{batch_update_findings_v2, prepare as prepare_update};
pub use complete_import::{FoundHere, complete_import};
pub use document::{document, visible_document};
pub use edit::{Edit, Standing, Tail};
pub use fields::Fields;
pub use filter::Filters;
pub use fold::{Part, next_window};
pub use get_finding_statistics_v2::get_finding_statistics_v2;
pub use get_findings_v2::get_findings_v2;
pub use import_findings::{bring_in, import_findings, prepare as prepare_import};
pub use index::{Current, Index};
pub use list_findings_as_of::list_findings_as_of;
pub use matching::Ahead;
pub use packing::Dictionary;
pub use provider::too_long;
pub use scan::{Passing, scan_on, scan_rows};
pub use version::forget_versions;

pub(super) use counted::state as counted_state;
pub(super) use identity::{account_of, end_of};
pub(super) use import::end_status;
pub(super) use matching::{Matching, next_matching};
pub(super) use packing::Unpacker;
pub(super) use path::Path;
pub(super) use read::read_originals;
pub(super) use scope::check as check_scopes;
pub(super) use triage::{is_open, is_suppressed, set_status, vulnerabilities_of};

use std::collections::{HashMap, HashSet};

use balefire_store::{Error, Kept, Record, Row, Table, Tx, Value};

use crate::failure::Failure;
use packing::Packed;
pub(in crate::securityhub) use path::{instant_ms, text_of_number};

/// A finding as it is kept. The row is the provider's; `Edit` is the customers'.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// `metadata.uid`, see `identity`.
    pub uid: String,
    pub account: String,
    pub packed: Packed,
    /// When the first document came.
    pub imported_ms: i64,
    /// When the newest document came.
    pub updated_ms: i64,
}

impl Record for Finding {
    const TABLE: Table = Table {
        name: "finding",
        key: &["uid"],
        columns: &[
            "account",
            "document",
            "dictionary",
            "imported_ms",
            "updated_ms",
        ],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.uid).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            self.packed.bytes.clone().into(),
            self.packed.dictionary.into(),
            self.imported_ms.into(),
            self.updated_ms.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Finding {
            uid: row.text(0)?.into(),
            account: row.text(1)?.into(),
            packed: Packed {
                bytes: row.blob(2)?.into(),
                dictionary: row.int(3)?,
            },
            imported_ms: row.int(4)?,
            updated_ms: row.int(5)?,
        })
    }
}

/// How many uids one statement looks up.
const LOOKUP: usize = 100;

/// The rows of a table, whose key is `uid`, that have one of these uids.
pub(in crate::securityhub) fn rows_of(
    tx: &mut Tx<'_>,
    columns: &str,
    table: &str,
    uids: &[&str],
) -> Result<Vec<Row>, Failure> {
    let marks: Vec<String> = (1..=LOOKUP).map(|place| format!("${place}")).collect();
    let marks = marks.join(", ");
    let sql = format!("SELECT {columns} FROM {table} WHERE uid IN ({marks})");
    let mut found = Vec::with_capacity(uids.len());
    for chunk in uids.chunks(LOOKUP) {
        // One text for every number of uids: the last one is asked for again and again.
        let last = chunk.last().copied().unwrap_or_default();
        let padded = chunk.iter().copied().chain(std::iter::repeat(last));
        let params: Vec<Value> = padded.take(LOOKUP).map(Value::from).collect();
        found.extend(tx.query(&sql, &params)?);
    }
    Ok(found)
}

/// The records with these uids, which are the whole key of their table.
pub(in crate::securityhub) fn records_of<R: Record>(
    tx: &mut Tx<'_>,
    uids: &[&str],
) -> Result<HashMap<String, Kept<R>>, Failure> {
    let columns = format!("uid, {}, version", R::TABLE.columns.join(", "));
    let rows = rows_of(tx, &columns, R::TABLE.name, uids)?;
    let kept = rows.iter().map(|row| {
        let version = row.int(R::TABLE.columns.len() + 1)?;
        let record = R::from_row(row)?;
        Ok((row.text(0)?.to_owned(), Kept { record, version }))
    });
    kept.collect()
}

/// Inserts what was not there when this transaction looked.
pub(in crate::securityhub) fn insert_new<R: Record>(
    tx: &mut Tx<'_>,
    record: &R,
) -> Result<(), Failure> {
    match tx.insert(record) {
        // Another server brought it in at this very moment; the next try will see it.
        Err(Error::Exists { .. }) => Err(Failure::Throttled),
        done => Ok(done?),
    }
}

/// Those of the uids that findings have.
fn known_of(tx: &mut Tx<'_>, uids: &[&str]) -> Result<HashSet<String>, Failure> {
    let rows = rows_of(tx, "uid", Finding::TABLE.name, uids)?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}
