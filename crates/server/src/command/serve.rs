//! `balefire serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use balefire_store::Store;

use super::open::{FirstKey, Opened, first_key_was_shown};
use super::{Ended, StoreOptions, say};
use crate::access;
use crate::configuration::Configuration;
use crate::console::Console;
use crate::context::Clock;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::front::Front;
use crate::hooks::Hooks;
use crate::http;
use crate::outside::Outside;
use crate::securityhub::finding::Index;
use crate::settings::Limits;
use crate::stream::Changes;

/// How long the searched findings rest between two looks at the log, and how often they look at least.
const FOLLOW_REST: Duration = Duration::from_millis(50);
const FOLLOW_EVERY: Duration = Duration::from_secs(1);
/// How long the first request waits until they are read. With more of them, who asks is told to try again.
const FIRST_READ_MAX: Duration = Duration::from_millis(500);
/// How often it is asked whether edits of findings are to become rows, and how often where none is known of.
const FOLD_EVERY: Duration = Duration::from_millis(250);
const FOLD_AT_LEAST_EVERY: Duration = Duration::from_secs(60);
/// How often it is looked whether they are to be kept for the next start.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often what has expired is looked for.
const DROP_EXPIRED_EVERY: Duration = Duration::from_secs(600);

#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    store: StoreOptions,
    /// The address to listen at.
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:4747",
        env = "BALEFIRE_LISTEN"
    )]
    listen: SocketAddr,
    /// The certificate chain, as PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate, as PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Serve plain HTTP on an address that other machines reach.
    #[arg(long)]
    insecure_http: bool,
    /// A host name under which the console answers, besides addresses and localhost.
    #[arg(long, value_name = "NAME")]
    host_name: Vec<String>,
    /// What is set beyond these options; by default balefire.toml in the data directory, if it is there.
    #[arg(long, value_name = "FILE", env = "BALEFIRE_CONFIG")]
    config: Option<PathBuf>,
    /// The quotas and rates that hold.
    #[arg(long, value_enum, default_value_t, env = "BALEFIRE_LIMITS")]
    limits: Limits,
}

impl Serve {
    pub async fn run(self) -> Result<Ended> {
        crate::command::log_to_stderr();
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => Some(http::tls_config(cert, key)?),
            _ => None,
        };
        if !http::loopback(&self.listen) && tls.is_none() && !self.insecure_http {
            bail!(
                "{} can be reached from other machines: give --tls-cert and --tls-key, or --insecure-http \
                 if something in front does TLS",
                self.listen
            );
        }
        let configuration = Configuration::read(self.config.as_deref(), &self.store.data)?;
        let outside = Outside::new(&configuration)?;
        let (options, settings) = (self.store.clone(), configuration.settings(self.limits));
        let open = move || {
            let opened = Opened::open_with(&options, Clock::system(), settings)?;
            access::require_all_open(&opened.store, &opened.sealing)?;
            opened.keep_findings(&options)?;
            let hooks = opened.hooks(&configuration)?;
            anyhow::Ok((opened, hooks))
        };
        let (opened, hooks) = tokio::task::spawn_blocking(open).await??;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let server = Server::bind(
            opened,
            hooks,
            outside,
            self.listen,
            tls,
            self.host_name.into(),
        )
        .await?;
        let base = format!("{scheme}://{}", server.address);
        if let Some(first) = &server.opened.first {
            say(introduction(first, &base))?;
            let store = server.opened.store.clone();
            tokio::task::spawn_blocking(move || first_key_was_shown(&store)).await??;
        }
        say(format_args!("Balefire listens at {base}"))?;
        server.run().await?;
        Ok(Ended::Well)
    }
}

/// A bound server: everything that runs while it serves.
pub struct Server {
    pub opened: Opened,
    pub console: Arc<Console>,
    pub address: SocketAddr,
    hooks: Arc<Hooks>,
    outside: Outside,
    listener: TcpListener,
    tls: Option<rustls::ServerConfig>,
    host_names: Arc<[String]>,
    signals: Signals,
}

impl Server {
    pub async fn bind(
        opened: Opened,
        hooks: Hooks,
        outside: Outside,
        listen: SocketAddr,
        tls: Option<rustls::ServerConfig>,
        host_names: Arc<[String]>,
    ) -> Result<Server> {
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("listening at {listen}"))?;
        let address = listener.local_addr()?;
        let console = Console::new(
            opened.pipeline.clone(),
            opened.clock.clone(),
            opened.session_secret,
            tls.is_some(),
        );
        Ok(Server {
            opened,
            console: Arc::new(console),
            hooks: Arc::new(hooks),
            address,
            outside,
            listener,
            tls,
            host_names,
            signals: Signals::listen()?,
        })
    }

    /// Serves until the process is asked to end, then finishes what runs.
    pub async fn run(self) -> Result<()> {
        let opened = self.opened;
        let engine = Engine::new(
            (opened.store.clone(), Arc::clone(&opened.index)),
            opened.clock.clone(),
            opened.ids.clone(),
            opened.settings,
            self.outside,
        );
        let stepping = tokio::spawn(Arc::clone(&engine).run());
        let dropping = tokio::spawn(drop_expired(Arc::clone(&engine)));
        let index = opened.index;
        let folding = tokio::spawn(fold_edits(engine, Arc::clone(&index), opened.store.clone()));
        let (has_read, reading) = oneshot::channel();
        let following = tokio::spawn(follow(opened.store.clone(), Arc::clone(&index), has_read));
        // Few findings are there before the first request.
        let _ = tokio::time::timeout(FIRST_READ_MAX, reading).await;
        let (clock, store) = (opened.clock.clone(), opened.store.clone());
        let keeping = tokio::spawn(keep(store, Arc::clone(&index), clock));
        let (stop, stopping) = tokio::sync::watch::channel(false);
        let searched = Arc::clone(&index);
        let asked_to_end = async move {
            self.signals.asked_to_end().await;
            // The first reading may hold a request for longer than it is waited for: it is given up, and
            // whoever asked is told to try again.
            searched.stop();
            // Streams never end by themselves.
            stop.send_replace(true);
        };
        let front = Front {
            pipeline: opened.pipeline,
            console: self.console,
            hooks: self.hooks,
            changes: Arc::new(Changes::new(opened.store.clone(), stopping)),
            ids: opened.ids,
            host_names: self.host_names,
        };
        http::serve(
            self.listener,
            self.tls,
            http::Limits::default(),
            front,
            asked_to_end,
        )
        .await?;
        for task in [stepping, dropping, folding, following, keeping] {
            task.abort();
            let _ = task.await;
        }
        let (store, now) = (opened.store, opened.clock.now());
        let close = move || {
            index.save_at_end(&store, now.0);
            store.close();
        };
        tokio::task::spawn_blocking(close).await?;
        Ok(())
    }
}

async fn drop_expired(engine: Arc<Engine>) {
    loop {
        if let Err(failure) = engine.drop_expired().await {
            tracing::error!("what has expired could not be dropped: {failure:?}");
        }
        tokio::time::sleep(DROP_EXPIRED_EVERY).await;
    }
}

/// Puts edits of findings into rows while there are some, and is idle where nothing changes.
async fn fold_edits(engine: Arc<Engine>, index: Arc<Index>, store: Store) {
    let mut moved = store.subscribe();
    loop {
        loop {
            tokio::time::sleep(FOLD_EVERY).await;
            if let Err(failure) = engine.fold_edits_if_due(&index).await {
                tracing::error!("edits of findings stay in the log for now: {failure:?}");
            }
            if index.tail().waiting() == 0 {
                break;
            }
        }
        // Other servers of the database move no counter of this one.
        let _ = tokio::time::timeout(FOLD_AT_LEAST_EVERY, moved.changed()).await;
    }
}

/// Keeps the findings that are searched up with the change log, so that who asks need not wait for it.
async fn follow(store: Store, index: Arc<Index>, has_read: oneshot::Sender<()>) {
    let mut moved = store.subscribe();
    let mut has_read = Some(has_read);
    loop {
        let (store, index) = (store.clone(), Arc::clone(&index));
        let turn = move || store.read_blocking(move |tx| index.current(tx).map(drop));
        match tokio::task::spawn_blocking(turn).await {
            // Whoever asks first reads them all.
            Ok(Ok(Ok(()) | Err(Failure::Reading))) => {}
            Ok(Ok(Err(failure))) => tracing::error!("findings could not be read: {failure:?}"),
            Ok(Err(balefire_store::Error::Closed)) | Err(_) => return,
            Ok(Err(error)) => tracing::error!("findings could not be read: {error}"),
        }
        // Nobody may wait for it any more.
        let _ = has_read.take().map(|waiting| waiting.send(()));
        // Other servers of the database move no counter of this one.
        let _ = tokio::time::timeout(FOLLOW_EVERY, moved.changed()).await;
        tokio::time::sleep(FOLLOW_REST).await;
    }
}

/// Writes the findings that are searched down when it is time, so that the next start need not read them all.
async fn keep(store: Store, index: Arc<Index>, clock: Clock) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let (store, index, now) = (store.clone(), Arc::clone(&index), clock.now());
        let look = move || index.save_if_due(&store, now.0);
        if tokio::task::spawn_blocking(look).await.is_err() {
            return;
        }
    }
}

/// Ctrl-C or a polite kill, heard from the moment of making.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> Result<Signals> {
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn asked_to_end(mut self) {
        tokio::select! { _ = self.interrupt.recv() => {}, _ = self.terminate.recv() => {} }
    }
}

/// What a first start shows, once.
pub fn introduction(first: &FirstKey, base: &str) -> String {
    let account = &first.account;
    if first.given {
        return format!("Account {account} was made with the access key of the environment.");
    }
    format!(
        "Account {account} was made, the administrator of its organization. Its secret is shown only now:\n\n  \
         export AWS_ENDPOINT_URL={base} AWS_DEFAULT_REGION=us-east-1\n  \
         export AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={}\n",
        first.key.id, first.key.secret
    )
}
