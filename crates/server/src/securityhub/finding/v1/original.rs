//! What providers themselves sent, of findings whose documents have customers' values.

use std::collections::HashMap;

use balefire_columns::Key;
use balefire_store::{Kept, Tx};
use serde_json::Value;

use super::super::identity::{self, account_of};
use super::super::index::key_of;
use super::super::packing::Unpacker;
use super::super::{provider, records_of};
use super::customer;
use super::stored::{CustomerFields, SecurityFinding, fields_of};
use crate::context::Visible;
use crate::failure::Failure;
use crate::securityhub::asff;

/// Rows that are in memory at once.
const CHUNK: i64 = 1000;
/// A range of the primary key is one account, see `identity`.
const NEXT: &str = "SELECT uid, fields FROM security_finding_edit WHERE uid > $1 AND uid < $2 \
                    ORDER BY uid LIMIT $3";

/// The documents without what customers set in them, by uid, of those of these findings that have such
/// values; each is named with the version of its row.
pub fn originals(
    tx: &mut Tx<'_>,
    unpacker: &mut Unpacker,
    findings: &[(&str, i64)],
) -> Result<HashMap<String, String>, Failure> {
    let uids: Vec<&str> = findings.iter().map(|(uid, _)| *uid).collect();
    let mut edits: HashMap<String, Kept<CustomerFields>> = records_of(tx, &uids)?;
    edits.retain(|_, edit| customer::sets_document(&edit.fields));
    let uids: Vec<&str> = edits.keys().map(String::as_str).collect();
    let sent: HashMap<String, Kept<SecurityFinding>> = records_of(tx, &uids)?;
    let mut originals = HashMap::new();
    for (uid, version) in findings {
        let own = sent
            .get(*uid)
            .filter(|asff| asff.finding_version == *version);
        let Some((own, account)) = own.zip(account_of(uid)) else {
            continue;
        };
        let text = unpacker.unpack(tx, &own.packed.bytes, own.packed.dictionary)?;
        let document: Value = serde_json::from_str(&text)?;
        let accepted = asff::to_ocsf(&document)
            .and_then(|ocsf| provider::accept(&ocsf.to_string(), account, None));
        // It was accepted when it came.
        if let Ok(accepted) = accepted {
            originals.insert((*uid).to_owned(), accepted.text);
        }
    }
    Ok(originals)
}

/// The findings that may be among those, in their order.
pub fn customized(tx: &mut Tx<'_>, visible: Visible<'_>) -> Result<Vec<Key>, Failure> {
    let (first, end) = match visible {
        Visible::Organization => ("", identity::end_of("9")),
        Visible::Account(account) => (account, identity::end_of(account)),
    };
    let (mut keys, mut after) = (Vec::new(), first.to_owned());
    loop {
        let rows = tx.query(NEXT, &[(&after).into(), (&end).into(), CHUNK.into()])?;
        for row in &rows {
            if customer::sets_document(&fields_of(row.text(1)?)) {
                keys.extend(key_of(row.text(0)?));
            }
        }
        match rows.last() {
            Some(last) if rows.len() as i64 == CHUNK => after = last.text(0)?.to_owned(),
            _ => return Ok(keys),
        }
    }
}
