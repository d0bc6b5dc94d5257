//! One transaction: what a read or write closure sees of the store.

use std::collections::BTreeSet;

use crate::Error;
use crate::engine::{Connection, Savepoint};
use crate::log::shard_of;
use crate::record::{Kept, Page, Record, Statements};
use crate::value::{Row, Value};

/// An open transaction. Reads see one snapshot or, in a write, the newest committed state.
///
/// Invariant: after an engine error, or a stale `replace`, the write is not kept, whatever its
/// closure returns. `Error::Exists` is not such an error.
pub struct Tx<'a> {
    connection: &'a mut dyn Connection,
    left: Left,
}

/// What a closure has left behind in its transaction.
#[derive(Default)]
pub(crate) struct Left {
    /// The first engine error.
    pub failure: Option<Error>,
    /// Whether a statement may have changed a row.
    pub wrote: bool,
    /// Whether the commit is to be announced.
    pub announces: bool,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(connection: &'a mut dyn Connection) -> Tx<'a> {
        Tx {
            connection,
            left: Left::default(),
        }
    }

    /// The rows of a statement. Parameters are `$1`, `$2`…; the SQL must suit both engines.
    pub fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
        self.go_on()?;
        // What returns the rows it changed begins with another word.
        self.left.wrote |= !sql.starts_with("SELECT");
        let result = self.connection.query(sql, params);
        self.note(result)
    }

    /// Runs a statement and returns the number of rows it touched.
    pub fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Error> {
        self.go_on()?;
        let result = self.connection.execute(sql, params);
        self.left.wrote |= result.as_ref().is_ok_and(|count| *count > 0);
        self.note(result)
    }

    /// Makes this write one in the order of these accounts too: from here on none of theirs runs beside it.
    /// For writes to things of accounts other than the one in whose order they run; before anything is read.
    pub fn hold<'k>(&mut self, accounts: impl IntoIterator<Item = &'k str>) -> Result<(), Error> {
        self.go_on()?;
        let shards: BTreeSet<i64> = accounts.into_iter().map(shard_of).collect();
        let shards: Vec<i64> = shards.into_iter().collect();
        let result = self.connection.take_heads(&shards);
        self.note(result)
    }

    /// Runs `f`; where it fails, nothing of it stays, and the transaction goes on, unless an engine error
    /// ended it. It costs a savepoint. What is attempted neither attempts anything itself nor holds more
    /// accounts.
    pub fn attempt<T, E: From<Error>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.go_on()?;
        let begun = self.connection.savepoint(Savepoint::Attempt);
        self.note(begun)?;
        let outcome = f(self);
        if self.go_on().is_ok() {
            let ended = match outcome {
                Ok(_) => self.connection.release(Savepoint::Attempt),
                Err(_) => self.connection.rollback_to(Savepoint::Attempt),
            };
            self.note(ended)?;
        }
        outcome
    }

    /// The record with this key, with the version that `replace` compares.
    pub fn get<R: Record>(&mut self, key: &[Value]) -> Result<Option<Kept<R>>, Error> {
        let rows = self.query(&Statements::of::<R>().get, key)?;
        rows.first().map(Kept::from_row).transpose()
    }

    /// Adds a record of version 1. `Error::Exists` leaves the transaction usable.
    pub fn insert<R: Record>(&mut self, record: &R) -> Result<(), Error> {
        let mut params = record.key();
        params.extend(record.values());
        match self.execute(&Statements::of::<R>().insert, &params)? {
            0 => Err(Error::Exists {
                table: R::TABLE.name,
            }),
            _ => Ok(()),
        }
    }

    /// Writes a record back and counts its version up. Where another write came between, this is
    /// `Error::Stale` and the whole write is run again.
    pub fn replace<R: Record>(&mut self, kept: &mut Kept<R>) -> Result<(), Error> {
        let mut params = kept.record.values();
        params.extend(kept.record.key());
        params.push(Value::Int(kept.version));
        if self.execute(&Statements::of::<R>().replace, &params)? == 0 {
            return self.note(Err(Error::Stale {
                table: R::TABLE.name,
            }));
        }
        kept.version += 1;
        Ok(())
    }

    /// Removes a record, of whatever version. False when there is none.
    pub fn delete<R: Record>(&mut self, key: &[Value]) -> Result<bool, Error> {
        Ok(self.execute(&Statements::of::<R>().delete, key)? > 0)
    }

    /// The next records of an order.
    pub fn page<R: Record>(&mut self, page: &Page<'_>) -> Result<Vec<Kept<R>>, Error> {
        let (sql, params) = page.select(&R::TABLE)?;
        self.query(&sql, &params)?
            .iter()
            .map(Kept::from_row)
            .collect()
    }

    /// Makes the commit move the counter of `Store::subscribe`.
    pub(crate) fn announce(&mut self) {
        self.left.announces = true;
    }

    pub(crate) fn into_left(self) -> Left {
        self.left
    }

    fn go_on(&self) -> Result<(), Error> {
        self.left.failure.clone().map_or(Ok(()), Err)
    }

    fn note<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &result
            && !matches!(error, Error::Invalid { .. })
        {
            self.left.failure = Some(error.clone());
        }
        result
    }
}
