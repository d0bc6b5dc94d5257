//! Migrations: applied once, in order, and refused where they are not ours.

use balefire_store::{Error, Migration};

use crate::fixture::{Fixture, MIGRATIONS, counter, put_counter};

const MORE: &[Migration] = &[
    MIGRATIONS[0],
    MIGRATIONS[1],
    Migration {
        name: "0003_tag",
        sql: "CREATE TABLE tag (id {{key}} NOT NULL PRIMARY KEY);",
    },
];

fn applied(fixture: &Fixture, migrations: &'static [Migration]) -> Vec<String> {
    let store = fixture.open(migrations).unwrap();
    let rows =
        store.read_blocking(|tx| tx.query("SELECT name FROM migration ORDER BY position", &[]));
    rows.unwrap()
        .unwrap()
        .iter()
        .map(|row| row.text(0).unwrap().to_owned())
        .collect()
}

pub fn applying_twice_changes_nothing(fixture: &mut Fixture) {
    let first = applied(fixture, MIGRATIONS);
    assert_eq!(first[first.len() - 2..], ["0001_counter", "0002_note"]);
    assert!(
        first[..first.len() - 2]
            .iter()
            .all(|name| name.starts_with("store/")),
        "{first:?}"
    );
    assert_eq!(applied(fixture, MIGRATIONS), first);
    let more = applied(fixture, MORE);
    assert_eq!(more[..first.len()], first);
    assert_eq!(more[first.len()..], ["0003_tag"]);
}

pub fn a_newer_database_is_refused(fixture: &mut Fixture) {
    fixture.open(MORE).unwrap().close();
    let refused = fixture.open(MIGRATIONS).err().unwrap();
    assert!(
        matches!(&refused, Error::Newer { name } if name == "0003_tag"),
        "{refused}"
    );
    assert!(refused.to_string().contains("newer Balefire"), "{refused}");
}

pub fn a_changed_migration_is_refused(fixture: &mut Fixture) {
    const CHANGED: &[Migration] = &[
        Migration {
            sql: "CREATE TABLE counter (name TEXT);",
            ..MIGRATIONS[0]
        },
        MIGRATIONS[1],
    ];
    const SWAPPED: &[Migration] = &[MIGRATIONS[1], MIGRATIONS[0]];
    fixture.open(MIGRATIONS).unwrap().close();
    for list in [CHANGED, SWAPPED] {
        let refused = fixture.open(list).err().unwrap();
        assert!(
            matches!(&refused, Error::Changed { name, .. } if name == "0001_counter"),
            "{refused}"
        );
    }
}

pub fn a_failing_migration_leaves_those_before_it(fixture: &mut Fixture) {
    const FAILING: &[Migration] = &[
        MIGRATIONS[0],
        Migration {
            name: "0002_bad",
            sql: "CREATE TABLE half (a BIGINT);\nINSERT INTO nowhere (a) VALUES (1);",
        },
    ];
    let failed = fixture.open(FAILING).err().unwrap();
    assert!(
        matches!(&failed, Error::Migration { name, .. } if name == "0002_bad"),
        "{failed}"
    );
    // The failed one left neither its table nor its name.
    const MENDED: &[Migration] = &[
        MIGRATIONS[0],
        Migration {
            name: "0002_bad",
            sql: "CREATE TABLE half (a BIGINT);",
        },
    ];
    let store = fixture.open(MENDED).unwrap();
    put_counter(&store, "x");
    assert!(counter(&store, "x").is_some());
}

pub fn a_name_used_twice_is_refused(fixture: &mut Fixture) {
    const TWICE: &[Migration] = &[MIGRATIONS[0], MIGRATIONS[0]];
    let refused = fixture.open(TWICE).err().unwrap();
    assert!(
        refused
            .to_string()
            .contains("`0001_counter` is in the list twice"),
        "{refused}"
    );
}

/// The tables with their columns, keys and types, of a fresh database.
fn shape(fixture: &mut Fixture, sql: &'static str) -> Vec<String> {
    let rows = fixture
        .store()
        .read_blocking(move |tx| tx.query(sql, &[]))
        .unwrap()
        .unwrap();
    let text = |row: &balefire_store::Row| {
        ["tab", "col", "kind"].map(|name| row.text(name).unwrap().to_owned())
    };
    rows.iter()
        .map(|row| {
            format!(
                "{} nullable={}",
                text(row).join(" "),
                row.int("nullable").unwrap()
            )
        })
        .collect()
}

#[test]
fn both_engines_have_the_same_tables_and_columns() {
    let Some(mut postgres) = Fixture::postgres() else {
        return;
    };
    let on_sqlite = shape(
        &mut Fixture::sqlite(),
        "SELECT t.name AS tab, c.name AS col, lower(c.type) AS kind, 1 - c.\"notnull\" AS nullable \
         FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY t.name, c.cid",
    );
    let on_postgres = shape(
        &mut postgres,
        "SELECT CAST(table_name AS TEXT) AS tab, CAST(column_name AS TEXT) AS col, \
         CASE data_type WHEN 'bytea' THEN 'blob' ELSE CAST(data_type AS TEXT) END AS kind, \
         CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END AS nullable FROM information_schema.columns \
         WHERE table_schema = current_schema() \
         ORDER BY CAST(table_name AS TEXT) COLLATE \"C\", ordinal_position",
    );
    assert!(
        on_sqlite.contains(&"log body blob nullable=0".to_owned()),
        "{on_sqlite:?}"
    );
    assert_eq!(on_sqlite, on_postgres);
}
