//! What only a database file has: a directory, a lock, permissions.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use balefire_store::{Error, Location, Options, Store, Tx};

use crate::fixture::{Fixture, MIGRATIONS, Note, occupy, poll_once, put_counter, run};

/// Set in the process that tries to open a directory which its parent holds.
const HELD: &str = "BALEFIRE_STORE_TEST_HELD";

fn directory(fixture: &Fixture) -> std::path::PathBuf {
    match &fixture.location {
        Location::Sqlite(path) => path.clone(),
        Location::Postgres(_) => unreachable!("these tests are SQLite's"),
    }
}

#[test]
fn a_second_open_is_refused_while_the_first_lasts() {
    let mut fixture = Fixture::sqlite();
    let _store = fixture.store();
    let refused = fixture.open(MIGRATIONS).err().unwrap();
    let Error::InUse { path, pid } = &refused else {
        panic!("{refused}")
    };
    assert_eq!(
        (path, *pid),
        (&directory(&fixture).join("lock"), Some(std::process::id()))
    );
    let told = refused.to_string();
    assert!(
        told.contains("lock is locked by process") && told.contains("one process"),
        "{told}"
    );
    fixture.close();
    fixture.open(MIGRATIONS).unwrap();
}

#[test]
fn a_second_process_is_refused() {
    let mut fixture = Fixture::sqlite();
    let _store = fixture.store();
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "sqlite_only::opened_by_a_second_process",
            "--nocapture",
        ])
        .env(HELD, directory(&fixture))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(
        told.contains(&format!("refused: holder {}", std::process::id())),
        "{told}"
    );
}

/// Does its work only in the process which the test above starts.
#[test]
fn opened_by_a_second_process() {
    let Some(held) = std::env::var_os(HELD) else {
        return;
    };
    match Store::open(
        Location::Sqlite(held.into()),
        MIGRATIONS,
        Options::default(),
    )
    .err()
    {
        Some(Error::InUse { pid: Some(pid), .. }) => println!("refused: holder {pid}"),
        other => println!("not refused: {other:?}"),
    }
}

#[test]
fn the_data_can_be_read_by_its_owner_only() {
    let mut fixture = Fixture::sqlite();
    put_counter(&fixture.store(), "x");
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let directory = directory(&fixture);
    assert_eq!(mode(&directory), 0o700);
    let mut names = Vec::new();
    for file in std::fs::read_dir(&directory).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{path:?}");
        names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    names.sort_unstable();
    assert_eq!(
        names,
        ["balefire.db", "balefire.db-shm", "balefire.db-wal", "lock"]
    );
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let fixture = Fixture::sqlite();
    let directory = directory(&fixture);
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("balefire.db"), "not a database ".repeat(100)).unwrap();
    let refused = fixture.open(MIGRATIONS).err().unwrap();
    assert!(matches!(refused, Error::Disk { .. }), "{refused}");
}

#[test]
fn commits_are_synced() {
    let mut fixture = Fixture::sqlite();
    let setting = |name: &'static str| {
        let answer = fixture
            .store()
            .write_blocking("a", move |tx| tx.query(&format!("PRAGMA {name}"), &[]));
        answer.unwrap().unwrap().remove(0)
    };
    let mut setting = setting;
    assert_eq!(setting("synchronous").int(0).unwrap(), 2, "FULL");
    assert_eq!(setting("journal_mode").text(0).unwrap(), "wal");
    assert_eq!(setting("foreign_keys").int(0).unwrap(), 1);
    assert_eq!(setting("temp_store").int(0).unwrap(), 2, "MEMORY");
}

#[test]
fn a_full_database_declines_what_does_not_fit_and_keeps_the_rest() {
    let mut fixture = Fixture::sqlite();
    let store = fixture.store();
    let limit = |tx: &mut Tx<'_>| tx.query("PRAGMA max_page_count = 200", &[]);
    store.write_blocking("a", limit).unwrap().unwrap();
    let writer = occupy(&store, "a");
    let mut writes = [("small", 1), ("huge", 10_000_000), ("last", 1)].map(|(id, len)| {
        let note = Note {
            id: id.to_owned(),
            body: Some(vec![7; len]),
            ..Note::default()
        };
        let store = store.clone();
        Box::pin(async move { store.write("a", move |tx| tx.insert(&note)).await })
    });
    assert!(writes.iter_mut().all(|write| poll_once(write).is_pending()));
    drop(writer);
    let [small, huge, last] = writes.map(run);
    assert!(
        matches!((&small, &last), (Ok(Ok(())), Ok(Ok(())))),
        "{small:?} {last:?}"
    );
    assert!(matches!(huge, Err(Error::Full { .. })), "{huge:?}");
    let found = |id: &'static str| {
        let read = move |tx: &mut Tx<'_>| tx.get::<Note>(&["".into(), id.into()]);
        store.read_blocking(read).unwrap().unwrap().is_some()
    };
    assert_eq!(
        [found("small"), found("huge"), found("last")],
        [true, false, true]
    );
}
