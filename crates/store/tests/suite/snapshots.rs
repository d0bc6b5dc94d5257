//! What reads see while others write, and what kept snapshots must not hold up.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Barrier, mpsc};

use balefire_store::{Location, Store, Tx};

use crate::fixture::{Fixture, MIGRATIONS, Note, counter, increment, put_counter, run};

/// Reads on so many connections at once that each of them has taken a snapshot.
fn read_on_all_connections(store: &Store, connections: usize) {
    let all_read = Arc::new(Barrier::new(connections));
    std::thread::scope(|scope| {
        for _ in 0..connections {
            let all_read = all_read.clone();
            let read = move |tx: &mut Tx<'_>| {
                tx.log_head(0).unwrap();
                all_read.wait();
            };
            scope.spawn(|| store.read_blocking(read).unwrap());
        }
    });
}

pub fn a_read_after_an_answer_sees_the_write_from_any_thread(fixture: &mut Fixture) {
    const WRITES: i64 = 60;
    let store = fixture.store();
    let names = ["x", "y", "z"];
    names.iter().for_each(|name| put_counter(&store, name));
    // How far the writes of each counter have been answered.
    let answered = [const { AtomicI64::new(0) }; 3];
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers = names.into_iter().zip(&answered).map(|(name, answered)| {
            let store = store.clone();
            scope.spawn(move || {
                for number in 1..=WRITES {
                    let write = move |tx: &mut Tx<'_>| increment(tx, name);
                    assert_eq!(store.write_blocking(name, write).unwrap().unwrap(), number);
                    answered.store(number, Ordering::SeqCst);
                    assert_eq!(counter(&store, name).unwrap().total, number);
                }
            })
        });
        let writers: Vec<_> = writers.collect();
        for _ in 0..4 {
            scope.spawn(|| {
                while !ended.load(Ordering::SeqCst) {
                    for (name, answered) in names.into_iter().zip(&answered) {
                        let least = answered.load(Ordering::SeqCst);
                        let total = counter(&store, name).unwrap().total;
                        assert!(total >= least, "{name}: {total} after {least}");
                    }
                }
            });
        }
        let ends: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        ended.store(true, Ordering::SeqCst);
        assert!(ends.iter().all(Result::is_ok));
    });
}

pub fn a_long_read_keeps_its_snapshot_and_the_next_has_the_newest(fixture: &mut Fixture) {
    fixture.options.read_connections = 1;
    let store = fixture.store();
    put_counter(&store, "x");
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let reading = std::thread::spawn({
        let store = store.clone();
        move || {
            let read = move |tx: &mut Tx<'_>| {
                let mut total = || {
                    tx.query("SELECT total FROM counter", &[]).unwrap()[0]
                        .int(0)
                        .unwrap()
                };
                let before = total();
                begun.send(()).unwrap();
                may_go_on.recv().unwrap();
                (before, total())
            };
            store.read_blocking(read).unwrap()
        }
    });
    has_begun.recv().unwrap();
    let write = |tx: &mut Tx<'_>| increment(tx, "x");
    store.write_blocking("a", write).unwrap().unwrap();
    go_on.send(()).unwrap();
    assert_eq!(reading.join().unwrap(), (0, 0));
    assert_eq!(counter(&store, "x").unwrap().total, 1);
}

fn wal_bytes(fixture: &Fixture) -> Option<u64> {
    let Location::Sqlite(path) = &fixture.location else {
        unreachable!("the WAL is SQLite's")
    };
    let found = std::fs::metadata(path.join("balefire.db-wal"));
    found.ok().map(|file| file.len())
}

fn put_note(store: &Store, id: usize, body_bytes: usize) {
    let note = Note {
        account: "a".to_owned(),
        id: id.to_string(),
        body: Some(vec![7; body_bytes]),
        ..Note::default()
    };
    store
        .write_blocking("a", move |tx| tx.insert(&note))
        .unwrap()
        .unwrap();
}

#[test]
fn kept_snapshots_do_not_let_the_wal_grow() {
    const BODY_BYTES: usize = 1 << 20;
    // Checkpoints come after 4000 pages, which are 16 MiB.
    const WAL_BYTES_MAX: u64 = 32 << 20;
    let mut fixture = Fixture::sqlite();
    let store = fixture.store();
    for id in 0..100 {
        // For the first half idle snapshots from before the writes, for the second one before each.
        if id == 0 || id > 50 {
            read_on_all_connections(&store, fixture.options.read_connections);
        }
        put_note(&store, id, BODY_BYTES);
        let bytes = wal_bytes(&fixture).unwrap();
        assert!(bytes < WAL_BYTES_MAX, "{bytes} after {} writes", id + 1);
    }
}

#[test]
fn closing_with_kept_snapshots_empties_the_wal() {
    let mut fixture = Fixture::sqlite();
    let store = fixture.store();
    put_counter(&store, "x");
    read_on_all_connections(&store, fixture.options.read_connections);
    assert!(wal_bytes(&fixture).is_some());
    drop(store);
    fixture.close();
    assert_eq!(wal_bytes(&fixture), None);
    let store = fixture.open(MIGRATIONS).unwrap();
    assert_eq!(counter(&store, "x").unwrap().total, 0);
}

pub fn long_reads_wait_for_each_other_alone(fixture: &mut Fixture) {
    fixture.options.read_connections = 1;
    fixture.options.long_read_threads = 1;
    let store = fixture.store();
    put_counter(&store, "x");
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    run(async {
        let long = {
            let (store, total) = (store.clone(), |tx: &mut Tx<'_>| total(tx));
            tokio::spawn(async move {
                let read = move |tx: &mut Tx<'_>| {
                    let before = total(tx);
                    begun.send(()).unwrap();
                    may_go_on.recv().unwrap();
                    (before, total(tx))
                };
                store.read_at_length(read).await
            })
        };
        tokio::task::spawn_blocking(move || has_begun.recv().unwrap())
            .await
            .unwrap();
        let second = tokio::spawn({
            let store = store.clone();
            async move { store.read_at_length(total).await }
        });
        // While it runs, others read and write.
        assert_eq!(store.read(total).await.unwrap(), 0);
        store
            .write("x", |tx| tx.execute("UPDATE counter SET total = 7", &[]))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(store.read(total).await.unwrap(), 7);
        assert!(!second.is_finished());
        go_on.send(()).unwrap();
        assert_eq!(long.await.unwrap().unwrap(), (0, 0), "in one snapshot");
        assert_eq!(second.await.unwrap().unwrap(), 7);
    });
}

fn total(tx: &mut Tx<'_>) -> i64 {
    let rows = tx.query("SELECT total FROM counter", &[]).unwrap();
    rows[0].int(0).unwrap()
}
