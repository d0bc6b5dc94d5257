//! Accounts and their access keys.

mod account;
mod key;
mod sealing;

pub use account::Account;
pub use key::{AccessKey, NewKey};
pub use sealing::{SealingKey, random_32};

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use balefire_store::{Store, Tx};
use parking_lot::RwLock;

use crate::context::Caller;
use crate::failure::Failure;
use crate::signature::Secret;

/// How long a key that was read is used without reading it again: the time a withdrawn key lives on at most.
const FRESH: Duration = Duration::from_secs(10);
/// Where an organization has more keys, the cache begins anew.
const ENTRIES_MAX: usize = 10_000;

/// Who holds which key. Keys are read from the store and kept for some seconds.
pub struct Access {
    sealing: SealingKey,
    known: RwLock<HashMap<String, (Instant, Holder)>>,
}

/// The caller that a key stands for.
#[derive(Clone)]
pub struct Holder {
    pub caller: Arc<Caller>,
    pub secret: Arc<Secret>,
}

impl Access {
    pub fn new(sealing: SealingKey) -> Access {
        Access {
            sealing,
            known: RwLock::default(),
        }
    }

    /// The holder of an access key that exists and is active.
    pub async fn holder(
        &self,
        store: &Store,
        access_key_id: &str,
    ) -> Result<Option<Holder>, Failure> {
        if let Some((read_at, holder)) = self.known.read().get(access_key_id)
            && read_at.elapsed() < FRESH
        {
            return Ok(Some(holder.clone()));
        }
        let id = access_key_id.to_owned();
        let sealing = self.sealing.clone();
        let read = store.read(move |tx| read_holder(tx, &sealing, &id));
        // A key that is not there may be made at any moment, by another process too.
        let Some(holder) = read.await?? else {
            return Ok(None);
        };
        let mut known = self.known.write();
        if known.len() >= ENTRIES_MAX {
            known.clear();
        }
        known.insert(access_key_id.to_owned(), (Instant::now(), holder.clone()));
        Ok(Some(holder))
    }
}

/// Ids of keys that a refusal names.
const NAMED_MAX: usize = 5;

/// Fails where the store holds the secret of an active key that this sealing key does not open: its calls
/// could only fail. Blocks.
pub fn require_all_open(store: &Store, sealing: &SealingKey) -> anyhow::Result<()> {
    let rows = store.read_blocking(|tx| {
        let sql = "SELECT id, sealed_secret FROM access_key WHERE active = 1 ORDER BY id";
        tx.query(sql, &[])
    })??;
    let mut closed: Vec<&str> = Vec::new();
    for row in &rows {
        let id = row.text(0)?;
        if sealing.open(id, row.blob(1)?).is_none() {
            closed.push(id);
        }
    }
    if closed.is_empty() {
        return Ok(());
    }
    let (count, all) = (closed.len(), rows.len());
    closed.truncate(NAMED_MAX);
    bail!(
        "the sealing key of this server is not the one that the store's secrets were sealed with: it does \
         not open those of {count} of {all} active access keys ({}{}). Every server of a store needs the \
         same: put the right sealing.key into the data directory, or set BALEFIRE_SEALING_KEY. Where it is \
         lost, withdraw these keys with `balefire admin deactivate-key` and make others with `balefire \
         admin create-key`",
        closed.join(", "),
        if count > NAMED_MAX { ", …" } else { "" }
    )
}

fn read_holder(tx: &mut Tx<'_>, sealing: &SealingKey, id: &str) -> Result<Option<Holder>, Failure> {
    let Some(key) = tx.get::<AccessKey>(&[id.into()])?.filter(|key| key.active) else {
        return Ok(None);
    };
    let Some(account) = tx.get::<Account>(&[(&key.account).into()])? else {
        return Ok(None);
    };
    let secret = sealing.open(id, &key.sealed_secret).ok_or_else(|| {
        Failure::Internal(format!(
            "the secret of {id} does not open with this sealing key"
        ))
    })?;
    let caller = Caller {
        account: account.id.clone(),
        arn: format!("arn:aws:iam::{}:user/{}", account.id, key.user_name),
        user_id: id.to_owned(),
        administrator: account.administrator,
    };
    Ok(Some(Holder {
        caller: Arc::new(caller),
        secret: Arc::new(Secret::new(secret)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ADMINISTRATOR, Testing};

    fn key(t: &Testing, id: &str, sealing: &SealingKey, active: bool) {
        let key = AccessKey {
            id: id.into(),
            account: ADMINISTRATOR.into(),
            user_name: "user".into(),
            sealed_secret: sealing.seal(id, "secret").unwrap(),
            active,
            created_ms: 0,
        };
        let insert = t.store.write_blocking("", move |tx| tx.insert(&key));
        insert.unwrap().unwrap();
    }

    #[test]
    fn a_key_is_known_as_soon_as_it_is_made() {
        let t = Testing::new();
        let sealing = SealingKey::load(&t.file("sealing", "").with_extension("key")).unwrap();
        let access = Access::new(sealing.clone());
        let is_known = || {
            t.wait(access.holder(&t.store, "AKIANEW"))
                .unwrap()
                .is_some()
        };
        assert!(!is_known());
        key(&t, "AKIANEW", &sealing, true);
        assert!(is_known());
    }

    #[test]
    fn a_key_that_does_not_open_every_active_secret_is_refused() {
        let t = Testing::new();
        let files = ["mine", "other"].map(|name| t.file(name, "").with_extension("key"));
        let [mine, other] = files.map(|file| SealingKey::load(&file).unwrap());
        require_all_open(&t.store, &other).expect("nothing is sealed");
        key(&t, "AKIAMINE", &mine, true);
        key(&t, "AKIALOST", &other, false);
        require_all_open(&t.store, &mine).expect("the other key's is withdrawn");
        let said = require_all_open(&t.store, &other).unwrap_err().to_string();
        assert!(
            said.contains("1 of 1 active access keys (AKIAMINE)"),
            "{said}"
        );
        key(&t, "AKIALATER", &other, true);
        let said = require_all_open(&t.store, &mine).unwrap_err().to_string();
        assert!(
            said.contains("1 of 2 active access keys (AKIALATER)"),
            "{said}"
        );
    }
}
