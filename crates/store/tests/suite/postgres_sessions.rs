//! Sessions that a server ends, and those that wait for one another.

use std::sync::{Arc, Barrier};

use balefire_store::{Error, Location, Tx};

use crate::fixture::{Fixture, counter, increment, put_counter, run_on, server_url, with_setting};
use crate::postgres_only::url;

#[test]
fn sessions_that_were_ended_are_replaced() {
    let Some(mut fixture) = Fixture::postgres() else {
        return;
    };
    let name = format!("balefire_test_{}", std::process::id());
    let named = format!("{}&application_name={name}", url(&fixture));
    fixture.location = Location::Postgres(named);
    let store = fixture.store();
    put_counter(&store, "x");
    let end_all = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'"
    );
    for total in 1..=5 {
        run_on(&server_url().unwrap(), &end_all);
        assert_eq!(
            store
                .write_blocking("a", |tx| increment(tx, "x"))
                .unwrap()
                .unwrap(),
            total
        );
        run_on(&server_url().unwrap(), &end_all);
        assert_eq!(counter(&store, "x").unwrap().total, total);
    }
    // Also in the middle of a transaction, which is then run again.
    let server = server_url().unwrap();
    let mut ended = false;
    let write = move |tx: &mut Tx<'_>| {
        let total = increment(tx, "x")?;
        if !ended {
            ended = true;
            run_on(&server, &end_all);
        }
        tx.query("SELECT total FROM counter", &[])?;
        Ok::<_, Error>(total)
    };
    assert_eq!(store.write_blocking("a", write).unwrap().unwrap(), 6);
}

#[test]
fn sessions_that_the_server_ends_for_idleness_are_replaced() {
    let Some(mut fixture) = Fixture::postgres() else {
        return;
    };
    let name = format!("balefire_idle_{}", std::process::id());
    let named = format!("{}&application_name={name}", url(&fixture));
    let bound = with_setting(&named, "idle_session_timeout=100ms");
    let bound = with_setting(&bound, "idle_in_transaction_session_timeout=100ms");
    fixture.location = Location::Postgres(bound);
    let store = fixture.store();
    put_counter(&store, "x");
    let none_is_left = move || {
        let mut client =
            postgres::Client::connect(&server_url().unwrap(), postgres::NoTls).unwrap();
        let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1";
        while client.query_one(count, &[&name]).unwrap().get::<_, i64>(0) > 0 {
            client.execute("SELECT pg_sleep(0.02)", &[]).unwrap();
        }
    };
    none_is_left();
    let written = store.write_blocking("a", |tx| increment(tx, "x"));
    assert_eq!(written.unwrap().unwrap(), 1);
    none_is_left();
    assert_eq!(counter(&store, "x").unwrap().total, 1);
    let mut is_first_run = true;
    let write = move |tx: &mut Tx<'_>| {
        let total = increment(tx, "x")?;
        if std::mem::take(&mut is_first_run) {
            none_is_left();
        }
        tx.query("SELECT total FROM counter", &[])?;
        Ok::<_, Error>(total)
    };
    assert_eq!(store.write_blocking("a", write).unwrap().unwrap(), 2);
}

#[test]
fn a_deadlock_is_run_again() {
    let Some(mut fixture) = Fixture::postgres() else {
        return;
    };
    fixture.location = Location::Postgres(with_setting(&url(&fixture), "deadlock_timeout=50ms"));
    let nodes = [fixture.store(), fixture.other_node()];
    put_counter(&nodes[0], "x");
    put_counter(&nodes[0], "y");
    let met = Arc::new(Barrier::new(2));
    let threads = [("a", "x", "y"), ("b", "y", "x")].map(|(shard_key, first, second)| {
        let (store, met) = (nodes[usize::from(shard_key == "b")].clone(), met.clone());
        std::thread::spawn(move || {
            let mut is_first_run = true;
            let write = move |tx: &mut Tx<'_>| {
                increment(tx, first)?;
                if std::mem::take(&mut is_first_run) {
                    met.wait();
                }
                increment(tx, second)
            };
            store.write_blocking(shard_key, write).unwrap().unwrap()
        })
    });
    let totals = threads.map(|thread| thread.join().unwrap());
    assert_eq!(
        totals.iter().sum::<i64>(),
        3,
        "one after the other: {totals:?}"
    );
    assert_eq!(counter(&nodes[0], "x").unwrap().total, 2);
}

/// PostgreSQL looks for a deadlock after an hour here, so that one would never end.
#[test]
fn writes_that_hold_each_others_accounts_wait_in_no_circle() {
    let Some(mut fixture) = Fixture::postgres() else {
        return;
    };
    fixture.location = Location::Postgres(with_setting(&url(&fixture), "deadlock_timeout=1h"));
    let nodes = [fixture.store(), fixture.other_node()];
    put_counter(&nodes[0], "x");
    put_counter(&nodes[0], "y");
    let met = Arc::new(Barrier::new(2));
    let threads = [("a", "b", "x"), ("b", "a", "y")].map(|(own, other, counter)| {
        let (store, met) = (nodes[usize::from(own == "b")].clone(), met.clone());
        std::thread::spawn(move || {
            let mut is_first_run = true;
            let write = move |tx: &mut Tx<'_>| {
                if std::mem::take(&mut is_first_run) {
                    met.wait();
                }
                tx.hold([other])?;
                increment(tx, counter)
            };
            store.write_blocking(own, write).unwrap().unwrap()
        })
    });
    assert_eq!(threads.map(|thread| thread.join().unwrap()), [1, 1]);
}
