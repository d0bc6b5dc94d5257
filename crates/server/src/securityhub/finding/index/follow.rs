//! How the columns follow the change log.

use std::collections::HashMap;

use balefire_columns::Row;
use balefire_store::{Logged, SHARDS, Tx};
use serde::Deserialize;
use serde_json::Value;

use super::{Index, Positions, extract, key};
use crate::failure::Failure;
use crate::securityhub::finding::Finding;
use crate::securityhub::finding::edit::Edit;
use crate::securityhub::finding::packing::Unpacker;
use crate::securityhub::finding::{identity, records_of};

/// The kinds of log entries that are about findings.
const IMPORTED: &str = "findings.imported";
const UPDATED: &str = "findings.updated";
/// Log entries that are in memory at once.
const ENTRIES: usize = 256;
/// Findings that are in memory at once.
const FINDINGS: usize = 500;

/// The newest changes that a transaction sees.
pub fn heads(tx: &mut Tx<'_>) -> Result<Positions, Failure> {
    let mut heads = [0; SHARDS as usize];
    for (shard, seq) in tx.log_heads()? {
        if let Some(head) = usize::try_from(shard).ok().and_then(|at| heads.get_mut(at)) {
            *head = seq;
        }
    }
    Ok(heads)
}

/// What a log entry about findings says of them. All else is read from the store, whose newest state counts:
/// entries of several shards come in no order.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    created: Vec<String>,
    #[serde(default)]
    updated: Vec<String>,
    #[serde(default)]
    uids: Vec<String>,
}

impl Index {
    /// Takes over what changed between two positions of the log.
    pub(super) fn follow(
        &self,
        tx: &mut Tx<'_>,
        known: &mut Positions,
        heads: &Positions,
    ) -> Result<(), Failure> {
        for (shard, (known, head)) in (0..).zip(known.iter_mut().zip(heads)) {
            while *known < *head {
                let entries = tx.log_after_of(shard, *known, [IMPORTED, UPDATED], ENTRIES)?;
                let last = entries.last().map(|entry| entry.seq);
                let is_more = entries.len() == ENTRIES;
                let (mut imported, mut edited) = (Vec::new(), Vec::new());
                for Logged { entry, .. } in entries {
                    let body: Body = serde_json::from_slice(&entry.body)?;
                    imported.extend(body.created.into_iter().chain(body.updated));
                    edited.extend(body.uids);
                }
                self.take_documents(tx, imported)?;
                self.take_edits(tx, edited)?;
                *known = last.filter(|_| is_more).unwrap_or(*head);
            }
        }
        Ok(())
    }

    fn take_documents(&self, tx: &mut Tx<'_>, uids: Vec<String>) -> Result<(), Failure> {
        let mut unpacker = Unpacker::default();
        let mut row = Row::default();
        for uids in distinct(uids).chunks(FINDINGS) {
            let uids: Vec<&str> = uids.iter().map(String::as_str).collect();
            let findings: HashMap<_, _> = records_of::<Finding>(tx, &uids)?;
            let edits = records_of::<Edit>(tx, &uids)?;
            for (uid, finding) in &findings {
                let packed = &finding.packed;
                let text = unpacker.unpack(tx, &packed.bytes, packed.dictionary)?;
                let edit = edits.get(uid).map(|edit| &edit.record);
                self.put(&mut row, uid, &text, edit)?;
            }
        }
        Ok(())
    }

    fn take_edits(&self, tx: &mut Tx<'_>, uids: Vec<String>) -> Result<(), Failure> {
        for uids in distinct(uids).chunks(FINDINGS) {
            let uids: Vec<&str> = uids.iter().map(String::as_str).collect();
            let edits = records_of::<Edit>(tx, &uids)?;
            for uid in uids {
                let edit = edits.get(uid).map(|edit| &edit.record);
                if let Some(key) = key::key_of(uid) {
                    let patches = extract::patches(&self.fields, edit);
                    // A finding that is not here yet comes with its document, and its edit with it.
                    self.columns().patch(&key, &patches);
                }
            }
        }
        Ok(())
    }

    pub(super) fn put(
        &self,
        row: &mut Row,
        uid: &str,
        text: &str,
        edit: Option<&Edit>,
    ) -> Result<(), Failure> {
        let (Some(key), Some(account)) = (key::key_of(uid), identity::account_of(uid)) else {
            return Err(Failure::Internal(format!("{uid} is no uid of a finding")));
        };
        let mut document: Value = serde_json::from_str(text)?;
        row.clear();
        extract::fill_provided(row, &self.fields, &document);
        if let Some(edit) = edit {
            edit.apply(&mut document);
        }
        extract::fill(row, &self.fields, account, &document);
        self.columns().put(&key, row);
        Ok(())
    }
}

fn distinct(mut uids: Vec<String>) -> Vec<String> {
    uids.sort_unstable();
    uids.dedup();
    uids
}
