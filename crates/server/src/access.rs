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

use balefire_store::{Store, Tx};
use parking_lot::RwLock;

use crate::context::Caller;
use crate::failure::Failure;
use crate::signature::Secret;

/// How long a key that was read is used without reading it again: the time a withdrawn key lives on at most.
const FRESH: Duration = Duration::from_secs(10);
/// A flood of unknown ids must not grow the cache.
const ENTRIES_MAX: usize = 10_000;

/// Who holds which key. Keys are read from the store and kept for some seconds.
pub struct Access {
    sealing: SealingKey,
    known: RwLock<HashMap<String, (Instant, Option<Holder>)>>,
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
            return Ok(holder.clone());
        }
        let id = access_key_id.to_owned();
        let sealing = self.sealing.clone();
        let holder = store
            .read(move |tx| read_holder(tx, &sealing, &id))
            .await??;
        let mut known = self.known.write();
        if known.len() >= ENTRIES_MAX {
            known.clear();
        }
        known.insert(access_key_id.to_owned(), (Instant::now(), holder.clone()));
        Ok(holder)
    }
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
