//! Measures writes in groups and point reads, next to what the disk does with plain appends.
//!
//! `cargo run --release -p balefire-store --example rate [DIRECTORY | postgres://…]`

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use balefire_store::{
    Entry, Error, Location, Migration, Options, Record, Row, Store, Table, Tx, Value,
};

const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_thing",
    sql: "CREATE TABLE thing (
        account {{key}} NOT NULL,
        id {{key}} NOT NULL,
        body TEXT NOT NULL,
        version BIGINT NOT NULL,
        PRIMARY KEY (account, id)
    ) {{clustered}};",
}];
const BODY_BYTES: usize = 200;
/// What one write adds: four things and an entry of the log.
const WRITE_BYTES: usize = 5 * BODY_BYTES;
const TURN: Duration = Duration::from_secs(3);

struct Thing {
    account: String,
    id: String,
    body: String,
}

impl Record for Thing {
    const TABLE: Table = Table {
        name: "thing",
        key: &["account", "id"],
        columns: &["body"],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.account).into(), (&self.id).into()]
    }

    fn values(&self) -> Vec<Value> {
        vec![(&self.body).into()]
    }

    fn from_row(row: &Row) -> Result<Thing, Error> {
        let text = |place| row.text(place).map(str::to_owned);
        Ok(Thing {
            account: text(0)?,
            id: text(1)?,
            body: text(2)?,
        })
    }
}

fn main() {
    let place = std::env::args().nth(1);
    let temporary = tempfile::TempDir::new().expect("a temporary directory");
    let (location, directory) = match place {
        Some(url) if url.starts_with("postgres") => {
            (Location::Postgres(url), temporary.path().to_owned())
        }
        Some(path) => (Location::Sqlite(Path::new(&path).join("rate")), path.into()),
        None => (
            Location::Sqlite(temporary.path().join("rate")),
            temporary.path().to_owned(),
        ),
    };
    let store = Store::open(location, MIGRATIONS, Options::default()).expect("the store opens");
    println!(
        "{:?}; resident after opening: {} KiB",
        store.engine(),
        resident_kib()
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime");
    for tasks in [1, 16, 64, 256] {
        let disk = appends_per_second(&directory.join("plain"), TURN);
        let (rate, p50, p99) = runtime.block_on(writes_per_second(&store, tasks));
        let ratio = rate / disk;
        println!(
            "{tasks:>4} tasks: {rate:>8.0} writes/s, p50 {p50:>6.2} ms, p99 {p99:>6.2} ms; \
             plain append+fdatasync {disk:>6.0}/s; ratio {ratio:.2}"
        );
    }
    for tasks in [1, 2, 16] {
        let rate = runtime.block_on(reads_per_second(&store, tasks));
        println!(
            "{tasks:>4} tasks: {rate:>8.0} point reads/s, {:.2} µs of a thread each",
            1e6 / rate * tasks.min(2) as f64
        );
    }
    println!("resident at the end: {} KiB", resident_kib());
    store.close();
}

async fn writes_per_second(store: &Store, tasks: usize) -> (f64, f64, f64) {
    let began = Instant::now();
    let mut running = Vec::new();
    for task in 0..tasks {
        let store = store.clone();
        running.push(tokio::spawn(async move {
            let account = format!("{:012}", task % 8);
            let mut times_ms = Vec::new();
            while began.elapsed() < TURN {
                let prefix = format!("{tasks}-{task}-{}", times_ms.len());
                let account_of_write = account.clone();
                let sent = Instant::now();
                let closure = move |tx: &mut Tx<'_>| write(tx, &account_of_write, &prefix);
                store
                    .write(&account, closure)
                    .await
                    .expect("kept")
                    .expect("accepted");
                times_ms.push(sent.elapsed().as_secs_f64() * 1e3);
            }
            times_ms
        }));
    }
    let mut times_ms = Vec::new();
    for task in running {
        times_ms.extend(task.await.expect("the task ends"));
    }
    let rate = times_ms.len() as f64 / began.elapsed().as_secs_f64();
    times_ms.sort_unstable_by(f64::total_cmp);
    (
        rate,
        times_ms[times_ms.len() / 2],
        times_ms[times_ms.len() * 99 / 100],
    )
}

fn write(tx: &mut Tx<'_>, account: &str, prefix: &str) -> Result<i64, Error> {
    for number in 0..4 {
        let (account, id) = (account.to_owned(), format!("{prefix}-{number}"));
        tx.insert(&Thing {
            account,
            id,
            body: "x".repeat(BODY_BYTES),
        })?;
    }
    tx.append(Entry {
        account: account.to_owned(),
        actor: "rate".to_owned(),
        kind: "things".to_owned(),
        subject: prefix.to_owned(),
        body: vec![b'x'; BODY_BYTES],
        at_ms: 0,
    })
}

async fn reads_per_second(store: &Store, tasks: usize) -> f64 {
    let began = Instant::now();
    let mut running = Vec::new();
    for task in 0..tasks {
        let store = store.clone();
        running.push(tokio::spawn(async move {
            let mut count = 0_u64;
            while began.elapsed() < TURN {
                let id = format!("1-0-{}-{}", count % 97, task % 4);
                let key = [Value::from("000000000000"), id.into()];
                let found = store
                    .read(move |tx| tx.get::<Thing>(&key))
                    .await
                    .expect("read");
                assert!(
                    found.expect("no error").is_some(),
                    "the first task wrote it"
                );
                count += 1;
                // Reads are inline, so nothing else lets the other tasks run.
                if count.is_multiple_of(64) {
                    tokio::task::yield_now().await;
                }
            }
            count
        }));
    }
    let mut total = 0;
    for task in running {
        total += task.await.expect("the task ends");
    }
    total as f64 / began.elapsed().as_secs_f64()
}

/// The yardstick: one write's bytes appended and synced, one after the other.
fn appends_per_second(path: &Path, turn: Duration) -> f64 {
    let mut file = File::create(path).expect("the file is made");
    let bytes = vec![b'x'; WRITE_BYTES];
    let began = Instant::now();
    let mut count = 0_u64;
    while began.elapsed() < turn {
        file.write_all(&bytes)
            .and_then(|()| file.sync_data())
            .expect("appended");
        count += 1;
    }
    count as f64 / began.elapsed().as_secs_f64()
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
