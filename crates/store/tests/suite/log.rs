//! The change log: numbers, order, readers.

use std::collections::HashMap;

use balefire_store::{Entry, Error, Logged, NewJob, SHARDS, Store, Tx, shard_of};

use crate::fixture::{Fixture, put_counter, run};

pub fn entry(account: &str, subject: &str) -> Entry {
    Entry {
        account: account.to_owned(),
        actor: "tester".to_owned(),
        kind: "noted".to_owned(),
        subject: subject.to_owned(),
        body: subject.as_bytes().to_vec(),
        at_ms: 1,
    }
}

pub fn read_log(store: &Store, account: &str) -> Vec<Logged> {
    let shard = shard_of(account);
    store
        .read_blocking(move |tx| tx.log_after(shard, 0, 10_000))
        .unwrap()
        .unwrap()
}

/// Reads every shard behind its cursor, and checks that nothing is skipped.
fn tail(store: &Store, seen: &mut [Vec<Logged>]) -> usize {
    for shard in 0..SHARDS {
        let list = &mut seen[shard as usize];
        let after = list.last().map_or(0, |logged| logged.seq);
        let found = store
            .read_blocking(move |tx| tx.log_after(shard, after, 7))
            .unwrap()
            .unwrap();
        for (place, logged) in found.iter().enumerate() {
            assert_eq!(
                (logged.shard, logged.seq),
                (shard, after + 1 + place as i64)
            );
        }
        list.extend(found);
    }
    seen.iter().map(Vec::len).sum()
}

pub fn numbers_have_no_gaps_and_a_tailer_misses_none(fixture: &mut Fixture) {
    const WRITES: usize = 300;
    let nodes = [fixture.store(), fixture.other_node()];
    let tailer = fixture.store();
    let tailing = std::thread::spawn(move || {
        let mut seen = vec![Vec::new(); SHARDS as usize];
        while tail(&tailer, &mut seen) < WRITES {}
        seen
    });
    let written: Vec<(String, i64)> = run(async {
        let mut tasks = Vec::new();
        for number in 0..WRITES {
            let (store, account) = (nodes[number % 2].clone(), format!("account {}", number % 5));
            tasks.push(tokio::spawn(async move {
                let subject = number.to_string();
                let entry = entry(&account, &subject);
                let decline = number.is_multiple_of(3);
                if decline {
                    // Takes a number and gives it back.
                    let entry = entry.clone();
                    let answer = store.write(&account, move |tx| {
                        tx.append(entry.clone()).and(Err::<(), _>(Error::Closed))
                    });
                    assert!(answer.await.unwrap().is_err());
                }
                // A shard key of another account takes the head of the log late.
                let shard_key = if number.is_multiple_of(7) {
                    "other"
                } else {
                    account.as_str()
                };
                loop {
                    let entry = entry.clone();
                    match store
                        .write(shard_key, move |tx| tx.append(entry.clone()))
                        .await
                    {
                        Err(error) if error.is_transient() => {}
                        answer => break (subject, answer.unwrap().unwrap()),
                    }
                }
            }));
        }
        let mut written = Vec::new();
        for task in tasks {
            written.push(task.await.unwrap());
        }
        written
    });
    let seen = tailing.join().unwrap();
    assert_eq!(seen.iter().map(Vec::len).sum::<usize>(), WRITES);
    let seen = seen
        .iter()
        .flatten()
        .map(|logged| (logged.entry.subject.clone(), logged.seq));
    assert_eq!(
        seen.collect::<HashMap<_, _>>(),
        written.into_iter().collect()
    );
}

pub fn a_rolled_back_change_takes_no_number(fixture: &mut Fixture) {
    let store = fixture.store();
    let seq = store
        .write_blocking("a", |tx| tx.append(entry("a", "x")))
        .unwrap()
        .unwrap();
    let decline = |tx: &mut Tx<'_>| tx.append(entry("a", "y")).and(Err::<(), _>(Error::Closed));
    assert!(store.write_blocking("a", decline).unwrap().is_err());
    let next = store
        .write_blocking("a", |tx| tx.append(entry("a", "z")))
        .unwrap()
        .unwrap();
    assert_eq!((seq, next), (1, 2));
    let log = read_log(&store, "a");
    assert_eq!(
        log[0],
        Logged {
            shard: shard_of("a"),
            seq: 1,
            entry: entry("a", "x")
        }
    );
    assert_eq!(log[1].entry.subject, "z");
    let head = store
        .read_blocking(|tx| tx.log_head(shard_of("a")))
        .unwrap()
        .unwrap();
    assert_eq!((log.len(), head), (2, 2));
}

pub fn a_block_of_changes_is_numbered_in_order(fixture: &mut Fixture) {
    let store = fixture.store();
    assert_ne!(shard_of("a"), shard_of("b"));
    let append = |tx: &mut Tx<'_>| {
        tx.append(entry("a", "0"))?;
        let entries = [("a", "1"), ("a", "2"), ("b", "3"), ("a", "4")];
        let last = tx.append_all(
            entries
                .map(|(account, subject)| entry(account, subject))
                .to_vec(),
        )?;
        assert_eq!(tx.append_all(Vec::new())?, None);
        Ok::<_, Error>(last)
    };
    assert_eq!(store.write_blocking("a", append).unwrap().unwrap(), Some(4));
    let numbered = |account| -> Vec<(i64, String)> {
        read_log(&store, account)
            .into_iter()
            .map(|logged| (logged.seq, logged.entry.subject))
            .collect()
    };
    let expected =
        [(1, "0"), (2, "1"), (3, "2"), (4, "4")].map(|(seq, subject)| (seq, subject.to_owned()));
    assert_eq!(numbered("a"), expected);
    assert_eq!(numbered("b"), [(1, "3".to_owned())]);
}

pub fn cursors_only_move_forward(fixture: &mut Fixture) {
    let store = fixture.store();
    let moves = |tx: &mut Tx<'_>| {
        assert_eq!(tx.cursor("columns", 3)?, 0);
        assert!(tx.advance_cursor("columns", 3, 5)?);
        assert!(!tx.advance_cursor("columns", 3, 4)?);
        assert!(!tx.advance_cursor("columns", 3, 5)?);
        assert!(tx.advance_cursor("columns", 3, 6)?);
        assert!(tx.advance_cursor("audit", 3, 1)?);
        Ok::<_, Error>((
            tx.cursor("columns", 3)?,
            tx.cursor("columns", 4)?,
            tx.cursor("audit", 3)?,
        ))
    };
    assert_eq!(
        store.write_blocking("a", moves).unwrap().unwrap(),
        (6, 0, 1)
    );
}

pub fn the_counter_moves_with_changes_and_jobs_only(fixture: &mut Fixture) {
    let store = fixture.store();
    let mut moved = store.subscribe();
    put_counter(&store, "x");
    let decline = |tx: &mut Tx<'_>| tx.append(entry("a", "y")).and(Err::<(), _>(Error::Closed));
    assert!(store.write_blocking("a", decline).unwrap().is_err());
    assert!(!moved.has_changed().unwrap());
    store
        .write_blocking("a", |tx| tx.append(entry("a", "x")))
        .unwrap()
        .unwrap();
    assert!(moved.has_changed().unwrap());
    moved.mark_unchanged();
    let job = NewJob {
        id: "j".into(),
        kind: "k".into(),
        subject: "s".into(),
        account: String::new(),
        put_ms: 0,
        due_ms: 0,
        payload: vec![],
    };
    store
        .write_blocking("a", move |tx| tx.put_job(&job))
        .unwrap()
        .unwrap();
    assert!(moved.has_changed().unwrap());
}
