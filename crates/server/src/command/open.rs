//! Opens a store: its lock, its tables, its sealing key, and at the first start its first account.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use balefire_store::{Location, Options, Store, Tx};

use super::StoreOptions;
use crate::access::{Access, AccessKey, Account, NewKey, SealingKey};
use crate::configuration::Configuration;
use crate::context::{Caller, Clock, Ids};
use crate::failure::Failure;
use crate::hooks::Hooks;
use crate::pipeline::Pipeline;
use crate::securityhub::finding::Index;
use crate::setting;
use crate::settings::Settings;

/// A store that is ready to answer.
pub struct Opened {
    pub store: Store,
    /// The findings, as they are searched.
    pub index: Arc<Index>,
    pub pipeline: Arc<Pipeline>,
    pub session_secret: [u8; 32],
    pub clock: Clock,
    pub ids: Ids,
    pub settings: Settings,
    /// The account and key of a store that was empty.
    pub first: Option<FirstKey>,
    pub sealing: SealingKey,
}

/// The first account's key, shown once.
pub struct FirstKey {
    pub account: String,
    pub key: NewKey,
    /// The secret came from the environment, so there is no need to show it.
    pub given: bool,
}

impl Opened {
    pub fn open(options: &StoreOptions) -> Result<Opened> {
        Opened::open_with(options, Clock::system(), Settings::default())
    }

    pub fn open_with(options: &StoreOptions, clock: Clock, settings: Settings) -> Result<Opened> {
        let location = match &options.database {
            Some(url) => Location::Postgres(url.clone()),
            None => Location::Sqlite(options.data.clone()),
        };
        let store = Store::open(location, crate::MIGRATIONS, Options::default())?;
        let sealing = sealing_key(&options.data)?;
        let ids = Ids::random();
        let first = first_account(&store, &sealing, &clock)?;
        let page_secret = setting::secret(&store, "page_secret")?;
        let session_secret = setting::secret(&store, "session_secret")?;
        let index = Arc::default();
        let pipeline = Pipeline::new(
            store.clone(),
            Access::new(sealing.clone()),
            page_secret,
            clock.clone(),
            ids.clone(),
            settings.clone(),
            crate::operations(&index),
        );
        Ok(Opened {
            store,
            index,
            pipeline: Arc::new(pipeline),
            session_secret,
            clock,
            ids,
            settings,
            first,
            sealing,
        })
    }

    /// Keeps the findings that are searched in the data directory too, for the next start. Blocks.
    pub fn keep_findings(&self, options: &StoreOptions) -> Result<()> {
        let store = setting::secret(&self.store, "store_id")?;
        self.index.keep_in(&options.data, store);
        Ok(())
    }

    /// The ways in that are configured. Blocks, as opening does.
    pub fn hooks(&self, configuration: &Configuration) -> Result<Hooks> {
        Hooks::new(
            self.pipeline.clone(),
            self.clock.clone(),
            &self.administrator()?.account,
            &configuration.hooks,
        )
    }

    /// The organization's administrator, for commands that work on the store itself.
    pub fn administrator(&self) -> Result<Arc<Caller>> {
        let id = self
            .store
            .read_blocking(administrator_id)?
            .map_err(readable)?;
        let Some(id) = id else {
            bail!("the store has no account yet: start `balefire serve` once")
        };
        Ok(Arc::new(Caller {
            arn: format!("arn:aws:iam::{id}:root"),
            user_id: id.clone(),
            account: id,
            administrator: true,
        }))
    }
}

/// A failure for a person at the command line.
pub fn readable(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Internal(text) => anyhow::anyhow!(text),
        Failure::Store(error) => error.into(),
        other => anyhow::anyhow!(other.message()),
    }
}

fn sealing_key(directory: &Path) -> Result<SealingKey> {
    std::fs::create_dir_all(directory)
        .with_context(|| format!("making {}", directory.display()))?;
    SealingKey::load(&directory.join("sealing.key"))
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

/// Makes the first account and its key where the store has none. No default credentials exist.
fn first_account(store: &Store, sealing: &SealingKey, clock: &Clock) -> Result<Option<FirstKey>> {
    if store
        .read_blocking(administrator_id)?
        .map_err(readable)?
        .is_some()
    {
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
    let insert = move |tx: &mut Tx<'_>| -> Result<bool, Failure> {
        // Another node on the same database may have been first.
        if administrator_id(tx)?.is_some() {
            return Ok(false);
        }
        tx.insert(&account)?;
        tx.insert(&access_key)?;
        Ok(true)
    };
    let made = store.write_blocking("", insert)?.map_err(readable)?;
    Ok(made.then_some(FirstKey {
        account: account_id,
        key,
        given,
    }))
}

/// The account and key that the environment asks for, or random ones.
fn wanted() -> Result<(String, NewKey, bool)> {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
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
