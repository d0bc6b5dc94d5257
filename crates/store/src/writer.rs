//! The writer: takes all that waits, runs it in one transaction, commits once, answers everybody.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::watch;

use crate::Error;
use crate::engine::{Connection, Savepoint};
use crate::operation::{Operation, Ran};
use crate::queue::Queue;
use crate::reader::Readers;
use crate::tx::Tx;

/// How often a write is run before a conflict is reported.
const ATTEMPTS_MAX: u32 = 5;
/// How many operations one commit carries; bounds the wait of the first of them.
const BATCH_MAX: usize = 512;

/// The reason why no more writes are taken, once there is one.
pub(crate) type Poison = Arc<OnceLock<Arc<str>>>;

/// An operation of the batch, and the error it is to be answered with whatever the others do.
struct Pending {
    operation: Box<dyn Operation>,
    settled: Option<Error>,
}

pub(crate) struct Writer {
    connection: Box<dyn Connection>,
    readers: Arc<Readers>,
    poison: Poison,
    moved: watch::Sender<u64>,
}

impl Writer {
    pub(crate) fn new(
        connection: Box<dyn Connection>,
        readers: Arc<Readers>,
        poison: Poison,
        moved: watch::Sender<u64>,
    ) -> Writer {
        Writer {
            connection,
            readers,
            poison,
            moved,
        }
    }

    /// Serves the queue until it is closed and empty.
    pub(crate) fn run(mut self, queue: &Queue<Box<dyn Operation>>) {
        let mut operations = Vec::new();
        while queue.drain_into(&mut operations, BATCH_MAX) {
            let pending = |operation| Pending {
                operation,
                settled: None,
            };
            self.serve(operations.drain(..).map(pending).collect());
        }
    }

    /// Runs, commits and answers a batch. Nobody is answered before the commit has returned.
    fn serve(&mut self, mut batch: Vec<Pending>) {
        let result = self.commit_with_retries(&mut batch);
        match result {
            // One operation that cannot be kept must not take its neighbours along.
            Err(
                Error::Conflict { .. }
                | Error::Full { .. }
                | Error::Io { .. }
                | Error::Refused { .. },
            ) if batch.len() > 1 => {
                batch
                    .into_iter()
                    .for_each(|pending| self.serve(vec![pending]));
            }
            Err(error) => batch
                .into_iter()
                .for_each(|pending| pending.operation.answer(Err(error.clone()))),
            Ok(announces) => {
                if announces {
                    self.moved.send_modify(|count| *count += 1);
                }
                for Pending { operation, settled } in batch {
                    operation.answer(settled.map_or(Ok(()), Err));
                }
            }
        }
    }

    fn commit_with_retries(&mut self, batch: &mut [Pending]) -> Result<bool, Error> {
        let mut attempt = 1;
        loop {
            if let Some(reason) = self.poison.get() {
                return Err(Error::Poisoned {
                    reason: reason.clone(),
                });
            }
            let error = match self.commit_once(batch) {
                Ok(announces) => return Ok(announces),
                Err(error) => error,
            };
            match &error {
                Error::Stale { .. } if attempt < ATTEMPTS_MAX => {}
                Error::Conflict { .. } if attempt < ATTEMPTS_MAX => back_off(attempt),
                Error::Unreachable { .. } if attempt < ATTEMPTS_MAX => {
                    self.connection.recover()?;
                    back_off(attempt);
                }
                Error::Disk { reason } => {
                    self.stop(reason);
                    return Err(error);
                }
                _ => return Err(error),
            }
            tracing::debug!(%error, attempt, operations = batch.len(), "writes are run again");
            attempt += 1;
        }
    }

    fn commit_once(&mut self, batch: &mut [Pending]) -> Result<bool, Error> {
        let mut shards: Vec<i64> = batch
            .iter()
            .map(|pending| pending.operation.shard())
            .collect();
        // The same order everywhere, so that two nodes do not wait for each other in a circle.
        shards.sort_unstable();
        shards.dedup();
        self.connection.begin_write(&shards)?;
        let outcome = self
            .run_all(batch, &shards)
            .inspect_err(|_| self.connection.rollback())?;
        if !outcome.is_to_commit {
            self.connection.rollback();
            return Ok(false);
        }
        match self.readers.around_commit(|| self.connection.commit()) {
            // What reached the disk cannot be told, and a second fsync would only seem to succeed.
            Err(Error::Disk { reason }) => {
                self.stop(&reason);
                Err(Error::Unknown { reason })
            }
            // Before another commit a restart may find it in the log; SQLite writes over it after this.
            Err(Error::Io { reason }) => Err(Error::Unknown { reason }),
            result => result.map(|()| outcome.announces),
        }
    }

    fn run_all(&mut self, batch: &mut [Pending], shards: &[i64]) -> Result<Outcome, Error> {
        if let Some(outcome) = self.run_together(batch)? {
            return Ok(outcome);
        }
        self.connection.rollback();
        self.connection.begin_write(shards)?;
        self.run_apart(batch)
    }

    /// Runs the operations one after the other, each seeing what those before it wrote, without the copies of
    /// pages that savepoints cost. `None` where one of several left something that is to be undone.
    fn run_together(&mut self, batch: &mut [Pending]) -> Result<Option<Outcome>, Error> {
        let is_alone = batch.len() == 1;
        let mut outcome = Outcome::default();
        for pending in batch {
            match self.run_once(pending)? {
                End::Accepted { announces } => outcome.accept(announces),
                End::Undo { wrote } if wrote && !is_alone => return Ok(None),
                // It wrote nothing, or goes with its transaction.
                End::Undo { .. } => {}
                End::Stale(error) if is_alone => return Err(error),
                End::Stale(_) => return Ok(None),
            }
        }
        Ok(Some(outcome))
    }

    /// Runs each operation in a savepoint of its own.
    fn run_apart(&mut self, batch: &mut [Pending]) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        for pending in batch {
            if let Some(announces) = self.run_in_savepoint(pending)? {
                outcome.accept(announces);
            }
        }
        Ok(outcome)
    }

    /// Whether the operation announces its commit, where it is to be committed.
    fn run_in_savepoint(&mut self, pending: &mut Pending) -> Result<Option<bool>, Error> {
        for attempt in 1..=ATTEMPTS_MAX {
            self.connection.savepoint(Savepoint::Operation)?;
            match self.run_once(pending)? {
                End::Accepted { announces } => {
                    self.connection.release(Savepoint::Operation)?;
                    return Ok(Some(announces));
                }
                End::Undo { .. } => {
                    self.connection.rollback_to(Savepoint::Operation)?;
                    break;
                }
                End::Stale(error) => {
                    self.connection.rollback_to(Savepoint::Operation)?;
                    if attempt == ATTEMPTS_MAX {
                        pending.settled = Some(error);
                    }
                }
            }
        }
        Ok(None)
    }

    /// Fails only where the whole transaction is gone.
    fn run_once(&mut self, pending: &mut Pending) -> Result<End, Error> {
        // Nobody knows what a panic left half done in the closure.
        if let Some(Error::Panicked { .. }) = pending.settled {
            return Ok(End::Undo { wrote: false });
        }
        pending.settled = None;
        let mut tx = Tx::new(&mut *self.connection);
        let ran = pending.operation.run(&mut tx);
        let left = tx.into_left();
        let wrote = left.wrote || left.failure.is_some();
        match (ran, left.failure) {
            (_, Some(error)) if error.ends_transaction() => return Err(error),
            (Ran::Panicked(error), _) => pending.settled = Some(error),
            (_, Some(error @ Error::Stale { .. })) => return Ok(End::Stale(error)),
            (Ran::Accepted, None) => {
                return Ok(End::Accepted {
                    announces: left.announces,
                });
            }
            // The closure passed over an engine error; what it did cannot be kept.
            (Ran::Accepted, Some(error)) => pending.settled = Some(error),
            (Ran::Declined, _) => {}
        }
        Ok(End::Undo { wrote })
    }

    fn stop(&self, reason: &Arc<str>) {
        tracing::error!(%reason, "the store takes no more writes");
        let _ = self.poison.set(reason.clone());
    }
}

/// What becomes of an operation that was run.
enum End {
    Accepted {
        announces: bool,
    },
    /// Nothing of it is to be kept. On PostgreSQL a failed statement is to be undone as well.
    Undo {
        wrote: bool,
    },
    Stale(Error),
}

/// What becomes of a batch that was run.
#[derive(Default)]
struct Outcome {
    is_to_commit: bool,
    announces: bool,
}

impl Outcome {
    fn accept(&mut self, announces: bool) {
        self.is_to_commit = true;
        self.announces |= announces;
    }
}

/// Waits a little longer each time, and not equally long in two processes.
fn back_off(attempt: u32) {
    let spread_ms = u64::from(std::process::id() % 7);
    std::thread::sleep(Duration::from_millis(
        u64::from(attempt * attempt) * 2 + spread_ms,
    ));
}

#[cfg(test)]
mod tests;
