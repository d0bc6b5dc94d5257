//! Why the store did not do what it was asked.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

/// A failure of the store. Cheap to clone, since one failed commit answers a whole batch.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `insert` or `put_job` met a row with the same key. The transaction stays usable.
    #[error("a row with this key is already in table `{table}`")]
    Exists { table: &'static str },
    /// `replace` met a row that is no longer of the version that was read, after all attempts.
    #[error("the row of table `{table}` was changed or removed by another write")]
    Stale { table: &'static str },
    /// The queue is full. Nothing was run.
    #[error("the store is busy: {queue_len} operations are waiting already")]
    Busy { queue_len: usize },
    /// An earlier commit failed in a way that leaves the disk in doubt. Nothing was run.
    #[error(
        "the store takes no more writes since one failed: {reason}; check the disk, then restart"
    )]
    Poisoned { reason: Arc<str> },
    /// The commit was sent and its outcome is not known: the write is kept whole or not at all.
    #[error("it is not known whether the write was kept: {reason}")]
    Unknown { reason: Arc<str> },
    /// The store was closed. Nothing was run.
    #[error("the store is closed")]
    Closed,
    /// The closure panicked. Its transaction was rolled back.
    #[error("the operation panicked: {message}")]
    Panicked { message: Arc<str> },
    /// The engine refused a statement. The write that sent it cannot be kept.
    #[error("the engine refused `{statement}`: {reason}")]
    Refused {
        statement: Arc<str>,
        reason: Arc<str>,
    },
    /// The engine gave up the transaction in favour of another; all attempts are used up.
    #[error("the transaction lost against others: {reason}")]
    Conflict { reason: Arc<str> },
    /// The database server cannot be reached, or the connection broke before the commit.
    #[error("no connection to the database: {reason}")]
    Unreachable { reason: Arc<str> },
    /// The disk or the database file can no longer be believed, for example after a failed fsync.
    #[error("the database file cannot be read or written: {reason}")]
    Disk { reason: Arc<str> },
    /// A file of the database, or a temporary one, could not be read or written. The write was rolled back.
    #[error("a file of the database could not be read or written: {reason}")]
    Io { reason: Arc<str> },
    /// The disk, or the size the database is allowed, is full. The write was rolled back.
    #[error("there is no room left for the database: {reason}")]
    Full { reason: Arc<str> },
    /// A row has no such column, or the column holds another type.
    #[error("column {column}: expected {expected}, found {found}")]
    Column {
        column: String,
        expected: &'static str,
        found: &'static str,
    },
    /// A value or a page that the store cannot take.
    #[error("{what}: {reason}")]
    Invalid { what: &'static str, reason: String },
    /// Another process, or another part of this one, has the directory open.
    #[error("{} is locked{}: one process at a time may open a data directory", path.display(), held_by(*pid))]
    InUse { path: PathBuf, pid: Option<u32> },
    /// The data directory or its files cannot be made ready.
    #[error("{}: {reason}", path.display())]
    Directory { path: PathBuf, reason: Arc<str> },
    /// The database holds a migration that this binary does not know.
    #[error(
        "the database was made by a newer Balefire: its migration `{name}` is not known to this one"
    )]
    Newer { name: String },
    /// A migration that was applied earlier has another text now, or another place in the list.
    #[error("the migration `{name}` is not the one that was applied to this database: {reason}")]
    Changed { name: String, reason: &'static str },
    /// A migration failed; it was rolled back and those before it stay.
    #[error("the migration `{name}` failed: {reason}")]
    Migration { name: String, reason: Arc<str> },
    /// The location cannot be used as it is.
    #[error("the database location cannot be used: {reason}")]
    Location { reason: String },
    /// The server is set up so that acknowledged writes could be lost.
    #[error(
        "PostgreSQL has {setting} = {value}, which can lose acknowledged writes; set it to {wanted}"
    )]
    Unsafe {
        setting: &'static str,
        value: String,
        wanted: &'static str,
    },
}

impl Error {
    /// True where another attempt at the same transaction can end otherwise.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Error::Stale { .. }
                | Error::Conflict { .. }
                | Error::Unreachable { .. }
                | Error::Busy { .. }
        )
    }

    /// True where the whole transaction is gone, not just the statement.
    pub(crate) fn ends_transaction(&self) -> bool {
        matches!(
            self,
            Error::Conflict { .. }
                | Error::Unreachable { .. }
                | Error::Disk { .. }
                | Error::Io { .. }
                | Error::Full { .. }
        )
    }

    pub(crate) fn refused(statement: &str, reason: impl Display) -> Error {
        Error::Refused {
            statement: statement.into(),
            reason: reason.to_string().into(),
        }
    }
}

fn held_by(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" by process {pid}"))
        .unwrap_or_default()
}
