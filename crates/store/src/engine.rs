//! What the store asks of a database connection, whichever engine it is.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::Error;
use crate::value::{Row, Value};

/// Which database keeps the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Writer,
    Reader,
}

/// A place in a transaction that one can go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Savepoint {
    /// Before an operation of a batch.
    Operation,
    /// Before what an operation only attempts. It ends with that of its operation.
    Attempt,
}

impl Savepoint {
    pub fn name(self) -> &'static str {
        match self {
            Savepoint::Operation => "operation",
            Savepoint::Attempt => "attempt",
        }
    }
}

/// One connection. At most one transaction is open on it.
///
/// Invariant: after `commit` or `rollback`, whatever they return, no transaction is open.
pub(crate) trait Connection {
    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error>;
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Error>;
    /// Runs several statements without parameters, inside the open transaction.
    fn define(&mut self, sql: &str) -> Result<(), Error>;
    /// Replaces the `{{…}}` marks of a migration.
    fn dialect(&self, sql: &str) -> String;

    /// Begins a snapshot that refuses writes.
    fn begin_read(&mut self) -> Result<(), Error>;
    /// Begins a write and takes the log heads of `shards`, which are sorted and without doubles.
    fn begin_write(&mut self, shards: &[i64]) -> Result<(), Error>;
    /// Takes the log heads of more shards, which are sorted and without doubles.
    fn take_heads(&mut self, shards: &[i64]) -> Result<(), Error>;
    /// Fails with `Error::Unknown` where the outcome cannot be told.
    fn commit(&mut self) -> Result<(), Error>;
    fn rollback(&mut self);

    fn savepoint(&mut self, savepoint: Savepoint) -> Result<(), Error>;
    fn release(&mut self, savepoint: Savepoint) -> Result<(), Error>;
    /// Undoes what came after the savepoint, and ends it.
    fn rollback_to(&mut self, savepoint: Savepoint) -> Result<(), Error>;

    /// Makes a lost connection usable again; does nothing to one that is well.
    fn recover(&mut self) -> Result<(), Error>;
}
