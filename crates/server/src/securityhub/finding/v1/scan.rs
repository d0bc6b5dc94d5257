//! All findings that an account may see, in ASFF, one after the other.

use balefire_store::{Kept, Row, Tx};
use serde_json::Value;

use super::super::Finding;
use super::super::edit::{Edit, Tail};
use super::super::identity;
use super::super::packing::{Packed, Unpacker};
use super::super::scan::edit_of;
use super::customer;
use super::stored::{self, SecurityFinding, fields_of};
use crate::context::Visible;
use crate::failure::Failure;

/// Rows that are in memory at once.
const CHUNK: i64 = 250;
const NEXT: &str = "SELECT f.uid, f.account, f.document, f.dictionary, f.version, \
                    e.uid, e.severity_id, e.status_id, e.comment, e.edited_ms, e.edited_by, \
                    e.by_rules, e.position, s.document, s.dictionary, s.finding_version, c.fields \
                    FROM finding f LEFT JOIN finding_edit e ON e.uid = f.uid \
                    LEFT JOIN security_finding s ON s.uid = f.uid \
                    LEFT JOIN security_finding_edit c ON c.uid = f.uid \
                    WHERE f.uid > $1 AND f.uid < $2 ORDER BY f.uid LIMIT $3";

/// Shows each finding once, with what customers set, in the order of uids.
pub fn scan(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    mut show: impl FnMut(&str, Value),
) -> Result<(), Failure> {
    let (mut after, end) = match visible {
        Visible::Organization => (String::new(), identity::end_of("9")),
        Visible::Account(account) => (account.to_owned(), identity::end_of(account)),
    };
    let mut unpacker = Unpacker::default();
    loop {
        let rows = tx.query(NEXT, &[(&after).into(), (&end).into(), CHUNK.into()])?;
        let uids = rows.iter().map(|row| row.text(0));
        let uids: Vec<&str> = uids.collect::<Result<_, _>>()?;
        let ops = Tail::default().ops_of(tx, &uids)?;
        for row in &rows {
            if visible.includes(row.text(1)?) {
                let edit = edit_of(row, 5, ops.get(row.text(0)?))?;
                show(row.text(0)?, shown(tx, &mut unpacker, row, edit)?);
            }
        }
        match rows.last() {
            Some(last) if rows.len() as i64 == CHUNK => after = last.text(0)?.to_owned(),
            _ => return Ok(()),
        }
    }
}

fn shown(
    tx: &mut Tx<'_>,
    unpacker: &mut Unpacker,
    row: &Row,
    edit: Option<Edit>,
) -> Result<Value, Failure> {
    let (uid, account) = (row.text(0)?, row.text(1)?);
    let packed = |bytes: &[u8], dictionary| Packed {
        bytes: bytes.into(),
        dictionary,
    };
    let finding = Kept {
        record: Finding {
            uid: uid.into(),
            account: account.into(),
            packed: packed(row.blob(2)?, row.int(3)?),
            imported_ms: 0,
            updated_ms: 0,
        },
        version: row.int(4)?,
    };
    let asff = match row.optional_blob(13)? {
        None => None,
        Some(bytes) => Some(SecurityFinding {
            uid: uid.into(),
            account: account.into(),
            packed: packed(bytes, row.int(14)?),
            finding_version: row.int(15)?,
        }),
    };
    let mut document = stored::document(tx, unpacker, &finding, asff.as_ref())?;
    let fields = row.optional_text(16)?.map(fields_of);
    customer::show(&mut document, edit.as_ref(), fields.as_ref());
    Ok(document)
}
