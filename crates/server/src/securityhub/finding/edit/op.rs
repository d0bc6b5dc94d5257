//! What a customer set in some findings, as the log has it.

use std::collections::BTreeMap;

use balefire_columns::Key;
use balefire_store::Logged;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::fields::Fields;
use crate::securityhub::finding::index::{
    HASH_BYTES, account_number_of, account_of_key, hash_of_key, key_of, key_with,
};

/// The kind of the log entries.
pub const KIND: &str = "findings.updated";

/// One entry, without the findings that it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Op {
    /// In the shard of the findings' account.
    pub seq: i64,
    pub at_ms: i64,
    pub by: String,
    pub set: Fields,
}

#[derive(Serialize, Deserialize)]
struct Body<'a> {
    /// The hashes of the findings' uids, one after the other, in base64. The account is the entry's.
    #[serde(default)]
    hashes: String,
    /// How entries named the findings before.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    uids: Vec<&'a str>,
    #[serde(flatten)]
    set: Fields,
}

impl Op {
    /// Reads an entry, and the keys of the findings that it names.
    pub fn of(logged: &Logged) -> Result<(Op, Vec<Key>), Failure> {
        let entry = &logged.entry;
        let Body { hashes, uids, set } = serde_json::from_slice(&entry.body)?;
        let mut keys: Vec<Key> = uids.into_iter().filter_map(key_of).collect();
        keys.extend(keys_in(&entry.account, &hashes)?);
        let op = Op {
            seq: logged.seq,
            at_ms: entry.at_ms,
            by: entry.actor.clone(),
            set,
        };
        Ok((op, keys))
    }
}

fn keys_in(account: &str, hashes: &str) -> Result<Vec<Key>, Failure> {
    let broken = |what: &str| Failure::Internal(format!("{KIND} of {account}: {what}"));
    let bytes = BASE64_STANDARD.decode(hashes);
    let bytes = bytes.map_err(|error| broken(&error.to_string()))?;
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    let keys: Option<Vec<Key>> = hashes.iter().map(|hash| key_with(account, hash)).collect();
    match keys {
        Some(keys) if rest.is_empty() => Ok(keys),
        _ => Err(broken("no hashes of findings")),
    }
}

/// Sets fields in findings that are there. From the commit on, every reader sees it.
///
/// Invariant: an entry is of its findings' account, whoever made it, so that all changes of a finding are in
/// one shard, whose order is theirs.
pub fn append(
    ctx: &mut Ctx<'_, '_>,
    subject: &str,
    set: &Fields,
    keys: &[Key],
) -> Result<(), Failure> {
    let mut accounts: BTreeMap<u64, (String, Vec<u8>)> = BTreeMap::new();
    for key in keys {
        let of_account = || (account_of_key(key), Vec::new());
        let account = accounts.entry(account_number_of(key));
        let (_, hashes) = account.or_insert_with(of_account);
        hashes.extend_from_slice(hash_of_key(key));
    }
    ctx.tx
        .hold(accounts.values().map(|(account, _)| account.as_str()))?;
    for (account, hashes) in accounts.into_values() {
        let body = Body {
            hashes: BASE64_STANDARD.encode(hashes),
            uids: Vec::new(),
            set: set.clone(),
        };
        ctx.changed_in(account, KIND, subject, &body)?;
    }
    Ok(())
}
