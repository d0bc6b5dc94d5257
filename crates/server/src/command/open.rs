//! Opens a store: its lock, its tables, its sealing key, and at the first start its first account.

mod first;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use balefire_store::{Location, Options, Store};

use super::StoreOptions;
use crate::access::{Access, SealingKey};
use crate::configuration::Configuration;
use crate::context::{Caller, Clock, Ids};
use crate::failure::Failure;
use crate::hooks::Hooks;
use crate::pipeline::Pipeline;
use crate::securityhub::finding::Index;
use crate::setting;
use crate::settings::Settings;
pub use first::{FirstKey, first_key_was_shown};
use first::{first_account, key_is_given, unseen_key};

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
    /// The account and key of a store that was empty, or whose key nobody has been shown yet.
    pub first: Option<FirstKey>,
    pub sealing: SealingKey,
}

impl Opened {
    /// Opens the store for a command that works on what is there. A directory of another name, as by a slip
    /// of the hand, is no new store.
    pub fn open(options: &StoreOptions) -> Result<Opened> {
        if options.database.is_none() && !options.data.join("balefire.db").exists() {
            return Err(no_store(options));
        }
        let store = store(options)?;
        if first::administrator(&store)?.is_none() {
            return Err(no_store(options));
        }
        Opened::of(store, options, Clock::system(), Settings::default())
    }

    /// As `open`, for a command that brings something in: where the environment says by which key the store
    /// will be reached, it makes one, and says so.
    pub fn open_to_fill(options: &StoreOptions) -> Result<Opened> {
        if !key_is_given() {
            return Opened::open(options);
        }
        let opened = Opened::open_with(options, Clock::system(), Settings::default())?;
        if let Some(first) = opened.first.as_ref().filter(|first| first.given) {
            let place = match &options.database {
                Some(_) => "in the database".into(),
                None => format!("in {}", options.data.display()),
            };
            eprintln!(
                "There was no store {place}: a new one was made, with account {} and the key that is set.",
                first.account
            );
        }
        Ok(opened)
    }

    /// Opens the store for a server, and makes it where there is none.
    pub fn open_with(options: &StoreOptions, clock: Clock, settings: Settings) -> Result<Opened> {
        Opened::of(store(options)?, options, clock, settings)
    }

    fn of(
        store: Store,
        options: &StoreOptions,
        clock: Clock,
        settings: Settings,
    ) -> Result<Opened> {
        let sealing = sealing_key(&options.data)?;
        let ids = Ids::random();
        let made = first_account(&store, &sealing, &clock)?;
        let first = made.map_or_else(|| unseen_key(&store, &sealing), |made| Ok(Some(made)))?;
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
        let Some(id) = first::administrator(&self.store)? else {
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

fn store(options: &StoreOptions) -> Result<Store> {
    let location = match &options.database {
        Some(url) => Location::Postgres(url.clone()),
        None => Location::Sqlite(options.data.clone()),
    };
    Ok(Store::open(
        location,
        crate::MIGRATIONS,
        Options::default(),
    )?)
}

fn no_store(options: &StoreOptions) -> anyhow::Error {
    let place = match &options.database {
        Some(_) => "the database holds".into(),
        None => format!("{} holds", options.data.display()),
    };
    anyhow::anyhow!(
        "{place} no store yet: start `balefire serve` once, which makes it and shows its access key. Where \
         there should be one, look at --data and --database."
    )
}
