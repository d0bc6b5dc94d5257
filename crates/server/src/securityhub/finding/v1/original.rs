//! What providers themselves sent, of findings whose documents have customers' values.

use std::borrow::Cow;
use std::collections::HashMap;

use balefire_columns::Key;
use balefire_store::{Kept, Tx};
use serde_json::Value;

use super::super::identity;
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

/// What providers themselves sent, where it is not what is kept: in that are values that customers set.
#[derive(Debug, Default)]
pub struct Originals(HashMap<String, String>);

impl Originals {
    /// Of some findings, each named by its uid and the version of its row.
    pub fn of<'u>(
        tx: &mut Tx<'_>,
        unpacker: &mut Unpacker,
        findings: impl IntoIterator<Item = (&'u str, i64)>,
    ) -> Result<Originals, Failure> {
        let versions: HashMap<&str, i64> = findings.into_iter().collect();
        let uids: Vec<&str> = versions.keys().copied().collect();
        let mut edits: HashMap<String, Kept<CustomerFields>> = records_of(tx, &uids)?;
        edits.retain(|_, edit| customer::sets_document(&edit.fields));
        let uids: Vec<&str> = edits.keys().map(String::as_str).collect();
        let mut sent: HashMap<String, Kept<SecurityFinding>> = records_of(tx, &uids)?;
        sent.retain(|uid, own| versions.get(&**uid) == Some(&own.finding_version));
        let mut originals = HashMap::new();
        for (uid, own) in sent {
            let text = unpacker.unpack(tx, &own.packed.bytes, own.packed.dictionary)?;
            let document: Value = serde_json::from_str(&text)?;
            let accepted = asff::to_ocsf(&document)
                .and_then(|ocsf| provider::accept(&ocsf.to_string(), &own.account, None));
            // It was accepted when it came.
            if let Ok(accepted) = accepted {
                originals.insert(uid, accepted.text);
            }
        }
        Ok(Originals(originals))
    }

    /// What the provider sent of a finding whose document is kept as this. Once only: what is kept next may
    /// be of another version.
    pub fn take<'t>(&mut self, uid: &str, kept: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
        self.0.remove(uid).map_or_else(|| kept.into(), Cow::Owned)
    }
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
