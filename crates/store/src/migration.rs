//! Migrations: the store's own, then the caller's, one transaction each, recorded with a checksum.

use std::collections::HashSet;
use std::time::Duration;

use crate::Error;
use crate::engine::Connection;
use crate::log::fnv1a;

/// One step of the database's making. Once released, neither its name nor its text changes.
///
/// The text serves both engines. `{{blob}}` is the type of bytes, `{{key}}` that of text which is
/// compared bytewise, and `{{clustered}}`, after a table's closing parenthesis, keeps its rows in
/// the primary key where the engine can. A statement ends with `;`.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub name: &'static str,
    pub sql: &'static str,
}

impl Migration {
    fn checksum(&self) -> String {
        format!("{:016x}", fnv1a(self.sql.as_bytes()))
    }
}

const OWN: &[Migration] = &[
    Migration {
        name: "store/0001_log",
        sql: include_str!("../migrations/0001_log.sql"),
    },
    Migration {
        name: "store/0002_jobs",
        sql: include_str!("../migrations/0002_jobs.sql"),
    },
    Migration {
        name: "store/0003_dead_jobs",
        sql: include_str!("../migrations/0003_dead_jobs.sql"),
    },
];

const BOOTSTRAP: &str = "
    CREATE TABLE IF NOT EXISTS migration (
        position BIGINT NOT NULL PRIMARY KEY, name {{key}} NOT NULL UNIQUE, checksum TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS migration_lease (id BIGINT NOT NULL PRIMARY KEY, holder TEXT NOT NULL);
    INSERT INTO migration_lease (id, holder) VALUES (1, '') ON CONFLICT DO NOTHING;";
const TAKE_LEASE: &str = "UPDATE migration_lease SET holder = $1 WHERE id = 1";
const APPLIED: &str = "SELECT name, checksum FROM migration ORDER BY position";
const RECORD: &str = "INSERT INTO migration (position, name, checksum) VALUES ($1, $2, $3)";

const ATTEMPTS_MAX: u32 = 10;

/// Brings the database to the state this binary knows, or refuses one that it does not know.
pub(crate) fn migrate(
    connection: &mut dyn Connection,
    migrations: &[Migration],
) -> Result<(), Error> {
    let mut names = HashSet::new();
    if let Some(twice) = OWN
        .iter()
        .chain(migrations)
        .find(|migration| !names.insert(migration.name))
    {
        let reason = format!("the name `{}` is in the list twice", twice.name);
        return Err(Error::Invalid {
            what: "migrations",
            reason,
        });
    }
    let bootstrap = connection.dialect(BOOTSTRAP);
    // Of two nodes that create a table at once one is refused, `IF NOT EXISTS` or not, and then
    // finds the table there.
    let may_pass = |error: &Error| is_passing(error) || matches!(error, Error::Refused { .. });
    with_retries(connection, may_pass, |connection| {
        connection.define(&bootstrap)
    })?;
    while let Some(name) = with_retries(connection, is_passing, |connection| {
        step(connection, migrations)
    })? {
        tracing::info!(name, "migration applied");
    }
    Ok(())
}

/// Applies the first migration that is missing and returns its name.
fn step(
    connection: &mut dyn Connection,
    migrations: &[Migration],
) -> Result<Option<&'static str>, Error> {
    // The row stays locked until the commit, so other nodes wait here and then see what was done.
    connection.execute(
        TAKE_LEASE,
        &[format!("process {}", std::process::id()).into()],
    )?;
    let mut applied = Vec::new();
    for row in connection.query(APPLIED, &[])? {
        applied.push((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
    }
    let Some(next) = next_of(&applied, OWN, migrations)? else {
        return Ok(None);
    };
    let sql = connection.dialect(next.sql);
    connection.define(&sql).map_err(|error| match error {
        Error::Refused { reason, .. } => Error::Migration {
            name: next.name.to_owned(),
            reason,
        },
        other => other,
    })?;
    let position = applied.len() as i64 + 1;
    connection.execute(
        RECORD,
        &[position.into(), next.name.into(), next.checksum().into()],
    )?;
    Ok(Some(next.name))
}

/// Compares what was applied with what is known, each list in its own order.
fn next_of(
    applied: &[(String, String)],
    own: &[Migration],
    callers: &[Migration],
) -> Result<Option<Migration>, Error> {
    let (mut own, mut callers) = (own.iter(), callers.iter());
    for (name, checksum) in applied {
        let known = |list: &std::slice::Iter<'_, Migration>| {
            list.clone().any(|migration| migration.name == name)
        };
        let list = match (known(&own), known(&callers)) {
            (true, _) => &mut own,
            (_, true) => &mut callers,
            _ => return Err(Error::Newer { name: name.clone() }),
        };
        let changed = |reason| {
            Err(Error::Changed {
                name: name.clone(),
                reason,
            })
        };
        match list.next() {
            Some(expected) if expected.name != name => {
                return changed("one before it in the list was not applied");
            }
            Some(expected) if expected.checksum() != *checksum => {
                return changed("its text was changed");
            }
            _ => {}
        }
    }
    Ok(own.chain(callers).next().copied())
}

fn is_passing(error: &Error) -> bool {
    matches!(error, Error::Conflict { .. } | Error::Unreachable { .. })
}

fn with_retries<T>(
    connection: &mut dyn Connection,
    may_pass: impl Fn(&Error) -> bool,
    mut work: impl FnMut(&mut dyn Connection) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut attempt = 1;
    loop {
        let result = connection.begin_write(&[]).and_then(|()| {
            let done = work(connection).inspect_err(|_| connection.rollback())?;
            connection.commit().map(|()| done)
        });
        match result {
            Err(error) if attempt < ATTEMPTS_MAX && may_pass(&error) => {
                tracing::debug!(%error, attempt, "migration is tried again");
                if matches!(error, Error::Unreachable { .. }) {
                    connection.recover()?;
                }
                std::thread::sleep(Duration::from_millis(5 * u64::from(attempt)));
                attempt += 1;
            }
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Migration = Migration {
        name: "a",
        sql: "A;",
    };
    const B: Migration = Migration {
        name: "b",
        sql: "B;",
    };
    const S1: Migration = Migration {
        name: "store/1",
        sql: "1;",
    };
    const S2: Migration = Migration {
        name: "store/2",
        sql: "2;",
    };

    fn applied(list: &[Migration]) -> Vec<(String, String)> {
        list.iter()
            .map(|migration| (migration.name.to_owned(), migration.checksum()))
            .collect()
    }

    #[test]
    fn the_first_missing_one_is_next_and_the_stores_own_come_first() {
        let cases: [(&[Migration], Option<&str>); 5] = [
            (&[], Some("store/1")),
            (&[S1], Some("store/2")),
            (&[S1, S2], Some("a")),
            (&[S1, A, B], Some("store/2")),
            (&[S1, A, B, S2], None),
        ];
        for (done, expected) in cases {
            let next = next_of(&applied(done), &[S1, S2], &[A, B]).unwrap();
            assert_eq!(next.map(|migration| migration.name), expected, "{done:?}");
        }
    }

    #[test]
    fn unknown_changed_and_reordered_ones_are_refused() {
        let unknown = next_of(&applied(&[S1, B]), &[S1], &[A]).unwrap_err();
        assert!(matches!(unknown, Error::Newer { name } if name == "b"));
        let changed = next_of(&applied(&[A]), &[], &[Migration { sql: "A2;", ..A }]).unwrap_err();
        assert!(matches!(
            changed,
            Error::Changed {
                reason: "its text was changed",
                ..
            }
        ));
        let reordered = next_of(&applied(&[B]), &[], &[A, B]).unwrap_err();
        assert!(matches!(reordered, Error::Changed { name, .. } if name == "b"));
    }
}
