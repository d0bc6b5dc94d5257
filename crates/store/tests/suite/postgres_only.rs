//! What only a server has: settings, sessions that end, an answer that never comes.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

use balefire_store::{Error, Location, Store, Tx};

use crate::fixture::{
    Fixture, MIGRATIONS, increment, occupy, put_counter, server_url, with_setting,
};

pub fn url(fixture: &Fixture) -> String {
    match &fixture.location {
        Location::Postgres(url) => url.clone(),
        Location::Sqlite(_) => unreachable!("these tests are PostgreSQL's"),
    }
}

fn open(fixture: &Fixture, url: String) -> Result<Store, Error> {
    Store::open(Location::Postgres(url), MIGRATIONS, fixture.options.clone())
}

#[test]
fn a_server_that_may_lose_commits_is_refused() {
    let Some(fixture) = Fixture::postgres() else {
        return;
    };
    let refused = open(
        &fixture,
        with_setting(&url(&fixture), "synchronous_commit=off"),
    )
    .err()
    .unwrap();
    assert!(
        matches!(
            refused,
            Error::Unsafe {
                setting: "synchronous_commit",
                ..
            }
        ),
        "{refused}"
    );
    assert!(
        refused.to_string().contains("synchronous_commit = off"),
        "{refused}"
    );
}

#[test]
fn a_server_that_takes_no_writes_is_refused() {
    let Some(fixture) = Fixture::postgres() else {
        return;
    };
    let standby = with_setting(&url(&fixture), "default_transaction_read_only=on");
    let refused = open(&fixture, standby).err().unwrap();
    assert!(matches!(refused, Error::Unreachable { .. }), "{refused}");
    assert!(refused.to_string().contains("takes no writes"), "{refused}");
}

#[test]
fn a_url_that_cannot_be_used_is_refused_without_its_password() {
    let cases = [
        (
            "postgres://u:secret@localhost/d?sslmode=require",
            "demands TLS",
        ),
        (
            "postgres://u:secret@localhost/d?sslmode=verify-full",
            "sslmode",
        ),
        ("postgres://u:secret@localhost:port/d", "port"),
    ];
    for (url, part) in cases {
        let refused = Store::open(
            Location::Postgres(url.into()),
            MIGRATIONS,
            Default::default(),
        )
        .err()
        .unwrap();
        let told = refused.to_string();
        assert!(matches!(refused, Error::Location { .. }), "{told}");
        assert!(told.contains(part) && !told.contains("secret"), "{told}");
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("postgres://nobody@{free}/none");
    let refused = Store::open(Location::Postgres(url), MIGRATIONS, Default::default())
        .err()
        .unwrap();
    assert!(matches!(refused, Error::Unreachable { .. }), "{refused}");
}

/// The closure of another node does not even begin, so what it reads cannot be outdated.
#[test]
fn writes_of_one_shard_are_serial_across_nodes() {
    let Some(mut fixture) = Fixture::postgres() else {
        return;
    };
    let first = fixture.store();
    let name = format!("balefire_serial_{}", std::process::id());
    let second = open(
        &fixture,
        format!("{}&application_name={name}", url(&fixture)),
    )
    .unwrap();
    let writer = occupy(&first, "a");
    let has_run = Arc::new(AtomicBool::new(false));
    let waiting = std::thread::spawn({
        let has_run = has_run.clone();
        let write = move |_: &mut Tx<'_>| {
            has_run.store(true, Ordering::SeqCst);
            Ok::<_, Error>(())
        };
        move || second.write_blocking("a", write).unwrap().unwrap()
    });
    let sql =
        "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'";
    let mut client = postgres::Client::connect(&server_url().unwrap(), postgres::NoTls).unwrap();
    while client.query(sql, &[&name]).unwrap().is_empty() {
        assert!(
            !has_run.load(Ordering::SeqCst),
            "the second node did not wait"
        );
    }
    assert!(!has_run.load(Ordering::SeqCst));
    drop(writer);
    waiting.join().unwrap();
    assert!(has_run.load(Ordering::SeqCst));
}

#[test]
fn two_nodes_may_start_at_once() {
    let Some(fixture) = Fixture::postgres() else {
        return;
    };
    let started = Arc::new(Barrier::new(4));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (started, location, options) = (
                started.clone(),
                fixture.location.clone(),
                fixture.options.clone(),
            );
            std::thread::spawn(move || {
                started.wait();
                Store::open(location, MIGRATIONS, options).map(Store::close)
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
}

/// Stands between store and server, and can cut the wire behind a COMMIT.
struct Wire {
    port: u16,
    cuts: Arc<AtomicBool>,
}

fn wire(server: &str) -> Wire {
    let config: postgres::Config = server.parse().unwrap();
    let host = match &config.get_hosts()[0] {
        postgres::config::Host::Tcp(host) => host.clone(),
        other => panic!("a TCP host is needed, not {other:?}"),
    };
    let server = (host, config.get_ports().first().copied().unwrap_or(5432));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let cuts = Arc::new(AtomicBool::new(false));
    let wire = Wire {
        port,
        cuts: cuts.clone(),
    };
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, upstream) = (client.unwrap(), TcpStream::connect(&server).unwrap());
            let answers = (upstream.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || pump(answers.0, answers.1, None));
            let cuts = cuts.clone();
            std::thread::spawn(move || pump(client, upstream, Some(&cuts)));
        }
    });
    wire
}

/// Copies until the end. With `cuts` set, a COMMIT still goes through, but its answer does not.
fn pump(mut from: TcpStream, mut to: TcpStream, cuts: Option<&AtomicBool>) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let is_commit = buffer[..count].windows(6).any(|window| window == b"COMMIT");
        // READ COMMITTED is in every BEGIN.
        let is_begin = buffer[..count].windows(5).any(|window| window == b"BEGIN");
        if is_commit && !is_begin && cuts.is_some_and(|cuts| cuts.swap(false, Ordering::SeqCst)) {
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.write_all(&buffer[..count]);
            // The server reads the COMMIT before it sees the end of the stream.
            let _ = to.shutdown(Shutdown::Write);
            return;
        }
        if to.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn a_commit_without_an_answer_is_unknown() {
    let Some(fixture) = Fixture::postgres() else {
        return;
    };
    let Wire { port, cuts } = wire(&server_url().unwrap());
    let direct = url(&fixture);
    let config: postgres::Config = direct.parse().unwrap();
    let real_port = config.get_ports().first().copied().unwrap_or(5432);
    let store = open(
        &fixture,
        direct.replacen(&format!(":{real_port}"), &format!(":{port}"), 1),
    )
    .unwrap();
    put_counter(&store, "x");
    cuts.store(true, Ordering::SeqCst);
    let answer = store.write_blocking("a", |tx| increment(tx, "x"));
    assert!(matches!(answer, Err(Error::Unknown { .. })), "{answer:?}");
    assert!(!cuts.load(Ordering::SeqCst));
    // The next write waits for what became of it, and goes on from there.
    let total = store
        .write_blocking("a", |tx| increment(tx, "x"))
        .unwrap()
        .unwrap();
    assert_eq!(total, 2);
}

/// A server whose own collation is bytewise would hide a missing declaration.
#[test]
fn key_columns_are_declared_bytewise() {
    let Some(mut fixture) = Fixture::postgres() else {
        return;
    };
    let sql = "SELECT CAST(k.table_name AS TEXT) AS tab, CAST(k.column_name AS TEXT) AS col, \
               CAST(c.collation_name AS TEXT) AS collation \
               FROM information_schema.key_column_usage k JOIN information_schema.columns c \
               ON c.table_schema = k.table_schema AND c.table_name = k.table_name \
               AND c.column_name = k.column_name \
               WHERE k.table_schema = current_schema() AND c.data_type = 'text'";
    let rows = fixture
        .store()
        .read_blocking(move |tx| tx.query(sql, &[]))
        .unwrap()
        .unwrap();
    assert!(rows.len() >= 6, "{rows:?}");
    for row in rows {
        assert_eq!(
            row.optional_text("collation").unwrap(),
            Some("C"),
            "{row:?}"
        );
    }
}
