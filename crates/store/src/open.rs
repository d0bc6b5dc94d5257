//! How a store comes to life: the directory or the server, the migrations, the threads.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::{Builder, JoinHandle};

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::Error;
use crate::directory::Directory;
use crate::engine::postgres::{PostgresConnection, configure};
use crate::engine::sqlite::SqliteConnection;
use crate::engine::{Connection, Engine, Role};
use crate::log::SHARDS;
use crate::migration::{Migration, migrate};
use crate::operation::Operation;
use crate::queue::Queue;
use crate::reader::{self, InlineReaders, ReadTask, Readers};
use crate::store::{Inner, Options};
use crate::writer::{Poison, Writer};

type Connected = Result<Box<dyn Connection>, Error>;

pub(crate) fn open_sqlite(
    path: &Path,
    migrations: &'static [Migration],
    options: &Options,
) -> Result<Inner, Error> {
    let directory = Directory::open(path)?;
    let mut connection = SqliteConnection::open(&directory.database, Role::Writer)?;
    migrate(&mut connection, migrations)?;
    let reader = |_| SqliteConnection::open(&directory.database, Role::Reader);
    let readers = (0..options.read_connections.max(1))
        .map(reader)
        .collect::<Result<Vec<_>, Error>>()?;
    let readers = Readers::Inline(InlineReaders::new(readers));
    let mut inner = start(Engine::Sqlite, readers, options);
    let database = directory.database.clone();
    let connect = move || -> Connected {
        let connection = SqliteConnection::open(&database, Role::Reader)?;
        Ok(Box::new(connection))
    };
    start_long_readers(&mut inner, options, &connect)?;
    inner.directory = Mutex::new(Some(directory));
    start_writer(&mut inner, options, move || Ok(Box::new(connection)))?;
    Ok(inner)
}

pub(crate) fn open_postgres(
    url: &str,
    migrations: &'static [Migration],
    options: &Options,
) -> Result<Inner, Error> {
    let config = configure(url)?;
    let connect = |role: Role| {
        let config = config.clone();
        move || -> Connected { Ok(Box::new(PostgresConnection::open(&config, role)?)) }
    };
    let (result, migrated) = mpsc::sync_channel(1);
    // The driver has a runtime of its own, which a thread of the caller's runtime would refuse.
    let migration = spawn(
        "store-migrate",
        connect(Role::Writer),
        move |mut connection| {
            // The receiver waits for this below.
            let _ = result.send(migrate(&mut *connection, migrations));
        },
    )?;
    migrated.recv().unwrap_or(Err(Error::Closed))?;
    // Its connection is closed before the others are opened.
    let _ = migration.join();
    let reads = Arc::new(Queue::new(options.queue_len.max(1)));
    let mut inner = start(Engine::Postgres, Readers::Threads(reads.clone()), options);
    for _ in 0..options.read_connections.max(1) {
        start_reader(&mut inner, &reads, connect(Role::Reader))?;
    }
    start_long_readers(&mut inner, options, &connect(Role::Reader))?;
    for _ in 0..options.writers.clamp(1, SHARDS as usize) {
        start_writer(&mut inner, options, connect(Role::Writer))?;
    }
    Ok(inner)
}

/// A store without threads. Dropping it ends those that were started since.
fn start(engine: Engine, readers: Readers, options: &Options) -> Inner {
    Inner {
        engine,
        writers: Vec::new(),
        readers: Arc::new(readers),
        long_reads: Arc::new(Queue::new(options.queue_len.max(1))),
        moved: watch::Sender::new(0),
        reading: Mutex::default(),
        writing: Mutex::default(),
        directory: Mutex::default(),
        poison: Poison::default(),
    }
}

fn start_long_readers(
    inner: &mut Inner,
    options: &Options,
    connect: &(impl Fn() -> Connected + Clone + Send + 'static),
) -> Result<(), Error> {
    let reads = Arc::clone(&inner.long_reads);
    for _ in 0..options.long_read_threads.max(1) {
        start_reader(inner, &reads, connect.clone())?;
    }
    Ok(())
}

fn start_reader(
    inner: &mut Inner,
    reads: &Arc<Queue<ReadTask>>,
    connect: impl FnOnce() -> Connected + Send + 'static,
) -> Result<(), Error> {
    let reads = reads.clone();
    let thread = spawn("store-reader", connect, move |mut connection| {
        reader::serve(&reads, &mut *connection)
    })?;
    inner.reading.get_mut().push(thread);
    Ok(())
}

fn start_writer(
    inner: &mut Inner,
    options: &Options,
    connect: impl FnOnce() -> Connected + Send + 'static,
) -> Result<(), Error> {
    let queue = Arc::new(Queue::new(options.queue_len.max(1)));
    let (served, poison, moved) = (
        Abandon(queue.clone()),
        inner.poison.clone(),
        inner.moved.clone(),
    );
    let readers = inner.readers.clone();
    let thread = spawn("store-writer", connect, move |connection| {
        Writer::new(connection, readers, poison, moved).run(&served.0);
    })?;
    inner.writers.push(queue);
    inner.writing.get_mut().push(thread);
    Ok(())
}

/// Starts a thread, and waits until it has its connection or has failed to get one.
fn spawn(
    name: &str,
    connect: impl FnOnce() -> Connected + Send + 'static,
    body: impl FnOnce(Box<dyn Connection>) + Send + 'static,
) -> Result<JoinHandle<()>, Error> {
    let (ready, started) = mpsc::sync_channel(1);
    let thread = move || {
        let connected = connect();
        // The receiver waits for this below.
        let _ = ready.send(connected.as_ref().map(drop).map_err(Error::clone));
        if let Ok(connection) = connected {
            body(connection);
        }
    };
    let no_thread = |e| Error::Location {
        reason: format!("no thread `{name}` can be started: {e}"),
    };
    let handle = Builder::new()
        .name(name.to_owned())
        .spawn(thread)
        .map_err(no_thread)?;
    started.recv().unwrap_or(Err(Error::Closed))?;
    Ok(handle)
}

/// Closes the queue however its thread ends, so that nobody waits for ever.
struct Abandon(Arc<Queue<Box<dyn Operation>>>);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.abandon();
    }
}
