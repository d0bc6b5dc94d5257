//! What a customer set in some findings, as the log has it.

use std::collections::BTreeMap;

use balefire_store::Logged;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::fields::Fields;
use crate::securityhub::finding::identity::account_of;

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
    #[serde(borrow)]
    uids: Vec<&'a str>,
    #[serde(flatten)]
    set: Fields,
}

impl Op {
    /// Reads an entry, and the uids of the findings that it names.
    pub fn of(logged: &Logged) -> Result<(Op, Vec<&str>), Failure> {
        let Body { uids, set } = serde_json::from_slice(&logged.entry.body)?;
        let op = Op {
            seq: logged.seq,
            at_ms: logged.entry.at_ms,
            by: logged.entry.actor.clone(),
            set,
        };
        Ok((op, uids))
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
    uids: &[&str],
) -> Result<(), Failure> {
    let mut accounts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for uid in uids {
        let account = account_of(uid).unwrap_or_default();
        accounts.entry(account).or_default().push(uid);
    }
    for (account, uids) in accounts {
        let set = set.clone();
        ctx.changed_in(account.to_owned(), KIND, subject, &Body { uids, set })?;
    }
    Ok(())
}
