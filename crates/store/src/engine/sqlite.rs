//! SQLite in WAL mode: one connection that writes, several that read.

mod answers;

use std::path::Path;

use hashbrown::HashMap;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, ErrorCode, OpenFlags, ToSql, ffi};

use super::{Connection, Role, Savepoint};
use crate::Error;
use crate::value::{ColumnNames, Row, Value};
use answers::Answers;

/// More than the statements of the whole program; the memory is taken as they are used.
const STATEMENTS_MAX: usize = 1024;

const COMMIT: &str = "COMMIT";

pub(crate) struct SqliteConnection {
    inner: rusqlite::Connection,
    names: HashMap<Box<str>, ColumnNames>,
    in_transaction: bool,
    /// Of one that reads, whose snapshots nothing changes.
    answers: Option<Answers>,
}

impl SqliteConnection {
    /// Opens the file, which must exist (it may be empty).
    pub(crate) fn open(file: &Path, role: Role) -> Result<SqliteConnection, Error> {
        let (access, settings) = match role {
            Role::Writer => (OpenFlags::SQLITE_OPEN_READ_WRITE, WRITER_SETTINGS),
            Role::Reader => (OpenFlags::SQLITE_OPEN_READ_ONLY, READER_SETTINGS),
        };
        // A connection is used by one thread at a time, so its own mutex is not needed.
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let inner =
            rusqlite::Connection::open_with_flags(file, flags).map_err(|e| failure("open", e))?;
        inner.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        inner
            .execute_batch(settings)
            .map_err(|e| failure("PRAGMA", e))?;
        Ok(SqliteConnection {
            inner,
            names: HashMap::new(),
            in_transaction: false,
            answers: (role == Role::Reader).then(Answers::default),
        })
    }

    /// Whether a read transaction is open, in which the next read can go on.
    pub(crate) fn in_snapshot(&self) -> bool {
        self.in_transaction && !self.inner.is_autocommit()
    }

    /// Leaves the snapshot, if there is one.
    pub(crate) fn end_read(&mut self) {
        if self.in_transaction {
            // All was read; how a read transaction ends changes nothing of it.
            let _ = self.commit();
        }
    }

    fn prepare(&self, sql: &str, params: &[Value]) -> Result<CachedStatement<'_>, Error> {
        // SQLite rolls back by itself on some errors; what follows must not commit on its own.
        if self.in_transaction && self.inner.is_autocommit() {
            return Err(Error::Conflict {
                reason: "SQLite rolled the transaction back".into(),
            });
        }
        Value::check_all(params)?;
        let mut statement = self
            .inner
            .prepare_cached(sql)
            .map_err(|e| failure(sql, e))?;
        bind(&mut statement, params).map_err(|reason| Error::refused(sql, reason))?;
        Ok(statement)
    }

    fn column_names(&mut self, sql: &str) -> Result<ColumnNames, Error> {
        if let Some(names) = self.names.get(sql) {
            return Ok(names.clone());
        }
        let statement = self
            .inner
            .prepare_cached(sql)
            .map_err(|e| failure(sql, e))?;
        let names: ColumnNames = statement.column_names().map(Box::from).collect();
        drop(statement);
        if self.names.len() >= STATEMENTS_MAX {
            self.names.clear();
        }
        self.names.insert(sql.into(), names.clone());
        Ok(names)
    }

    fn control(&mut self, sql: &str) -> Result<(), Error> {
        let mut statement = self
            .inner
            .prepare_cached(sql)
            .map_err(|e| failure(sql, e))?;
        let mut rows = statement.raw_query();
        // Control statements give no row; the one that takes a snapshot gives one.
        rows.next().map(drop).map_err(|e| failure(sql, e))
    }
}

impl SqliteConnection {
    fn ask(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
        let names = self.column_names(sql)?;
        let mut statement = self.prepare(sql, params)?;
        let mut found = statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(|e| failure(sql, e))? {
            let mut values = Vec::with_capacity(names.len());
            for place in 0..names.len() {
                let field = row.get_ref(place).map_err(|e| failure(sql, e))?;
                values.push(owned(field).map_err(|reason| Error::refused(sql, reason))?);
            }
            rows.push(Row::new(names.clone(), values));
        }
        Ok(rows)
    }

    fn leave_transaction(&mut self) {
        self.in_transaction = false;
        if let Some(answers) = &mut self.answers {
            answers.forget();
        }
    }
}

impl Connection for SqliteConnection {
    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
        let Some(answers) = self.answers.as_ref().filter(|_| self.in_transaction) else {
            return self.ask(sql, params);
        };
        let number = answers.number(sql, params);
        if let Some(rows) = answers.find(number, sql, params) {
            return Ok(rows);
        }
        let rows = self.ask(sql, params)?;
        if let Some(answers) = &mut self.answers {
            answers.note(number, sql, params, &rows);
        }
        Ok(rows)
    }

    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Error> {
        let mut statement = self.prepare(sql, params)?;
        statement
            .raw_execute()
            .map(|count| count as u64)
            .map_err(|e| failure(sql, e))
    }

    fn define(&mut self, sql: &str) -> Result<(), Error> {
        self.names.clear();
        self.inner.execute_batch(sql).map_err(|e| failure(sql, e))
    }

    fn dialect(&self, sql: &str) -> String {
        sql.replace("{{blob}}", "BLOB")
            .replace("{{key}}", "TEXT")
            .replace("{{clustered}}", "WITHOUT ROWID")
    }

    fn begin_read(&mut self) -> Result<(), Error> {
        self.control("BEGIN DEFERRED")?;
        self.in_transaction = true;
        // The snapshot is that of the first statement, so one is run here.
        self.control("SELECT 1 FROM sqlite_schema LIMIT 1")
            .inspect_err(|_| self.rollback())
    }

    /// One write at a time holds them all.
    fn take_heads(&mut self, _shards: &[i64]) -> Result<(), Error> {
        Ok(())
    }

    fn begin_write(&mut self, _shards: &[i64]) -> Result<(), Error> {
        // A deferred begin would take the write lock late and then fail whatever the timeout.
        self.control("BEGIN IMMEDIATE")
            .map_err(|error| match error {
                Error::Conflict { .. } => Error::Unreachable {
                    reason: "another program keeps the database file locked".into(),
                },
                other => other,
            })?;
        self.in_transaction = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Error> {
        let lost = self.inner.is_autocommit();
        self.leave_transaction();
        if lost {
            return Err(Error::Conflict {
                reason: "SQLite rolled the transaction back".into(),
            });
        }
        let result = self.control(COMMIT);
        if result.is_err() && !self.inner.is_autocommit() {
            self.rollback();
        }
        result
    }

    fn rollback(&mut self) {
        self.leave_transaction();
        if !self.inner.is_autocommit()
            && let Err(error) = self.control("ROLLBACK")
        {
            tracing::error!(%error, "rollback failed");
        }
    }

    fn savepoint(&mut self, savepoint: Savepoint) -> Result<(), Error> {
        self.control(&format!("SAVEPOINT {}", savepoint.name()))
    }

    fn release(&mut self, savepoint: Savepoint) -> Result<(), Error> {
        self.control(&format!("RELEASE {}", savepoint.name()))
    }

    fn rollback_to(&mut self, savepoint: Savepoint) -> Result<(), Error> {
        self.control(&format!("ROLLBACK TO {}", savepoint.name()))?;
        self.release(savepoint)
    }

    fn recover(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

// Cache sizes are in KiB when negative, and taken as pages are read: a large table's index should stay in
// memory while rows come in the order of hashes. No mmap: a read error would end the process by a signal.
// What statements need besides is in memory: there may be no temporary directory, or one without room.
const WRITER_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; \
     PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;";
const READER_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; \
     PRAGMA query_only = ON; PRAGMA cache_size = -16384;";

/// Binds by the number in the name: SQLite numbers `$n` by first appearance instead.
fn bind(statement: &mut CachedStatement<'_>, params: &[Value]) -> Result<(), String> {
    let mut used_max = 0;
    for place in 1..=statement.parameter_count() {
        let name = statement.parameter_name(place).unwrap_or("?");
        let number = name
            .strip_prefix('$')
            .and_then(|digits| digits.parse::<usize>().ok());
        let Some(number) = number.filter(|n| (1..=params.len()).contains(n)) else {
            return Err(format!(
                "parameter {name} is none of $1 to ${}",
                params.len()
            ));
        };
        used_max = used_max.max(number);
        statement
            .raw_bind_parameter(place, Bound(&params[number - 1]))
            .map_err(|e| e.to_string())?;
    }
    if used_max == params.len() {
        Ok(())
    } else {
        Err(format!(
            "{} parameters were given and ${used_max} is the last one used",
            params.len()
        ))
    }
}

struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Int(int) => ValueRef::Integer(*int),
            Value::Blob(blob) => ValueRef::Blob(blob),
            Value::Null => ValueRef::Null,
        }))
    }
}

fn owned(field: ValueRef<'_>) -> Result<Value, &'static str> {
    match field {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(int) => Ok(Value::Int(int)),
        ValueRef::Blob(blob) => Ok(Value::Blob(blob.to_vec())),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|_| "a text field is not UTF-8")?;
            Ok(Value::Text(text.to_owned()))
        }
        ValueRef::Real(_) => Err("a field is a floating-point number; cast it to BIGINT or TEXT"),
    }
}

fn failure(statement: &str, error: rusqlite::Error) -> Error {
    let (Some(code), Some(failed)) = (error.sqlite_error_code(), error.sqlite_error()) else {
        return Error::refused(statement, &error);
    };
    let reason = || error.to_string().into();
    let io_reason = || format!("{error} (SQLite's code {})", failed.extended_code).into();
    match (code, failed.extended_code) {
        (ErrorCode::DiskFull, _) => Error::Full { reason: reason() },
        // After a failed fsync the next one would only seem to succeed.
        (_, ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC)
        | (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => Error::Disk {
            reason: io_reason(),
        },
        // The log's index is a file too. At a commit, which has written the log by then, the end is open.
        (_, ffi::SQLITE_IOERR_SHMSIZE) if statement != COMMIT => Error::Full { reason: reason() },
        (ErrorCode::SystemIoFailure, _) => Error::Io {
            reason: io_reason(),
        },
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => {
            Error::Conflict { reason: reason() }
        }
        _ => Error::refused(statement, &error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(statement: &str, code: i32) -> &'static str {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        match failure(statement, error) {
            Error::Full { .. } => "full",
            Error::Disk { .. } => "disk",
            Error::Io { .. } => "io",
            Error::Conflict { .. } => "conflict",
            Error::Refused { .. } => "refused",
            _ => "another",
        }
    }

    #[test]
    fn only_what_leaves_the_disk_in_doubt_ends_all_writes() {
        let table = [
            ("INSERT", ffi::SQLITE_FULL, "full"),
            ("INSERT", ffi::SQLITE_IOERR_SHMSIZE, "full"),
            (COMMIT, ffi::SQLITE_IOERR_SHMSIZE, "io"),
            ("INSERT", ffi::SQLITE_IOERR_WRITE, "io"),
            (COMMIT, ffi::SQLITE_IOERR_WRITE, "io"),
            ("INSERT", ffi::SQLITE_IOERR_GETTEMPPATH, "io"),
            ("SELECT", ffi::SQLITE_IOERR_READ, "io"),
            (COMMIT, ffi::SQLITE_IOERR_FSYNC, "disk"),
            ("INSERT", ffi::SQLITE_IOERR_FSYNC, "disk"),
            ("SELECT", ffi::SQLITE_CORRUPT, "disk"),
            ("SELECT", ffi::SQLITE_NOTADB, "disk"),
            ("INSERT", ffi::SQLITE_BUSY, "conflict"),
            ("INSERT", ffi::SQLITE_CONSTRAINT, "refused"),
        ];
        for (statement, code, expected) in table {
            assert_eq!(kind(statement, code), expected, "{statement} {code}");
        }
    }

    #[test]
    fn an_io_error_says_which() {
        let code = ffi::SQLITE_IOERR_GETTEMPPATH;
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        let said = failure("INSERT", error).to_string();
        assert!(said.contains(&code.to_string()), "{said}");
    }
}
