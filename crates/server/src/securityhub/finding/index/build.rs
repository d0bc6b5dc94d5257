//! All findings into the columns, by several threads: one reads the store, the others read documents.

use std::num::NonZero;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, available_parallelism};

use balefire_columns::Row;
use balefire_store::Tx;

use super::Index;
use crate::context::Visible;
use crate::failure::Failure;
use crate::securityhub::finding::edit::{Edit, Positions};
use crate::securityhub::finding::scan::{Passing, scan};

/// More threads would wait for one another at the columns.
const THREADS_MAX: usize = 4;
/// Findings that go to a thread at once, and how many times as many may wait there.
const BATCH: usize = if cfg!(test) { 2 } else { 100 };
const WAITING: usize = 4;
/// After how many batches the columns are weighed.
const WEIGHED_EVERY: usize = if cfg!(test) { 3 } else { 64 };

/// A finding on its way from the store to the columns.
struct Found {
    uid: String,
    text: String,
    updated_ms: i64,
    edit: Option<Edit>,
}

impl Index {
    /// Reads all findings.
    pub(super) fn build(&self, tx: &mut Tx<'_>, heads: &Positions) -> Result<(), Failure> {
        let cursors = self.tail.forget(tx)?;
        for (shard, (cursor, head)) in cursors.into_iter().zip(heads).enumerate() {
            self.tail.follow(tx, shard, cursor, *head, |_, _| ())?;
        }
        let threads = available_parallelism().map_or(1, NonZero::get);
        std::thread::scope(|scope| {
            let (mut senders, mut threads_there) = (Vec::new(), Vec::new());
            for _ in 0..threads.min(THREADS_MAX) {
                let (sender, receiver) = sync_channel(WAITING);
                let take = move || self.take_found(&receiver);
                let thread = Builder::new().name("findings".into());
                let thread = thread.spawn_scoped(scope, take);
                let refused = |error| Failure::Internal(format!("no thread was made: {error}"));
                threads_there.push(thread.map_err(refused)?);
                senders.push(sender);
            }
            let scanned = self.hand_out(tx, &senders);
            // They end when nothing more can come.
            drop(senders);
            for thread in threads_there {
                let panicked =
                    |_| Failure::Internal("a thread that reads findings panicked".into());
                thread.join().map_err(panicked)??;
            }
            scanned
        })
    }

    fn hand_out(&self, tx: &mut Tx<'_>, threads: &[SyncSender<Vec<Found>>]) -> Result<(), Failure> {
        let mut turns = (1..).zip(threads.iter().cycle());
        let mut send = |batch: Vec<Found>| {
            let Some((turn, thread)) = turns.next() else {
                return Err(ended());
            };
            if turn % WEIGHED_EVERY == 0 {
                self.weigh();
            }
            // A thread that has failed takes no more, and says why when it is waited for.
            thread.send(batch).map_err(|_| ended())
        };
        let mut batch = Vec::with_capacity(BATCH);
        scan(tx, Visible::Organization, &self.tail, |passing| {
            if self.is_stopped.load(Ordering::Acquire) {
                return Err(Failure::Reading);
            }
            let Passing {
                uid,
                text,
                updated_ms,
                edit,
            } = passing;
            batch.push(Found {
                uid: uid.to_owned(),
                text,
                updated_ms,
                edit,
            });
            if batch.len() == BATCH {
                send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))?;
            }
            Ok(())
        })?;
        send(batch)
    }

    fn take_found(&self, receiver: &Receiver<Vec<Found>>) -> Result<(), Failure> {
        let mut row = Row::default();
        for batch in receiver {
            for found in batch {
                let text = (found.text.as_str(), found.updated_ms);
                self.put(&mut row, &found.uid, text, found.edit.as_ref())?;
            }
        }
        Ok(())
    }
}

fn ended() -> Failure {
    Failure::Internal("a thread that reads findings has ended".into())
}
