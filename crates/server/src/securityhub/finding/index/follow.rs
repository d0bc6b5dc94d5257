//! How the columns follow the change log.

use std::collections::HashMap;

use balefire_columns::Row;
use balefire_store::{Logged, Tx};
use serde::Deserialize;

use super::{Index, entries, extract, key};
use crate::failure::Failure;
use crate::securityhub::finding::Finding;
use crate::securityhub::finding::edit::{Edit, Edited, Positions, edits_of};
use crate::securityhub::finding::packing::Unpacker;
use crate::securityhub::finding::{identity, records_of};

/// The kind of log entries about documents.
const IMPORTED: &str = "findings.imported";
/// Findings that are in memory at once.
const FINDINGS: usize = 500;

/// Which findings came or were replaced. All else is read from the store, whose newest state counts: entries
/// of several shards come in no order.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    created: Vec<String>,
    #[serde(default)]
    updated: Vec<String>,
}

impl Index {
    /// Takes over what changed between two positions of the log.
    ///
    /// Documents come after all edits: with a document comes the whole edit as it is now, which may be the
    /// answer to an entry that is read here.
    pub(super) fn follow(
        &self,
        tx: &mut Tx<'_>,
        known: &mut Positions,
        heads: &Positions,
    ) -> Result<(), Failure> {
        self.tail.forget(tx)?;
        for (shard, (known, head)) in known.iter().zip(heads).enumerate() {
            self.tail.follow(tx, shard, *known, *head, |op, keys| {
                // A finding that is not here yet comes with its document, and its edit with it.
                let patches = extract::patches(&self.fields, op.set.borrowed());
                self.columns().patch_all(keys, &patches);
            })?;
        }
        entries::each(tx, known, heads, IMPORTED, |tx, entries| {
            let mut imported = Vec::new();
            for Logged { entry, .. } in entries {
                let Body { created, updated } = serde_json::from_slice(&entry.body)?;
                imported.extend(created.into_iter().chain(updated));
            }
            self.take_documents(tx, imported)
        })
    }

    fn take_documents(&self, tx: &mut Tx<'_>, uids: Vec<String>) -> Result<(), Failure> {
        let mut unpacker = Unpacker::default();
        let mut row = Row::default();
        for uids in distinct(uids).chunks(FINDINGS) {
            let uids: Vec<&str> = uids.iter().map(String::as_str).collect();
            let findings: HashMap<_, _> = records_of::<Finding>(tx, &uids)?;
            let edits = edits_of(tx, &uids, &self.tail)?;
            for (uid, finding) in &findings {
                let packed = &finding.packed;
                let text = unpacker.unpack(tx, &packed.bytes, packed.dictionary)?;
                let edit = edits.get(uid).map(Edited::current);
                self.put(&mut row, uid, (&text, finding.updated_ms), edit)?;
            }
        }
        Ok(())
    }

    pub(super) fn put(
        &self,
        row: &mut Row,
        uid: &str,
        (text, updated_ms): (&str, i64),
        edit: Option<&Edit>,
    ) -> Result<(), Failure> {
        let (Some(key), Some(account)) = (key::key_of(uid), identity::account_of(uid)) else {
            return Err(Failure::Internal(format!("{uid} is no uid of a finding")));
        };
        // An edited finding is never to be seen without its edit, so both go in at once.
        extract::fill(row, &self.fields, account, text, edit)?;
        row.add_date(self.fields.updated, updated_ms);
        self.columns().put(&key, row);
        Ok(())
    }
}

fn distinct(mut uids: Vec<String>) -> Vec<String> {
    uids.sort_unstable();
    uids.dedup();
    uids
}
