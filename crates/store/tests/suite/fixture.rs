//! A database of its own for each test, and the things that the tests keep in it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use balefire_store::{
    Error, Kept, Location, Migration, Options, Record, Row, Store, Table, Tx, Value,
};
use tempfile::TempDir;

/// The migrations of the tests.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_counter",
        sql: "CREATE TABLE counter (
            name {{key}} NOT NULL PRIMARY KEY,
            total BIGINT NOT NULL,
            version BIGINT NOT NULL
        ) {{clustered}};",
    },
    Migration {
        name: "0002_note",
        sql: "CREATE TABLE note (
            account {{key}} NOT NULL,
            id {{key}} NOT NULL,
            at_ms BIGINT NOT NULL,
            title TEXT,
            body {{blob}},
            version BIGINT NOT NULL,
            PRIMARY KEY (account, id)
        );
        CREATE INDEX note_at ON note (account, at_ms, id);",
    },
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    pub name: String,
    pub total: i64,
}

impl Record for Counter {
    const TABLE: Table = Table {
        name: "counter",
        key: &["name"],
        columns: &["total"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.name).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![self.total.into()]
    }

    fn from_row(row: &Row) -> Result<Counter, Error> {
        Ok(Counter {
            name: row.text(0)?.to_owned(),
            total: row.int(1)?,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Note {
    pub account: String,
    pub id: String,
    pub at_ms: i64,
    pub title: Option<String>,
    pub body: Option<Vec<u8>>,
}

impl Record for Note {
    const TABLE: Table = Table {
        name: "note",
        key: &["account", "id"],
        columns: &["at_ms", "title", "body"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into(), (&self.id).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.at_ms.into(),
            self.title.as_ref().into(),
            self.body.clone().into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Note, Error> {
        Ok(Note {
            account: row.text(0)?.to_owned(),
            id: row.text(1)?.to_owned(),
            at_ms: row.int(2)?,
            title: row.optional_text(3)?.map(str::to_owned),
            body: row.optional_blob(4)?.map(<[u8]>::to_vec),
        })
    }
}

/// A database, removed when the test ends.
pub struct Fixture {
    pub location: Location,
    pub options: Options,
    first: Option<Store>,
    /// Held until the end.
    directory: Option<TempDir>,
    schema: Option<(String, String)>,
}

impl Fixture {
    pub fn sqlite() -> Fixture {
        let directory = TempDir::new().unwrap();
        let location = Location::Sqlite(directory.path().join("data"));
        let mut fixture = Fixture::at(location);
        fixture.directory = Some(directory);
        fixture
    }

    /// A schema of its own. Without a server: none, and a failure in CI.
    pub fn postgres() -> Option<Fixture> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = server_url()?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let schema = format!("store_suite_{}_{number}", std::process::id());
        run_on(
            &server,
            &format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"),
        );
        let url = with_setting(&server, &format!("search_path={schema}"));
        let mut fixture = Fixture::at(Location::Postgres(url));
        fixture.schema = Some((server, schema));
        Some(fixture)
    }

    fn at(location: Location) -> Fixture {
        let options = Options {
            writers: 4,
            read_connections: 3,
            ..Options::default()
        };
        Fixture {
            location,
            options,
            first: None,
            directory: None,
            schema: None,
        }
    }

    pub fn open(&self, migrations: &'static [Migration]) -> Result<Store, Error> {
        Store::open(self.location.clone(), migrations, self.options.clone())
    }

    /// The store that the test works on.
    pub fn store(&mut self) -> Store {
        if self.first.is_none() {
            self.first = Some(self.open(MIGRATIONS).unwrap());
        }
        self.first.clone().unwrap()
    }

    /// Another node of the same database; on SQLite, which has one, the same store.
    pub fn other_node(&mut self) -> Store {
        let first = self.store();
        match self.location {
            Location::Sqlite(_) => first,
            Location::Postgres(_) => self.open(MIGRATIONS).unwrap(),
        }
    }

    /// Closes the store, so that it can be opened again.
    pub fn close(&mut self) {
        if let Some(store) = self.first.take() {
            store.close();
        }
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.close();
        if let Some((server, schema)) = &self.schema {
            run_on(server, &format!("DROP SCHEMA IF EXISTS {schema} CASCADE"));
        }
    }
}

/// The server of `TEST_POSTGRES`; its absence is told, and fails the test where `CI` is true.
pub fn server_url() -> Option<String> {
    let url = std::env::var("TEST_POSTGRES").ok();
    if url.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "TEST_POSTGRES must be set in CI"
        );
        println!("skipped: TEST_POSTGRES is not set");
    }
    url
}

/// Adds a server setting (`name=value`) to a URL.
pub fn with_setting(url: &str, setting: &str) -> String {
    let setting = format!("-c%20{}", setting.replace('=', "%3D"));
    match url.split_once("options=") {
        Some((before, options)) => format!("{before}options={setting}%20{options}"),
        None => format!(
            "{url}{}options={setting}",
            if url.contains('?') { '&' } else { '?' }
        ),
    }
}

/// Runs statements on a connection of the test's own.
pub fn run_on(url: &str, sql: &str) {
    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
    client.batch_execute(sql).unwrap();
}

/// Runs a future on a runtime with several threads.
pub fn run<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    runtime.block_on(future)
}

/// Polls a future once, which queues a write without waiting for it.
pub fn poll_once<F: Future + Unpin>(future: &mut F) -> std::task::Poll<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    std::pin::Pin::new(future).poll(&mut context)
}

/// Occupies the writer of `shard_key` until the returned guard is dropped.
pub fn occupy(store: &Store, shard_key: &str) -> Occupied {
    let (entered, has_entered) = mpsc::channel();
    let (leave, may_leave) = mpsc::channel::<()>();
    let (store, shard_key) = (store.clone(), shard_key.to_owned());
    let thread = std::thread::spawn(move || {
        let closure = move |_: &mut Tx<'_>| -> Result<(), Error> {
            entered.send(()).unwrap();
            let _ = may_leave.recv();
            Ok(())
        };
        store.write_blocking(&shard_key, closure).unwrap().unwrap();
    });
    has_entered.recv().unwrap();
    Occupied {
        leave: Some(leave),
        thread: Some(thread),
    }
}

/// A writer at work on something that does not end by itself.
pub struct Occupied {
    leave: Option<mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Occupied {
    fn drop(&mut self) {
        self.leave.take();
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Inserts a counter of 0.
pub fn put_counter(store: &Store, name: &str) {
    let counter = Counter {
        name: name.to_owned(),
        total: 0,
    };
    store
        .write_blocking("a", move |tx| tx.insert(&counter))
        .unwrap()
        .unwrap();
}

pub fn counter(store: &Store, name: &str) -> Option<Kept<Counter>> {
    let key = [Value::from(name)];
    store
        .read_blocking(move |tx| tx.get(&key))
        .unwrap()
        .unwrap()
}

/// Adds one; the classic lost update where anything is wrong.
pub fn increment(tx: &mut Tx<'_>, name: &str) -> Result<i64, Error> {
    let mut counter = tx.get::<Counter>(&[name.into()])?.unwrap();
    counter.total += 1;
    tx.replace(&mut counter)?;
    Ok(counter.total)
}
