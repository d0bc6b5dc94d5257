//! Connections that the reading thread borrows, each with a snapshot that lasts until the next commit.

use parking_lot::{Condvar, Mutex, MutexGuard};

use super::run;
use crate::Error;
use crate::engine::Connection;
use crate::engine::sqlite::SqliteConnection;
use crate::tx::Tx;

/// The connections of a database that this process alone writes.
///
/// Taking and leaving a snapshot costs more than a point read, so a connection keeps its snapshot for the
/// reads that follow, until something is committed.
///
/// Invariant: a read that begins after a write was answered sees that write.
/// Invariant: while a commit runs, no idle connection holds a snapshot. So a checkpoint, which is part of
/// some commits, is held up by running reads alone, and the WAL can begin anew.
pub(crate) struct InlineReaders {
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    free: Vec<SqliteConnection>,
    /// How many commits have ended.
    commits: u64,
    committing: bool,
    closed: bool,
}

/// A borrowed connection, and how many commits had ended when it was lent.
struct Lent {
    connection: SqliteConnection,
    commits: u64,
}

impl InlineReaders {
    pub(crate) fn new(connections: Vec<SqliteConnection>) -> InlineReaders {
        let state = State {
            free: connections,
            commits: 0,
            committing: false,
            closed: false,
        };
        InlineReaders {
            state: Mutex::new(state),
            returned: Condvar::new(),
        }
    }

    /// Runs `read` in a snapshot on this thread. Waits while all connections are lent.
    pub(crate) fn run<T>(&self, read: impl FnOnce(&mut Tx<'_>) -> T) -> Result<T, Error> {
        let mut lent = self.lend()?;
        let result = in_snapshot(&mut lent.connection, read);
        self.give_back(lent);
        result
    }

    /// Runs the writer's commit. Whatever comes of it, no snapshot from before outlives it.
    pub(crate) fn around_commit<T>(&self, commit: impl FnOnce() -> T) -> T {
        let mut state = self.state.lock();
        state.committing = true;
        for connection in &mut state.free {
            connection.end_read();
        }
        drop(state);
        let result = commit();
        let mut state = self.state.lock();
        state.committing = false;
        state.commits += 1;
        result
    }

    pub(crate) fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        state.free.clear();
        self.returned.notify_all();
    }

    fn lend(&self) -> Result<Lent, Error> {
        let mut state = self.state.lock();
        loop {
            if state.closed {
                return Err(Error::Closed);
            }
            if let Some(connection) = state.free.pop() {
                let commits = state.commits;
                return Ok(Lent {
                    connection,
                    commits,
                });
            }
            self.returned.wait(&mut state);
        }
    }

    fn give_back(&self, lent: Lent) {
        let Lent {
            mut connection,
            commits,
        } = lent;
        let mut state = self.state.lock();
        if state.committing || state.commits != commits {
            MutexGuard::unlocked(&mut state, || connection.end_read());
        }
        if !state.closed {
            state.free.push(connection);
        }
        drop(state);
        self.returned.notify_one();
    }
}

/// Runs `read` in the snapshot that the connection has, or in a new one, which it keeps where all went well.
fn in_snapshot<T>(
    connection: &mut SqliteConnection,
    read: impl FnOnce(&mut Tx<'_>) -> T,
) -> Result<T, Error> {
    if !connection.in_snapshot() {
        connection.begin_read()?;
    }
    let (result, is_well) = run(connection, read);
    if !is_well {
        connection.rollback();
    }
    result
}

#[cfg(test)]
mod tests;
