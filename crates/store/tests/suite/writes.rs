//! What a write promises, whoever else writes.

use std::sync::mpsc;

use balefire_store::{Error, Store, Tx};

use crate::fixture::{
    Counter, Fixture, MIGRATIONS, counter, increment, occupy, poll_once, put_counter, run,
};

fn insert(tx: &mut Tx<'_>, name: &str) -> Result<(), Error> {
    tx.insert(&Counter {
        name: name.to_owned(),
        total: 0,
    })
}

type End = fn(&mut Tx<'_>) -> Result<(), &'static str>;

/// Queues a write that inserts a counter and then ends as `end` says.
async fn write_and(
    store: Store,
    name: &'static str,
    end: End,
) -> Result<Result<(), &'static str>, Error> {
    let closure = move |tx: &mut Tx<'_>| {
        insert(tx, name).map_err(|_| "insert")?;
        tx.append(crate::log::entry("a", name))
            .map_err(|_| "append")?;
        end(tx)
    };
    store.write("a", closure).await
}

pub fn an_operation_that_fails_leaves_its_neighbours(fixture: &mut Fixture) {
    let store = fixture.store();
    // All five are queued while the writer is busy, hence share one transaction.
    let writer = occupy(&store, "a");
    let ends: [(&str, End); 5] = [
        ("first", |_| Ok(())),
        ("declined", |_| Err("no")),
        ("panicked", |_| panic!("on purpose")),
        ("refused", |tx| {
            let _ = tx.execute("INSERT INTO counter (name) VALUES ('incomplete')", &[]);
            Ok(())
        }),
        ("last", |tx| insert(tx, "last too").map_err(|_| "insert")),
    ];
    let mut writes = ends.map(|(name, end)| Box::pin(write_and(store.clone(), name, end)));
    assert!(writes.iter_mut().all(|write| poll_once(write).is_pending()));
    drop(writer);
    let [first, declined, panicked, refused, last] = writes.map(run);
    assert!(matches!(first, Ok(Ok(()))), "{first:?}");
    assert!(matches!(declined, Ok(Err("no"))), "{declined:?}");
    assert!(
        matches!(&panicked, Err(Error::Panicked { message }) if &**message == "on purpose"),
        "{panicked:?}"
    );
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    assert!(matches!(last, Ok(Ok(()))), "{last:?}");
    let kept = [
        "first",
        "declined",
        "panicked",
        "refused",
        "incomplete",
        "last",
        "last too",
    ]
    .map(|name| counter(&store, name).is_some());
    assert_eq!(kept, [true, false, false, false, false, true, true]);
    assert_eq!(crate::log::read_log(&store, "a").len(), 2);
}

pub fn a_refused_statement_cannot_be_passed_over(fixture: &mut Fixture) {
    let store = fixture.store();
    let answer = store.write_blocking("a", |tx| {
        insert(tx, "x")?;
        let refused = tx.execute("INSERT INTO nowhere (a) VALUES (1)", &[]);
        assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
        // The transaction is lost on one of the engines, so it is on both.
        assert!(insert(tx, "y").is_err());
        Ok::<(), Error>(())
    });
    assert!(
        matches!(&answer, Err(Error::Refused { statement, .. }) if statement.contains("nowhere")),
        "{answer:?}"
    );
    assert_eq!(counter(&store, "x"), None);
    put_counter(&store, "x");
}

pub fn a_single_write_that_declines_leaves_nothing(fixture: &mut Fixture) {
    let store = fixture.store();
    let answer = store.write_blocking("a", |tx| insert(tx, "x").and(Err::<(), _>(Error::Closed)));
    assert!(matches!(answer, Ok(Err(Error::Closed))), "{answer:?}");
    let answer = store.write_blocking("a", |tx| -> Result<(), Error> {
        insert(tx, "x")?;
        panic!("on purpose")
    });
    assert!(matches!(answer, Err(Error::Panicked { .. })), "{answer:?}");
    assert_eq!(counter(&store, "x"), None);
}

pub fn what_is_attempted_leaves_nothing_where_it_fails(fixture: &mut Fixture) {
    let store = fixture.store();
    let attempt = |tx: &mut Tx<'_>, name: &str, ends: Result<(), Error>| {
        tx.attempt(|tx| {
            insert(tx, name)?;
            tx.append(crate::log::entry("a", name))?;
            ends
        })
    };
    let answer = store.write_blocking("a", move |tx| {
        insert(tx, "before")?;
        let failed = attempt(tx, "failed", Err(Error::Closed));
        assert!(matches!(failed, Err(Error::Closed)), "{failed:?}");
        attempt(tx, "kept", Ok(()))?;
        insert(tx, "failed")?;
        tx.delete::<Counter>(&["failed".into()])?;
        insert(tx, "after")
    });
    assert!(matches!(answer, Ok(Ok(()))), "{answer:?}");
    let kept = ["before", "failed", "kept", "after"].map(|name| counter(&store, name).is_some());
    assert_eq!(kept, [true, false, true, true]);
    assert_eq!(crate::log::read_log(&store, "a").len(), 1);
    // What cannot be attempted to its end is not kept at all, nor what was before.
    for broken in [true, false] {
        let answer = store.write_blocking("a", move |tx| -> Result<(), Error> {
            insert(tx, "whole")?;
            tx.attempt(|tx| match broken {
                true => tx
                    .execute("INSERT INTO nowhere (a) VALUES (1)", &[])
                    .map(drop),
                false => panic!("on purpose"),
            })
        });
        let answer = answer.unwrap_or_else(Err);
        assert!(
            matches!(answer, Err(Error::Refused { .. } | Error::Panicked { .. })),
            "{answer:?}"
        );
        assert_eq!(counter(&store, "whole"), None);
    }
}

pub fn a_token_claimed_first_gives_one_winner(fixture: &mut Fixture) {
    let nodes = [fixture.store(), fixture.other_node()];
    let winners = run(async {
        let mut tasks = Vec::new();
        for number in 0..200_i64 {
            // Retries may reach any node, and two accounts here make them meet outside a shard.
            let (store, shard_key) = (
                nodes[number as usize % 2].clone(),
                ["a", "b"][number as usize / 2 % 2],
            );
            tasks.push(tokio::spawn(async move {
                let claim = move |tx: &mut Tx<'_>| match tx.insert(&Counter {
                    name: "token".to_owned(),
                    total: number,
                }) {
                    Ok(()) => Ok(number),
                    Err(Error::Exists { .. }) => {
                        let winner = tx.get::<Counter>(&["token".into()])?;
                        Ok(winner.expect("the token exists").total)
                    }
                    Err(error) => Err(error),
                };
                store.write(shard_key, claim).await.unwrap().unwrap()
            }));
        }
        let mut winners = Vec::new();
        for task in tasks {
            winners.push(task.await.unwrap());
        }
        winners
    });
    assert_eq!(winners.len(), 200);
    assert!(
        winners.iter().all(|winner| *winner == winners[0]),
        "{winners:?}"
    );
}

pub fn increments_are_not_lost(fixture: &mut Fixture) {
    let nodes = [fixture.store(), fixture.other_node()];
    put_counter(&nodes[0], "one shard");
    put_counter(&nodes[0], "two shards");
    run(async {
        let mut tasks = Vec::new();
        for number in 0..200_usize {
            let store = nodes[number % 2].clone();
            tasks.push(tokio::spawn(async move {
                store
                    .write("a", |tx| increment(tx, "one shard"))
                    .await
                    .unwrap()
                    .unwrap();
                // Nothing but the version guards these; a loser of all attempts tries again.
                let shard_key = ["a", "b"][number % 2];
                loop {
                    match store
                        .write(shard_key, |tx| increment(tx, "two shards"))
                        .await
                    {
                        Err(error) if error.is_transient() => {}
                        answer => break answer.unwrap().unwrap(),
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
    });
    for name in ["one shard", "two shards"] {
        assert_eq!(counter(&nodes[0], name).unwrap().total, 200, "{name}");
    }
}

pub fn a_full_queue_is_busy_at_once(fixture: &mut Fixture) {
    fixture.options.queue_len = 2;
    let store = fixture.store();
    let writer = occupy(&store, "a");
    let mut writes =
        ["x", "y", "z"].map(|name| Box::pin(write_and(store.clone(), name, |_| Ok(()))));
    let polled: Vec<_> = writes.iter_mut().map(poll_once).collect();
    assert!(polled[0].is_pending() && polled[1].is_pending());
    assert!(
        matches!(
            polled[2],
            std::task::Poll::Ready(Err(Error::Busy { queue_len: 2 }))
        ),
        "{polled:?}"
    );
    drop(writer);
    let [x, y, _] = writes;
    run(x).unwrap().unwrap();
    run(y).unwrap().unwrap();
    assert_eq!(counter(&store, "z"), None);
    put_counter(&store, "z");
}

pub fn closing_finishes_what_waits(fixture: &mut Fixture) {
    let store = fixture.store();
    let writer = occupy(&store, "a");
    let mut writes = ["x", "y"].map(|name| Box::pin(write_and(store.clone(), name, |_| Ok(()))));
    assert!(writes.iter_mut().all(|write| poll_once(write).is_pending()));
    let closing = std::thread::spawn({
        let store = store.clone();
        move || store.close()
    });
    drop(writer);
    closing.join().unwrap();
    for write in writes {
        run(write).unwrap().unwrap();
    }
    let late = store.write_blocking("a", |tx| insert(tx, "late"));
    assert!(matches!(late, Err(Error::Closed)), "{late:?}");
    assert!(matches!(store.read_blocking(|_| ()), Err(Error::Closed)));
    fixture.close();
    let store = fixture.store();
    assert_eq!(
        ["x", "y", "late"].map(|name| counter(&store, name).is_some()),
        [true, true, false]
    );
}

pub fn a_caller_that_goes_away_changes_nothing(fixture: &mut Fixture) {
    let store = fixture.store();
    let writer = occupy(&store, "a");
    let mut write = Box::pin(write_and(store.clone(), "x", |_| Ok(())));
    assert!(poll_once(&mut write).is_pending());
    drop(write);
    drop(writer);
    put_counter(&store, "y");
    assert!(counter(&store, "x").is_some());
}

pub fn a_read_sees_one_snapshot(fixture: &mut Fixture) {
    let store = fixture.store();
    put_counter(&store, "x");
    let (begun, has_begun) = mpsc::channel();
    let (written, has_written) = mpsc::channel();
    let reader = store.clone();
    let reading = std::thread::spawn(move || {
        let read = move |tx: &mut Tx<'_>| {
            let total = |tx: &mut Tx<'_>| tx.get::<Counter>(&["x".into()]).unwrap().unwrap().total;
            let before = total(tx);
            begun.send(()).unwrap();
            has_written.recv().unwrap();
            (before, total(tx))
        };
        reader.read_blocking(read).unwrap()
    });
    has_begun.recv().unwrap();
    store
        .write_blocking("a", |tx| increment(tx, "x"))
        .unwrap()
        .unwrap();
    written.send(()).unwrap();
    assert_eq!(reading.join().unwrap(), (0, 0));
    assert_eq!(counter(&store, "x").unwrap().total, 1);
}

pub fn a_read_cannot_write(fixture: &mut Fixture) {
    let store = fixture.store();
    let refused = store.read_blocking(|tx| insert(tx, "x")).unwrap();
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    assert_eq!(counter(&store, "x"), None);
}

pub fn a_panic_in_a_read_is_an_error(fixture: &mut Fixture) {
    fixture.options.read_connections = 1;
    let store = fixture.store();
    let answer = store.read_blocking(|_| -> () { panic!("on purpose") });
    assert!(matches!(answer, Err(Error::Panicked { .. })), "{answer:?}");
    put_counter(&store, "x");
    assert!(counter(&store, "x").is_some());
}

pub fn what_was_written_is_there_after_reopening(fixture: &mut Fixture) {
    put_counter(&fixture.store(), "x");
    fixture.close();
    let store = fixture.open(MIGRATIONS).unwrap();
    assert!(counter(&store, "x").is_some());
    // Dropping the last clone closes as well.
    drop(store);
    assert!(counter(&fixture.store(), "x").is_some());
}

pub fn a_write_that_holds_another_account_runs_beside_none_of_its_writes(fixture: &mut Fixture) {
    let store = fixture.store();
    put_counter(&store, "x");
    // Of different shards, and so of different writers where there are several.
    let (own, other) = ("a", "b");
    let add = |tx: &mut Tx<'_>| -> Result<(), Error> {
        let rows = tx.query("SELECT total FROM counter", &[])?;
        let next = rows[0].int(0)? + 1;
        tx.execute("UPDATE counter SET total = $1", &[next.into()])?;
        Ok(())
    };
    run(async {
        let mut tasks = Vec::new();
        for number in 0..200 {
            let store = store.clone();
            tasks.push(tokio::spawn(async move {
                let held = move |tx: &mut Tx<'_>| {
                    tx.hold([other])?;
                    add(tx)
                };
                match number % 2 {
                    0 => store.write(own, held).await,
                    _ => store.write(other, add).await,
                }
            }));
        }
        for task in tasks {
            task.await.unwrap().unwrap().unwrap();
        }
    });
    assert_eq!(counter(&store, "x").unwrap().total, 200);
}
