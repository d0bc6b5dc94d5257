//! PostgreSQL: sync connections, each on a thread of its own.

mod heads;
mod types;

use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt::Write as _;
use std::time::Duration;

use postgres::config::{SslMode, SslNegotiation};
use postgres::error::{DbError, Severity};
use postgres::{Client, Config, NoTls, Statement};

use self::heads::Heads;
use self::types::{Field, bound};
use super::{Connection, Role, Savepoint};
use crate::Error;
use crate::value::{ColumnNames, Row, Value};

/// More than the statements of the whole program; the memory is taken as they are used.
const STATEMENTS_MAX: usize = 1024;

/// Reads a URL and completes it, so that a connection that went silent is noticed.
pub(crate) fn configure(url: &str) -> Result<Config, Error> {
    let refused = |reason: String| Error::Location { reason };
    let mut config: Config = url
        .parse()
        .map_err(|e: postgres::Error| refused(format!("the PostgreSQL URL: {}", chain(&e))))?;
    let demands_tls = !matches!(config.get_ssl_mode(), SslMode::Disable | SslMode::Prefer)
        || config.get_ssl_negotiation() == SslNegotiation::Direct;
    if demands_tls {
        let reason = "the URL demands TLS, which this version does not speak to PostgreSQL; \
                      use sslmode=disable or sslmode=prefer on a network you trust";
        return Err(refused(reason.to_owned()));
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(30));
    }
    if config.get_application_name().is_none() {
        config.application_name("balefire");
    }
    config.keepalives_idle(Duration::from_secs(30));
    Ok(config)
}

/// Must be made, used and dropped on threads without an async runtime.
pub(crate) struct PostgresConnection {
    config: Config,
    role: Role,
    client: Client,
    statements: HashMap<Box<str>, (Statement, ColumnNames)>,
    heads: Heads,
}

impl PostgresConnection {
    /// Connects, and refuses a server that could lose what it has acknowledged.
    pub(crate) fn open(config: &Config, role: Role) -> Result<PostgresConnection, Error> {
        let client = connect(config, role)?;
        Ok(PostgresConnection {
            config: config.clone(),
            role,
            client,
            statements: HashMap::new(),
            heads: Heads::default(),
        })
    }

    fn prepared(&mut self, sql: &str, params: &[Value]) -> Result<(Statement, ColumnNames), Error> {
        Value::check_all(params)?;
        let found = match self.statements.get(sql) {
            Some(found) => found.clone(),
            None => self.prepare(sql)?,
        };
        let (wanted, given) = (found.0.params().len(), params.len());
        if wanted != given {
            let reason =
                format!("{given} parameters were given and ${wanted} is the last one used");
            return Err(Error::refused(sql, reason));
        }
        Ok(found)
    }

    fn prepare(&mut self, sql: &str) -> Result<(Statement, ColumnNames), Error> {
        let statement = self.client.prepare(sql).map_err(|e| failure(sql, &e))?;
        let names: ColumnNames = statement
            .columns()
            .iter()
            .map(|column| Box::from(column.name()))
            .collect();
        if self.statements.len() >= STATEMENTS_MAX {
            self.statements.clear();
        }
        self.statements
            .insert(sql.into(), (statement.clone(), names.clone()));
        Ok((statement, names))
    }

    fn control(&mut self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).map_err(|e| failure(sql, &e))
    }
}

/// The statement that locks the heads of shards, if there are any.
fn locking(shards: &[i64]) -> Option<String> {
    let shards: Vec<String> = shards.iter().map(i64::to_string).collect();
    let shards = Some(shards.join(", ")).filter(|list| !list.is_empty())?;
    Some(format!(
        "SELECT seq FROM log_head WHERE shard IN ({shards}) ORDER BY shard FOR UPDATE"
    ))
}

impl Connection for PostgresConnection {
    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
        let (statement, names) = self.prepared(sql, params)?;
        let found = self
            .client
            .query(&statement, &bound(params))
            .map_err(|e| failure(sql, &e))?;
        let mut rows = Vec::with_capacity(found.len());
        for row in found {
            let field = |place| row.try_get::<_, Field>(place).map(|Field(value)| value);
            let values = (0..names.len())
                .map(field)
                .collect::<Result<Vec<Value>, _>>();
            rows.push(Row::new(
                names.clone(),
                values.map_err(|e| failure(sql, &e))?,
            ));
        }
        Ok(rows)
    }

    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Error> {
        let (statement, _) = self.prepared(sql, params)?;
        self.client
            .execute(&statement, &bound(params))
            .map_err(|e| failure(sql, &e))
    }

    fn define(&mut self, sql: &str) -> Result<(), Error> {
        self.statements.clear();
        self.control(sql)
    }

    fn dialect(&self, sql: &str) -> String {
        sql.replace("{{blob}}", "BYTEA")
            .replace("{{key}}", "TEXT COLLATE \"C\"")
            .replace("{{clustered}}", "")
    }

    fn begin_read(&mut self) -> Result<(), Error> {
        self.control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    fn begin_write(&mut self, shards: &[i64]) -> Result<(), Error> {
        let mut sql = String::from("BEGIN ISOLATION LEVEL READ COMMITTED");
        if let Some(lock) = locking(self.heads.begin(shards)) {
            // At the very beginning, so that writes of a shard are serial on all nodes.
            let _ = write!(sql, "; {lock}");
        }
        self.control(&sql).inspect_err(|_| self.rollback())
    }

    fn take_heads(&mut self, shards: &[i64]) -> Result<(), Error> {
        let Some(missing) = self.heads.take(shards) else {
            let reason = "the write begins anew, with all log heads that it needs in their order";
            return Err(Error::Conflict {
                reason: reason.into(),
            });
        };
        locking(&missing).map_or(Ok(()), |lock| self.control(&lock))
    }

    fn commit(&mut self) -> Result<(), Error> {
        match self.client.batch_execute("COMMIT") {
            Ok(()) => {
                self.heads = Heads::default();
                Ok(())
            }
            // The server's own refusal is definite, but one that ends the session may come after
            // the commit, and silence says nothing.
            Err(error) => Err(match failure("COMMIT", &error) {
                Error::Unreachable { reason } => Error::Unknown { reason },
                other => other,
            }),
        }
    }

    fn rollback(&mut self) {
        if let Err(error) = self.control("ROLLBACK") {
            tracing::debug!(%error, "rollback failed; the connection is lost and with it the transaction");
        }
    }

    fn savepoint(&mut self, savepoint: Savepoint) -> Result<(), Error> {
        self.control(&format!("SAVEPOINT {}", savepoint.name()))
    }

    fn release(&mut self, savepoint: Savepoint) -> Result<(), Error> {
        self.control(&format!("RELEASE SAVEPOINT {}", savepoint.name()))
    }

    fn rollback_to(&mut self, savepoint: Savepoint) -> Result<(), Error> {
        let name = savepoint.name();
        self.control(&format!(
            "ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}"
        ))
    }

    fn recover(&mut self) -> Result<(), Error> {
        self.client = connect(&self.config, self.role)?;
        self.statements.clear();
        Ok(())
    }
}

fn connect(config: &Config, role: Role) -> Result<Client, Error> {
    let mut client = config
        .connect(NoTls)
        .map_err(|e| match failure("connect", &e) {
            Error::Refused { reason, .. } => Error::Unreachable { reason },
            other => other,
        })?;
    refuse_unsafe(&mut client, role)?;
    if role == Role::Writer {
        let set = client.batch_execute(WRITER_SESSION);
        set.map_err(|e| failure(WRITER_SESSION, &e))?;
    }
    Ok(client)
}

/// A node that freezes, or loses its network, in the midst of a write holds up the others for so long and no
/// longer. Whoever has set another bound keeps it.
const WRITER_SESSION: &str = "SELECT set_config('idle_in_transaction_session_timeout', '10s', false) \
                              WHERE current_setting('idle_in_transaction_session_timeout') = '0'";

/// Looks at the session's own settings, since a role or a database may set them as well.
fn refuse_unsafe(client: &mut Client, role: Role) -> Result<(), Error> {
    const SETTINGS: &str = "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', \
                            'full_page_writes', 'synchronous_commit', 'server_encoding', \
                            'transaction_read_only')";
    for row in client
        .query(SETTINGS, &[])
        .map_err(|e| failure(SETTINGS, &e))?
    {
        let (name, value): (String, String) = (row.get(0), row.get(1));
        let setting = match (name.as_str(), value.as_str()) {
            ("fsync", "off") => "fsync",
            ("full_page_writes", "off") => "full_page_writes",
            ("synchronous_commit", "off") => "synchronous_commit",
            // It may have been the primary before a failover: another attempt may find the new one.
            ("transaction_read_only", "on") if role == Role::Writer => {
                let reason = "the PostgreSQL server takes no writes: it is a standby, or read-only";
                return Err(Error::Unreachable {
                    reason: reason.into(),
                });
            }
            ("server_encoding", encoding) if encoding != "UTF8" => {
                let reason =
                    format!("the PostgreSQL database is encoded in {encoding}; create one in UTF8");
                return Err(Error::Location { reason });
            }
            _ => continue,
        };
        return Err(Error::Unsafe {
            setting,
            value,
            wanted: "on",
        });
    }
    Ok(())
}

fn failure(statement: &str, error: &postgres::Error) -> Error {
    let reason = || chain(error).into();
    let Some(code) = error.code().map(|state| state.code()) else {
        // Without the server's word: either the connection broke, or a value did not fit.
        let is_local = error
            .source()
            .is_some_and(|cause| !cause.is::<std::io::Error>())
            && !error.is_closed();
        return if is_local {
            Error::refused(statement, chain(error))
        } else {
            Error::Unreachable { reason: reason() }
        };
    };
    let severity = error.as_db_error().and_then(DbError::parsed_severity);
    match code {
        // Whatever it was, the session has ended with it.
        _ if matches!(severity, Some(Severity::Fatal | Severity::Panic)) => {
            Error::Unreachable { reason: reason() }
        }
        // Serialization failure, deadlock, lock not available.
        "40001" | "40P01" | "55P03" => Error::Conflict { reason: reason() },
        // Disk full, out of memory on the server.
        "53100" | "53200" => Error::Full { reason: reason() },
        _ if code.starts_with("08") => Error::Unreachable { reason: reason() },
        _ => Error::refused(statement, chain(error)),
    }
}

/// An error and its causes in one line. The driver's own text of a server's error is left out:
/// it says no more than that there is one.
fn chain(error: &postgres::Error) -> String {
    if let Some(told) = error.as_db_error() {
        return told.to_string();
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let _ = write!(text, ": {inner}");
        cause = inner.source();
    }
    text
}
