//! What happens because time passes, or because a request left something to do: one file for each job.

mod ask_rule_tickets;
mod busy;
mod check_connector;
mod count_software;
mod count_standing;
mod create_ticket;
mod export_findings;
mod fold_edits;
mod forget_client_tokens;
mod job;
mod notify;
mod open_incidents;
mod open_rule_incidents;
mod pager_duty;
mod pass_on_findings;
mod publish;
mod rematch_resources;
mod retry;
mod review_risks;
mod runbook;
mod settle_replication_set;
mod spread_feed;
mod stack_update;
mod take_event;
mod take_scanned_software;
mod work;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use balefire_store::{Job, PassingOver, Store, Tx};
use tokio::task::JoinSet;

use crate::context::{Clock, Ids};
use crate::failure::Failure;
use crate::outside::Outside;
use crate::securityhub::finding::{self, Index};
use crate::settings::Settings;
use busy::Busy;
use work::Work;

/// Jobs that run at once, and calls to the outside besides them: however many receivers hang, what an alarm
/// or a deployment has left to do goes on.
const JOBS_AT_ONCE: usize = 64;
/// Calls at once to what one subject names.
const CALLS_OF_ONE_MAX: usize = 8;
/// How long a claimed job is another node's business if this one dies.
const LEASE_MS: i64 = 60_000;
/// So that no write waits long behind a clean-up.
const ROWS_DROPPED_AT_ONCE: i64 = 1000;
/// The engine looks at the clock at least this often.
const TICK: Duration = Duration::from_secs(1);

/// Runs jobs.
pub struct Engine {
    store: Store,
    /// The store's findings, as they are searched.
    index: Arc<Index>,
    clock: Clock,
    ids: Ids,
    settings: Settings,
    outside: Outside,
    /// Calls to the outside, by whom they call.
    busy: Busy,
    /// Jobs that keep the writer for long, by their kinds.
    at_length: Busy,
    /// This process among those that share the store.
    process: uuid::Uuid,
    /// How often it has claimed jobs.
    claims: AtomicU64,
}

impl Engine {
    pub fn new(
        (store, index): (Store, Arc<Index>),
        clock: Clock,
        ids: Ids,
        settings: Settings,
        outside: Outside,
    ) -> Arc<Engine> {
        let process = uuid::Uuid::from_bytes(ids.bytes());
        let commands = (runbook::COMMANDS.to_owned(), outside.commands_at_once());
        Arc::new(Engine {
            store,
            index,
            clock,
            ids,
            settings,
            outside,
            busy: Busy::of(CALLS_OF_ONE_MAX, [commands]),
            at_length: Busy::of(1, []),
            process,
            claims: AtomicU64::new(0),
        })
    }

    /// Runs until the task is dropped: a turn after each commit that left a job, after each job that
    /// ended, and on a timer. A call to the outside that takes its time holds nothing else up.
    pub async fn run(self: Arc<Engine>) {
        let mut moved = self.store.subscribe();
        let mut running = JoinSet::new();
        if let Err(error) = self.take_over().await {
            tracing::warn!("jobs of the process before wait for their leases: {error}");
        }
        loop {
            match self.turn(&mut running).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::error!("the engine could not claim jobs: {error}"),
            }
            tokio::select! {
                _ = moved.changed() => {}
                Some(ended) = running.join_next() => log(ended),
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// A SQLite store has one process at a time, so whoever had jobs is gone.
    async fn take_over(&self) -> Result<(), balefire_store::Error> {
        if self.store.engine() == balefire_store::Engine::Sqlite {
            self.store
                .write("", |tx: &mut Tx<'_>| tx.release_all_jobs())
                .await??;
        }
        Ok(())
    }

    /// One turn, to its end: claims what is due and waits until it is done. Returns how many jobs it were.
    pub async fn step(self: &Arc<Engine>) -> Result<usize, balefire_store::Error> {
        let mut running = JoinSet::new();
        let claimed = self.turn(&mut running).await?;
        while let Some(ended) = running.join_next().await {
            log(ended);
        }
        Ok(claimed)
    }

    /// Claims what is due, as far as there is room, and starts it.
    async fn turn(
        self: &Arc<Engine>,
        running: &mut JoinSet<Result<(), balefire_store::Error>>,
    ) -> Result<usize, balefire_store::Error> {
        while let Some(ended) = running.try_join_next() {
            log(ended);
        }
        let calls = self.busy.count();
        let inside = running.len().saturating_sub(calls);
        let jobs = self
            .claim(
                JOBS_AT_ONCE.saturating_sub(inside),
                JOBS_AT_ONCE.saturating_sub(calls),
            )
            .await?;
        let mut begun = 0;
        let mut too_many = Vec::new();
        for job in jobs {
            let at_work = match Work::of(&job) {
                work if work.is_outside() => Some(self.busy.begin(&job.subject)),
                work if work.is_long() => Some(self.at_length.begin(&job.kind)),
                _ => None,
            };
            if at_work.as_ref().is_some_and(Option::is_none) {
                too_many.push(job);
                continue;
            }
            begun += 1;
            let engine = Arc::clone(self);
            running.spawn(async move {
                let _at_work = at_work;
                engine.run_job(job).await
            });
        }
        self.release(too_many).await?;
        Ok(begun)
    }

    /// Gives back what one claim took beyond what its subject may have at once.
    async fn release(&self, jobs: Vec<Job>) -> Result<(), balefire_store::Error> {
        if jobs.is_empty() {
            return Ok(());
        }
        let release = move |tx: &mut Tx<'_>| {
            for job in &jobs {
                tx.release_job(&job.id, &job.lease_owner)?;
            }
            Ok(())
        };
        self.store.write("", release).await?
    }

    /// Leases jobs that are due, as far as there is room for any kind, or for all kinds but calls. Of those
    /// that take the writer long, one of a kind is done after the other: a request waits behind one, not
    /// behind all.
    async fn claim(
        &self,
        room_inside: usize,
        room_outside: usize,
    ) -> Result<Vec<Job>, balefire_store::Error> {
        let now = self.clock.now();
        let mut kinds = self.at_length.subjects();
        let room = match room_outside {
            0 => {
                kinds.extend(Work::outside().map(str::to_owned));
                room_inside
            }
            _ => room_inside.min(room_outside),
        };
        let next = self
            .store
            .read(move |tx| tx.next_job_due_ms(now.0))
            .await??;
        if room == 0 || next.is_none_or(|due_ms| due_ms > now.0) {
            return Ok(Vec::new());
        }
        let passing_over = PassingOver {
            subjects: self.busy.subjects(),
            kinds,
        };
        // Each claim by itself: a lease that ran out here is not that of the next attempt.
        let count = self.claims.fetch_add(1, Ordering::Relaxed);
        let owner = format!("{}/{count}", self.process);
        let claim =
            move |tx: &mut Tx<'_>| tx.claim_jobs(now.0, &owner, LEASE_MS, room, &passing_over);
        self.store.write("", claim).await?
    }

    /// Drops what nobody asks for any more: outcomes of old client tokens, findings closed long ago,
    /// documents that were replaced long ago.
    pub async fn drop_expired(&self) -> Result<(), Failure> {
        let now = self.clock.now();
        forget_client_tokens::forget_client_tokens(&self.store, now).await?;
        let remove = move |tx: &mut Tx<'_>| {
            crate::inspector::finding::remove_expired(tx, now.0, ROWS_DROPPED_AT_ONCE)
        };
        // A feed or an import may have left many at once.
        while self.store.write("", remove).await?? == ROWS_DROPPED_AT_ONCE as u64 {}
        let forget =
            move |tx: &mut Tx<'_>| finding::forget_versions(tx, now.0, ROWS_DROPPED_AT_ONCE);
        while self.store.write("", forget).await?? == ROWS_DROPPED_AT_ONCE as u64 {}
        Ok(())
    }
}

/// A job that could not even be put back keeps its lease, and is claimed again when that has run out.
fn log(ended: Result<Result<(), balefire_store::Error>, tokio::task::JoinError>) {
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!("a job was left to its lease: {error}"),
        Err(error) => tracing::error!("a job was left to its lease: {error}"),
    }
}

#[cfg(test)]
mod tests;
