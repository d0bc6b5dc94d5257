//! Reads: each one in a snapshot, run inline on SQLite and on threads of their own on PostgreSQL.

mod inline;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::Error;
use crate::engine::Connection;
use crate::operation::panicked;
use crate::queue::Queue;
use crate::tx::Tx;

pub(crate) use inline::InlineReaders;

/// Where reads are run.
pub(crate) enum Readers {
    Inline(InlineReaders),
    Threads(Arc<Queue<ReadTask>>),
}

impl Readers {
    /// Runs a writer's commit, so that reads which begin after it see it.
    pub(crate) fn around_commit<T>(&self, commit: impl FnOnce() -> T) -> T {
        match self {
            Readers::Inline(readers) => readers.around_commit(commit),
            // Each read takes a snapshot of its own there.
            Readers::Threads(_) => commit(),
        }
    }

    /// Takes no more reads.
    pub(crate) fn close(&self) {
        match self {
            Readers::Inline(readers) => readers.close(),
            Readers::Threads(queue) => queue.close(),
        }
    }
}

/// A read that a reading thread runs on its connection.
pub(crate) type ReadTask = Box<dyn FnOnce(&mut dyn Connection) + Send>;

/// Runs what waits, one after the other, until the queue is closed and empty.
pub(crate) fn serve(queue: &Queue<ReadTask>, connection: &mut dyn Connection) {
    let mut tasks = Vec::with_capacity(1);
    while queue.drain_into(&mut tasks, 1) {
        tasks.drain(..).for_each(|task| task(connection));
    }
}

/// Puts a read in the queue of the reading threads.
pub(crate) fn enqueue<T, F>(
    queue: &Queue<ReadTask>,
    read: F,
) -> Result<oneshot::Receiver<Result<T, Error>>, Error>
where
    F: FnOnce(&mut Tx<'_>) -> T + Send + 'static,
    T: Send + 'static,
{
    let (reply, receiver) = oneshot::channel();
    queue.push(Box::new(move |connection| {
        // A caller that went away wants no answer.
        let _ = reply.send(snapshot(connection, read));
    }))?;
    Ok(receiver)
}

/// Runs `read` in a read transaction of its own. The connection is well afterwards, whatever happens.
fn snapshot<T>(
    connection: &mut dyn Connection,
    read: impl FnOnce(&mut Tx<'_>) -> T,
) -> Result<T, Error> {
    match connection.begin_read() {
        // The server may have ended an idle connection; nothing was read yet.
        Err(Error::Unreachable { .. }) => connection
            .recover()
            .and_then(|()| connection.begin_read())?,
        result => result?,
    }
    let (result, is_well) = run(connection, read);
    if is_well {
        // All was read; how a read transaction ends changes nothing of it.
        let _ = connection.commit();
    } else {
        connection.rollback();
    }
    result
}

/// Runs `read` in the open transaction. False where the transaction should not be gone on with: the engine
/// failed or `read` panicked.
fn run<T>(
    connection: &mut dyn Connection,
    read: impl FnOnce(&mut Tx<'_>) -> T,
) -> (Result<T, Error>, bool) {
    let mut tx = Tx::new(connection);
    let result = catch_unwind(AssertUnwindSafe(|| read(&mut tx)));
    let failure = tx.into_left().failure;
    let is_well = failure.is_none() && result.is_ok();
    (result.map_err(|payload| panicked(&*payload)), is_well)
}
