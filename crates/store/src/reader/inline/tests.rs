//! When a connection keeps its snapshot, and what ends it.

use tempfile::TempDir;

use super::*;
use crate::engine::Role;

/// A database with one number in it, its writer, and readers.
struct Pool {
    readers: InlineReaders,
    writer: SqliteConnection,
    _directory: TempDir,
}

fn pool(connections: usize) -> Pool {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("it.db");
    std::fs::File::create(&file).unwrap();
    let mut writer = SqliteConnection::open(&file, Role::Writer).unwrap();
    writer.begin_write(&[]).unwrap();
    writer
        .define("CREATE TABLE it (number BIGINT); INSERT INTO it VALUES (0);")
        .unwrap();
    writer.commit().unwrap();
    let open = |_| SqliteConnection::open(&file, Role::Reader).unwrap();
    Pool {
        readers: InlineReaders::new((0..connections).map(open).collect()),
        writer,
        _directory: directory,
    }
}

impl Pool {
    /// How many idle connections hold a snapshot.
    fn held(&self) -> usize {
        let state = self.readers.state.lock();
        state.free.iter().filter(|free| free.in_snapshot()).count()
    }

    fn write(&mut self, number: i64) {
        self.writer.begin_write(&[]).unwrap();
        let params = [number.into()];
        self.writer
            .execute("UPDATE it SET number = $1", &params)
            .unwrap();
        let commit = || self.writer.commit();
        self.readers.around_commit(commit).unwrap();
    }

    fn read(&self) -> i64 {
        self.readers.run(number).unwrap()
    }
}

fn number(tx: &mut Tx<'_>) -> i64 {
    let rows = tx.query("SELECT number FROM it", &[]).unwrap();
    rows[0].int(0).unwrap()
}

#[test]
fn a_snapshot_lasts_until_the_next_commit() {
    let mut pool = pool(2);
    assert_eq!((pool.read(), pool.held()), (0, 1));
    assert_eq!((pool.read(), pool.held()), (0, 1));
    pool.write(1);
    assert_eq!(pool.held(), 0);
    assert_eq!((pool.read(), pool.held()), (1, 1));
}

#[test]
fn a_snapshot_that_was_lent_when_a_commit_came_is_not_kept() {
    let mut pool = pool(2);
    let lent = pool.readers.lend().unwrap();
    pool.write(1);
    pool.readers.give_back(lent);
    assert_eq!((pool.held(), pool.read()), (0, 1));
    let mut lent = pool.readers.lend().unwrap();
    in_snapshot(&mut lent.connection, number).unwrap();
    pool.write(2);
    assert_eq!(in_snapshot(&mut lent.connection, number).unwrap(), 1);
    pool.readers.give_back(lent);
    assert_eq!((pool.held(), pool.read()), (0, 2));
}

#[test]
fn a_snapshot_taken_while_a_commit_runs_is_not_kept() {
    let pool = pool(2);
    let lent = pool.readers.around_commit(|| {
        assert_eq!(pool.read(), 0);
        assert_eq!(pool.held(), 0);
        let mut lent = pool.readers.lend().unwrap();
        in_snapshot(&mut lent.connection, number).unwrap();
        lent
    });
    pool.readers.give_back(lent);
    assert_eq!(pool.held(), 0);
}

#[test]
fn a_read_that_went_wrong_ends_its_snapshot() {
    let pool = pool(1);
    assert_eq!((pool.read(), pool.held()), (0, 1));
    let refused = pool.readers.run(|tx| tx.query("SELECT nothing", &[]).err());
    assert!(matches!(refused, Ok(Some(Error::Refused { .. }))));
    assert_eq!((pool.held(), pool.read(), pool.held()), (0, 0, 1));
    let panicked = pool.readers.run(|_| panic!("on purpose"));
    assert!(matches!(panicked, Err::<(), _>(Error::Panicked { .. })));
    assert_eq!((pool.held(), pool.read(), pool.held()), (0, 0, 1));
}
