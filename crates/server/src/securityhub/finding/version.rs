//! The documents that findings had before the newest, so that a past moment can be shown.

use std::collections::HashMap;

use balefire_store::{Error, Kept, Record, Row, Table, Tx, Value};

use super::Finding;
use super::packing::Packed;
use crate::context::Ctx;
use crate::failure::Failure;

/// How long a document is kept after the next one came: as long as GetFindingHistory tells of changes.
pub const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// Of each finding in a range, the document that was its newest at a moment and is not any more. What was
/// replaced by then took the place of all before it, also of what a clock that ran ahead has dated later.
const AT: &str = "SELECT v.uid, v.document, v.dictionary FROM finding_version v \
                  JOIN (SELECT w.uid, MIN(w.n) AS n FROM finding_version w \
                  WHERE w.uid >= $1 AND w.uid <= $2 AND w.until_ms > $3 \
                  AND NOT EXISTS (SELECT 1 FROM finding_version p \
                  WHERE p.uid = w.uid AND p.n > w.n AND p.until_ms <= $3) GROUP BY w.uid) a \
                  ON a.uid = v.uid AND a.n = v.n";
const EXPIRED: &str =
    "SELECT uid, n FROM finding_version WHERE until_ms < $1 ORDER BY until_ms LIMIT $2";

/// A document that was replaced.
struct Replaced {
    uid: String,
    /// The version of the finding's row with it.
    n: i64,
    until_ms: i64,
    packed: Packed,
}

impl Record for Replaced {
    const TABLE: Table = Table {
        name: "finding_version",
        key: &["uid", "n"],
        columns: &["until_ms", "document", "dictionary"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.uid).into(), self.n.into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.until_ms.into(),
            self.packed.bytes.clone().into(),
            self.packed.dictionary.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Replaced {
            uid: row.text(0)?.into(),
            n: row.int(1)?,
            until_ms: row.int(2)?,
            packed: Packed {
                bytes: row.blob(3)?.into(),
                dictionary: row.int(4)?,
            },
        })
    }
}

/// Replaces the document of a finding, and keeps the one before.
///
/// Invariant: whoever replaces a document does it here.
pub fn replace(
    ctx: &mut Ctx<'_, '_>,
    finding: &mut Kept<Finding>,
    packed: Packed,
) -> Result<(), Failure> {
    let replaced = Replaced {
        uid: finding.uid.clone(),
        n: finding.version,
        until_ms: ctx.now.0,
        packed: std::mem::replace(&mut finding.packed, packed),
    };
    ctx.tx.replace(finding)?;
    Ok(ctx.tx.insert(&replaced)?)
}

/// The documents that findings had at a moment, of those from one uid to another whose newest is not it.
pub fn documents_at(
    tx: &mut Tx<'_>,
    [first, last]: [&str; 2],
    at_ms: i64,
) -> Result<HashMap<String, Packed>, Failure> {
    let rows = tx.query(AT, &[first.into(), last.into(), at_ms.into()])?;
    let documents = rows.iter().map(|row| {
        let packed = Packed {
            bytes: row.blob(1)?.into(),
            dictionary: row.int(2)?,
        };
        Ok((row.text(0)?.to_owned(), packed))
    });
    documents.collect()
}

/// Forgets up to `limit` documents that were replaced longer ago than they are kept; returns how many.
pub fn forget_versions(tx: &mut Tx<'_>, now_ms: i64, limit: i64) -> Result<u64, Failure> {
    let rows = tx.query(EXPIRED, &[(now_ms - KEPT_MS).into(), limit.into()])?;
    for row in &rows {
        tx.execute(
            "DELETE FROM finding_version WHERE uid = $1 AND n = $2",
            &[row.text(0)?.into(), row.int(1)?.into()],
        )?;
    }
    Ok(rows.len() as u64)
}
