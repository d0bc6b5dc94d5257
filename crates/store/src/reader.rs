//! Reads: each one a snapshot, run inline on SQLite and on threads of their own on PostgreSQL.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use crate::Error;
use crate::engine::Connection;
use crate::engine::sqlite::SqliteConnection;
use crate::operation::panicked;
use crate::queue::Queue;
use crate::tx::Tx;

/// Where reads are run.
pub(crate) enum Readers {
    Inline(InlineReaders),
    Threads(Arc<Queue<ReadTask>>),
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

/// Runs `read` in a read transaction. The connection is well afterwards, whatever happens.
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
    let mut tx = Tx::new(connection);
    match catch_unwind(AssertUnwindSafe(|| read(&mut tx))) {
        Ok(value) => {
            // All was read; how a read transaction ends changes nothing of it.
            let _ = connection.commit();
            Ok(value)
        }
        Err(payload) => {
            connection.rollback();
            Err(panicked(&*payload))
        }
    }
}

/// Connections that the calling thread borrows: waking another thread costs more than the read.
pub(crate) struct InlineReaders {
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    free: Vec<SqliteConnection>,
    closed: bool,
}

impl InlineReaders {
    pub(crate) fn new(connections: Vec<SqliteConnection>) -> InlineReaders {
        let state = State {
            free: connections,
            closed: false,
        };
        InlineReaders {
            state: Mutex::new(state),
            returned: Condvar::new(),
        }
    }

    /// Runs `read` in a snapshot on this thread. Waits while all connections are lent.
    pub(crate) fn run<T>(&self, read: impl FnOnce(&mut Tx<'_>) -> T) -> Result<T, Error> {
        let mut connection = self.lend()?;
        let result = snapshot(&mut connection, read);
        self.give_back(connection);
        result
    }

    pub(crate) fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        state.free.clear();
        self.returned.notify_all();
    }

    fn lend(&self) -> Result<SqliteConnection, Error> {
        let mut state = self.state.lock();
        loop {
            if state.closed {
                return Err(Error::Closed);
            }
            if let Some(connection) = state.free.pop() {
                return Ok(connection);
            }
            self.returned.wait(&mut state);
        }
    }

    fn give_back(&self, connection: SqliteConnection) {
        let mut state = self.state.lock();
        if !state.closed {
            state.free.push(connection);
        }
        drop(state);
        self.returned.notify_one();
    }
}
