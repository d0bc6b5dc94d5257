//! The first account of a store and its key, which is shown once and by no default.

use anyhow::{Result, bail};
use balefire_store::{Store, Tx};

use super::readable;
use crate::access::{AccessKey, Account, NewKey, SealingKey};
use crate::context::Clock;
use crate::failure::Failure;

/// The setting that holds the id of the first key while nobody has been shown its secret.
const UNSEEN_KEY: &str = "first_key_unseen";
const UNSEEN: &str = "SELECT value FROM setting WHERE name = $1";
const KEEP_UNSEEN: &str =
    "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";

/// The first account's key, shown once.
pub struct FirstKey {
    pub account: String,
    pub key: NewKey,
    /// The secret came from the environment, so there is no need to show it.
    pub given: bool,
}

fn administrator_id(tx: &mut Tx<'_>) -> Result<Option<String>, Failure> {
    let rows = tx.query(
        "SELECT id FROM account WHERE administrator = 1 ORDER BY created_ms, id LIMIT 1",
        &[],
    )?;
    Ok(rows
        .first()
        .map(|row| row.text(0).map(str::to_owned))
        .transpose()?)
}

/// The administrator's account, where the store has one.
pub(super) fn administrator(store: &Store) -> Result<Option<String>> {
    store.read_blocking(administrator_id)?.map_err(readable)
}

/// Makes the first account and its key where the store has none. No default credentials exist.
pub(super) fn first_account(
    store: &Store,
    sealing: &SealingKey,
    clock: &Clock,
) -> Result<Option<FirstKey>> {
    if administrator(store)?.is_some() {
        return Ok(None);
    }
    let (account_id, key, given) = wanted()?;
    let account = Account {
        id: account_id.clone(),
        name: "first".into(),
        administrator: true,
        created_ms: clock.now().0,
    };
    let access_key = AccessKey {
        id: key.id.clone(),
        account: account_id.clone(),
        user_name: "administrator".into(),
        sealed_secret: sealing.seal(&key.id, &key.secret)?,
        active: true,
        created_ms: clock.now().0,
    };
    let id = key.id.clone();
    let insert = move |tx: &mut Tx<'_>| -> Result<bool, Failure> {
        // Another node on the same database may have been first.
        if administrator_id(tx)?.is_some() {
            return Ok(false);
        }
        tx.insert(&account)?;
        tx.insert(&access_key)?;
        if !given {
            tx.execute(
                KEEP_UNSEEN,
                &[UNSEEN_KEY.into(), id.as_bytes().to_vec().into()],
            )?;
        }
        Ok(true)
    };
    let made = store.write_blocking("", insert)?.map_err(readable)?;
    Ok(made.then_some(FirstKey {
        account: account_id,
        key,
        given,
    }))
}

/// The first account's key where it was made and never shown, as when the first start broke off.
///
/// Two servers that start on one database may both show it; that neither did would be worse.
pub(super) fn unseen_key(store: &Store, sealing: &SealingKey) -> Result<Option<FirstKey>> {
    let read = |tx: &mut Tx<'_>| -> Result<Option<AccessKey>, Failure> {
        let rows = tx.query(UNSEEN, &[UNSEEN_KEY.into()])?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let id = String::from_utf8_lossy(row.blob(0)?).into_owned();
        let key = tx.get::<AccessKey>(&[id.into()])?.map(|kept| kept.record);
        Ok(key.filter(|key| key.active))
    };
    let Some(key) = store.read_blocking(read)?.map_err(readable)? else {
        return Ok(None);
    };
    let secret = sealing.open(&key.id, &key.sealed_secret);
    Ok(secret.map(|secret| FirstKey {
        account: key.account,
        key: NewKey { id: key.id, secret },
        given: false,
    }))
}

/// The first account's key has been shown, and is not shown again. Blocks.
pub fn first_key_was_shown(store: &Store) -> Result<()> {
    let forget = |tx: &mut Tx<'_>| -> Result<u64, Failure> {
        Ok(tx.execute("DELETE FROM setting WHERE name = $1", &[UNSEEN_KEY.into()])?)
    };
    store.write_blocking("", forget)?.map_err(readable)?;
    Ok(())
}

/// Whether the environment names the first account's key.
pub(super) fn key_is_given() -> bool {
    variable("BALEFIRE_ACCESS_KEY_ID").is_some() && variable("BALEFIRE_SECRET_ACCESS_KEY").is_some()
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// The account and key that the environment asks for, or random ones.
fn wanted() -> Result<(String, NewKey, bool)> {
    let account = match variable("BALEFIRE_ACCOUNT_ID") {
        Some(id) if Account::is_id(&id) => id,
        Some(id) => bail!("BALEFIRE_ACCOUNT_ID is '{id}', and an account id has twelve digits"),
        None => random_account_id()?,
    };
    match (
        variable("BALEFIRE_ACCESS_KEY_ID"),
        variable("BALEFIRE_SECRET_ACCESS_KEY"),
    ) {
        (Some(id), Some(secret)) => {
            if !(16..=128).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
                bail!("BALEFIRE_ACCESS_KEY_ID must be 16 to 128 letters and digits");
            }
            if secret.len() < 16 {
                bail!("BALEFIRE_SECRET_ACCESS_KEY must have at least 16 characters");
            }
            Ok((account, NewKey { id, secret }, true))
        }
        (None, None) => Ok((account, NewKey::random()?, false)),
        _ => bail!("set both BALEFIRE_ACCESS_KEY_ID and BALEFIRE_SECRET_ACCESS_KEY, or neither"),
    }
}

fn random_account_id() -> Result<String> {
    let bytes = crate::access::random_32()?;
    let number = bytes
        .iter()
        .take(8)
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    // Twelve digits that do not begin with a zero.
    Ok((100_000_000_000 + number % 900_000_000_000).to_string())
}
