//! The store: opens a database, queues writes, runs reads, and closes in order.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::Mutex;
use tokio::sync::{oneshot, watch};

use crate::Error;
use crate::directory::Directory;
use crate::engine::Engine;
use crate::log::shard_of;
use crate::migration::Migration;
use crate::open::{open_postgres, open_sqlite};
use crate::operation::{Operation, Reply, Write};
use crate::queue::Queue;
use crate::reader::{self, ReadTask, Readers};
use crate::tx::Tx;
use crate::writer::Poison;

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A directory of this machine; the file is `balefire.db` inside.
    Sqlite(PathBuf),
    /// A `postgres://` URL.
    Postgres(String),
}

/// How much the store does at once.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections for reads. On SQLite, at least the number of threads that read.
    pub read_connections: usize,
    /// Threads for reads that take long, each with a connection of its own.
    pub long_read_threads: usize,
    /// Writes that may wait for one writer; one more is answered `Error::Busy`.
    pub queue_len: usize,
    /// Writers of a PostgreSQL database, at most one for each shard. SQLite has one.
    pub writers: usize,
}

impl Default for Options {
    fn default() -> Options {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Options {
            read_connections: threads.clamp(2, 16),
            long_read_threads: (2 * threads).clamp(4, 16),
            queue_len: 4096,
            writers: 4,
        }
    }
}

/// An open database. Clones share it; the last one to go closes it.
///
/// A closure that is handed to `read` or `write` works on its `Tx` alone: one that calls the store
/// itself may wait for its own thread, for ever.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// What the clones share.
pub(crate) struct Inner {
    pub engine: Engine,
    /// One queue for each writer; the shard says which.
    pub writers: Vec<Arc<Queue<Box<dyn Operation>>>>,
    pub readers: Arc<Readers>,
    pub long_reads: Arc<Queue<ReadTask>>,
    pub moved: watch::Sender<u64>,
    pub reading: Mutex<Vec<JoinHandle<()>>>,
    pub writing: Mutex<Vec<JoinHandle<()>>>,
    pub directory: Mutex<Option<Directory>>,
    pub poison: Poison,
}

impl Store {
    /// Opens or creates the database and applies the migrations that are missing. Blocks.
    pub fn open(
        location: Location,
        migrations: &'static [Migration],
        options: Options,
    ) -> Result<Store, Error> {
        let inner = match location {
            Location::Sqlite(path) => open_sqlite(&path, migrations, &options)?,
            Location::Postgres(url) => open_postgres(&url, migrations, &options)?,
        };
        Ok(Store {
            inner: Arc::new(inner),
        })
    }

    /// Which engine keeps the data.
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// Runs `f` in one read transaction: all it sees is one snapshot of what is committed.
    pub async fn read<T, F>(&self, f: F) -> Result<T, Error>
    where
        F: FnOnce(&mut Tx<'_>) -> T + Send + 'static,
        T: Send + 'static,
    {
        match &*self.inner.readers {
            Readers::Inline(readers) => readers.run(f),
            Readers::Threads(queue) => reader::enqueue(queue, f)?
                .await
                .unwrap_or(Err(Error::Closed)),
        }
    }

    /// `read` for what may take long: it waits for others of its kind alone, and none but those wait for it.
    pub async fn read_at_length<T, F>(&self, f: F) -> Result<T, Error>
    where
        F: FnOnce(&mut Tx<'_>) -> T + Send + 'static,
        T: Send + 'static,
    {
        reader::enqueue(&self.inner.long_reads, f)?
            .await
            .unwrap_or(Err(Error::Closed))
    }

    /// `read` for threads that may block; not to be called from async code.
    pub fn read_blocking<T, F>(&self, f: F) -> Result<T, Error>
    where
        F: FnOnce(&mut Tx<'_>) -> T + Send + 'static,
        T: Send + 'static,
    {
        match &*self.inner.readers {
            Readers::Inline(readers) => readers.run(f),
            Readers::Threads(queue) => reader::enqueue(queue, f)?
                .blocking_recv()
                .unwrap_or(Err(Error::Closed)),
        }
    }

    /// Runs `f` in a write transaction and answers after the commit. Writes with one `shard_key`
    /// (the account) are run one after the other, several in one commit.
    ///
    /// `f` may be run more than once, each time as if the times before had not been. Where it
    /// returns an error or panics, nothing of it is kept. The outer error is the store's own;
    /// after `Error::Unknown` the write is kept whole or not at all, after any other it is not.
    pub async fn write<T, E, F>(&self, shard_key: &str, f: F) -> Reply<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        self.enqueue(shard_key, f)?
            .await
            .unwrap_or_else(|_| Err(stopped()))
    }

    /// `write` for threads that may block; not to be called from async code.
    pub fn write_blocking<T, E, F>(&self, shard_key: &str, f: F) -> Reply<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        self.enqueue(shard_key, f)?
            .blocking_recv()
            .unwrap_or_else(|_| Err(stopped()))
    }

    /// A counter that moves after each commit of this process that appended to the log or put a
    /// job. It does not see the commits of other nodes, so readers of the log also look now and then.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.moved.subscribe()
    }

    /// Why no more writes are taken, where a commit left the disk in doubt. A restart alone ends that.
    pub fn stopped(&self) -> Option<Arc<str>> {
        self.inner.poison.get().cloned()
    }

    /// Takes no more work, finishes what is queued and releases the database. Blocks. Other clones
    /// get `Error::Closed` from then on.
    pub fn close(self) {
        self.inner.close();
    }

    fn enqueue<T, E, F>(
        &self,
        shard_key: &str,
        closure: F,
    ) -> Result<oneshot::Receiver<Reply<T, E>>, Error>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        let shard = shard_of(shard_key);
        let (reply, receiver) = oneshot::channel();
        let writer = shard as usize % self.inner.writers.len();
        self.inner.writers[writer].push(Box::new(Write {
            shard,
            closure,
            outcome: None,
            reply,
        }))?;
        Ok(receiver)
    }
}

impl Inner {
    fn close(&self) {
        // Before the writer, so that its connection is the last one and empties the WAL.
        self.readers.close();
        self.long_reads.close();
        join(&self.reading);
        self.writers.iter().for_each(|queue| queue.close());
        join(&self.writing);
        self.directory.lock().take();
    }
}

fn join(threads: &Mutex<Vec<JoinHandle<()>>>) {
    let here = std::thread::current().id();
    for thread in threads.lock().drain(..) {
        // The last clone may be dropped by a closure, on the thread to be waited for.
        if thread.thread().id() != here && thread.join().is_err() {
            tracing::error!("a thread of the store panicked");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

fn stopped() -> Error {
    Error::Unknown {
        reason: Arc::from("the writer stopped before it answered"),
    }
}
