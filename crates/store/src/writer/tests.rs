//! What the writer does when the engine fails it, told by an engine that fails on command.

use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::*;
use crate::operation::{Reply, Write};
use crate::reader::InlineReaders;
use crate::value::{Row, Value};

/// An engine without data. `execute` fails with the error that is filed under its SQL.
#[derive(Clone, Default)]
struct Scripted(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    calls: Vec<String>,
    /// What the next commits return; `Ok` when there are no more.
    commits: VecDeque<Result<(), Error>>,
    recoveries: VecDeque<Result<(), Error>>,
    before_commit: Option<Box<dyn FnMut() + Send>>,
}

impl Scripted {
    fn call(&self, name: &str) -> Result<(), Error> {
        self.0.lock().calls.push(name.to_owned());
        Ok(())
    }

    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().calls)
    }
}

impl Connection for Scripted {
    fn query(&mut self, _: &str, _: &[Value]) -> Result<Vec<Row>, Error> {
        Ok(Vec::new())
    }

    fn execute(&mut self, sql: &str, _: &[Value]) -> Result<u64, Error> {
        match sql {
            "conflict" => Err(conflict()),
            "disk" => Err(disk()),
            "full" => Err(Error::Full {
                reason: "no room".into(),
            }),
            "io" => Err(io()),
            "refused" => Err(Error::refused(sql, "no")),
            "nothing" => Ok(0),
            _ => Ok(1),
        }
    }

    fn define(&mut self, _: &str) -> Result<(), Error> {
        Ok(())
    }

    fn dialect(&self, sql: &str) -> String {
        sql.to_owned()
    }

    fn begin_read(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn take_heads(&mut self, _shards: &[i64]) -> Result<(), Error> {
        Ok(())
    }

    fn begin_write(&mut self, shards: &[i64]) -> Result<(), Error> {
        self.call(&format!("begin {shards:?}"))
    }

    fn commit(&mut self) -> Result<(), Error> {
        let mut script = self.0.lock();
        script.calls.push("commit".to_owned());
        if let Some(look) = &mut script.before_commit {
            look();
        }
        script.commits.pop_front().unwrap_or(Ok(()))
    }

    fn rollback(&mut self) {
        let _ = self.call("rollback");
    }

    fn savepoint(&mut self, _: Savepoint) -> Result<(), Error> {
        self.call("savepoint")
    }

    fn release(&mut self, _: Savepoint) -> Result<(), Error> {
        self.call("release")
    }

    fn rollback_to(&mut self, _: Savepoint) -> Result<(), Error> {
        self.call("undo")
    }

    fn recover(&mut self) -> Result<(), Error> {
        self.call("recover")?;
        self.0.lock().recoveries.pop_front().unwrap_or(Ok(()))
    }
}

fn conflict() -> Error {
    Error::Conflict {
        reason: "deadlock".into(),
    }
}

fn disk() -> Error {
    Error::Disk {
        reason: "fsync failed".into(),
    }
}

fn io() -> Error {
    Error::Io {
        reason: "no temporary file".into(),
    }
}

fn unreachable() -> Error {
    Error::Unreachable {
        reason: "gone".into(),
    }
}

type Answer = oneshot::Receiver<Reply<u32, &'static str>>;

/// Runs `sql`, then counts its runs. SQL that begins with `no` declines afterwards.
fn operation(shard: i64, sql: &'static str) -> (Pending, Answer) {
    let mut runs = 0;
    let closure = move |tx: &mut Tx<'_>| {
        runs += 1;
        tx.execute(sql, &[]).map_err(|_| "failed")?;
        if sql.starts_with("no") {
            Err("declined")
        } else {
            Ok(runs)
        }
    };
    let (reply, answer) = oneshot::channel();
    let operation = Box::new(Write {
        shard,
        closure,
        outcome: None,
        reply,
    });
    (
        Pending {
            operation,
            settled: None,
        },
        answer,
    )
}

struct Served {
    engine: Scripted,
    writer: Writer,
}

fn served() -> Served {
    let engine = Scripted::default();
    let writer = Writer::new(
        Box::new(engine.clone()),
        Arc::new(Readers::Inline(InlineReaders::new(Vec::new()))),
        Poison::default(),
        watch::Sender::new(0),
    );
    Served { engine, writer }
}

impl Served {
    fn serve<const N: usize>(&mut self, list: [&'static str; N]) -> [Reply<u32, &'static str>; N] {
        let mut answers = Vec::new();
        let mut batch = Vec::new();
        for sql in list {
            let (pending, answer) = operation(3, sql);
            batch.push(pending);
            answers.push(answer);
        }
        self.writer.serve(batch);
        let mut answers = answers.into_iter();
        [(); N].map(|()| {
            answers
                .next()
                .expect("one for each")
                .try_recv()
                .expect("answered")
        })
    }
}

#[test]
fn savepoints_come_where_one_of_several_leaves_something_to_undo() {
    let mut it = served();
    assert!(matches!(it.serve(["a"]), [Ok(Ok(1))]));
    assert_eq!(it.engine.calls(), ["begin [3]", "commit"]);
    assert!(matches!(it.serve(["no"]), [Ok(Err("declined"))]));
    assert_eq!(it.engine.calls(), ["begin [3]", "rollback"]);
    assert!(matches!(
        it.serve(["a", "nothing", "b"]),
        [Ok(Ok(1)), Ok(Err("declined")), Ok(Ok(1))]
    ));
    assert_eq!(it.engine.calls(), ["begin [3]", "commit"]);
    assert!(matches!(
        it.serve(["a", "no", "b"]),
        [Ok(Ok(2)), Ok(Err("declined")), Ok(Ok(1))]
    ));
    let expected = [
        "begin [3]",
        "rollback",
        "begin [3]",
        "savepoint",
        "release",
        "savepoint",
        "undo",
        "savepoint",
        "release",
        "commit",
    ];
    assert_eq!(it.engine.calls(), expected);
}

#[test]
fn what_panicked_is_not_run_again() {
    let mut it = served();
    let (first, mut kept) = operation(3, "a");
    let (mut bad, _) = operation(3, "a");
    let (reply, mut answer) = oneshot::channel::<Reply<u32, &'static str>>();
    let mut runs = 0;
    let closure = move |tx: &mut Tx<'_>| {
        runs += 1;
        tx.execute("a", &[]).map_err(|_| "failed")?;
        panic!("run {runs}");
    };
    bad.operation = Box::new(Write {
        shard: 3,
        closure,
        outcome: None,
        reply,
    });
    it.writer.serve(vec![first, bad]);
    assert!(matches!(kept.try_recv(), Ok(Ok(Ok(2)))));
    let panicked = answer.try_recv().unwrap().unwrap_err();
    assert!(
        matches!(&panicked, Error::Panicked { message } if &**message == "run 1"),
        "{panicked:?}"
    );
}

#[test]
fn heads_are_locked_in_one_order_and_once() {
    let mut it = served();
    let (batch, _answers): (Vec<_>, Vec<_>) = [9, 2, 9, 4]
        .map(|shard| operation(shard, "a"))
        .into_iter()
        .unzip();
    it.writer.serve(batch);
    assert_eq!(it.engine.calls()[0], "begin [2, 4, 9]");
}

#[test]
fn nobody_is_answered_before_the_commit() {
    let mut it = served();
    let (batch, mut answers): (Vec<_>, Vec<_>) =
        ["a", "no"].map(|sql| operation(1, sql)).into_iter().unzip();
    it.engine.0.lock().before_commit = Some(Box::new(move || {
        assert!(answers.iter_mut().all(|answer| answer.try_recv().is_err()));
    }));
    it.writer.serve(batch);
    assert_eq!(it.engine.calls().last().map(String::as_str), Some("commit"));
}

#[test]
fn an_io_error_at_commit_stops_all_writes() {
    let mut it = served();
    it.engine.0.lock().commits.push_back(Err(disk()));
    let answers = it.serve(["a", "no"]);
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Err(Error::Unknown { .. }))),
        "{answers:?}"
    );
    it.engine.calls();
    let [later] = it.serve(["a"]);
    assert!(
        matches!(&later, Err(Error::Poisoned { reason }) if &**reason == "fsync failed"),
        "{later:?}"
    );
    assert!(it.engine.calls().is_empty(), "nothing is tried again");
}

#[test]
fn an_io_error_in_a_statement_stops_all_writes() {
    let mut it = served();
    let answers = it.serve(["a", "disk"]);
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Err(Error::Disk { .. }))),
        "{answers:?}"
    );
    assert!(matches!(it.serve(["a"]), [Err(Error::Poisoned { .. })]));
}

#[test]
fn a_disk_that_fails_before_it_is_synced_stops_no_later_writes() {
    let mut it = served();
    it.engine.0.lock().commits.push_back(Err(io()));
    assert!(matches!(it.serve(["a"]), [Err(Error::Unknown { .. })]));
    assert!(matches!(it.serve(["a"]), [Ok(Ok(1))]));
    assert!(matches!(it.serve(["io"]), [Err(Error::Io { .. })]));
    assert!(matches!(it.serve(["a"]), [Ok(Ok(1))]));
    assert!(it.writer.poison.get().is_none());
}

#[test]
fn an_unknown_outcome_is_told_and_not_tried_again() {
    let mut it = served();
    it.engine.0.lock().commits.push_back(Err(Error::Unknown {
        reason: "silence".into(),
    }));
    assert!(matches!(it.serve(["a"]), [Err(Error::Unknown { .. })]));
    assert_eq!(it.engine.calls(), ["begin [3]", "commit"]);
    assert!(matches!(it.serve(["a"]), [Ok(Ok(1))]));
}

#[test]
fn a_conflict_at_commit_runs_everybody_again() {
    let mut it = served();
    it.engine
        .0
        .lock()
        .commits
        .extend([Err(conflict()), Err(conflict())]);
    assert!(matches!(it.serve(["a", "b"]), [Ok(Ok(3)), Ok(Ok(3))]));
    it.engine.0.lock().commits.extend(vec![Err(conflict()); 5]);
    assert!(matches!(it.serve(["a"]), [Err(Error::Conflict { .. })]));
}

#[test]
fn what_cannot_be_kept_does_not_take_its_neighbours_along() {
    for (sql, is_expected) in [
        (
            "conflict",
            (|error| matches!(error, Error::Conflict { .. })) as fn(&Error) -> bool,
        ),
        ("full", |error| matches!(error, Error::Full { .. })),
        ("io", |error| matches!(error, Error::Io { .. })),
    ] {
        let mut it = served();
        let [first, bad, last] = it.serve(["a", sql, "b"]);
        assert!(
            matches!((&first, &last), (Ok(Ok(_)), Ok(Ok(_)))),
            "{first:?} {last:?}"
        );
        assert!(bad.as_ref().is_err_and(is_expected), "{bad:?}");
    }
}

#[test]
fn a_refused_statement_is_the_closures_own_affair() {
    let mut it = served();
    assert!(matches!(
        it.serve(["refused", "a"]),
        [Ok(Err("failed")), Ok(Ok(1))]
    ));
}

#[test]
fn a_lost_connection_is_replaced_and_the_writes_run_again() {
    let mut it = served();
    it.engine.0.lock().commits.push_back(Err(unreachable()));
    assert!(matches!(it.serve(["a"]), [Ok(Ok(2))]));
    assert_eq!(
        it.engine.calls(),
        ["begin [3]", "commit", "recover", "begin [3]", "commit"]
    );
    it.engine.0.lock().commits.push_back(Err(unreachable()));
    it.engine.0.lock().recoveries.push_back(Err(unreachable()));
    assert!(matches!(it.serve(["a"]), [Err(Error::Unreachable { .. })]));
}
