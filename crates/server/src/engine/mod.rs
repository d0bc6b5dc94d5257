//! What happens because time passes, or because a request left something to do: one file for each job.

mod forget_client_tokens;
mod settle_replication_set;
mod take_event;

use std::sync::Arc;
use std::time::Duration;

use balefire_store::{Job, Store, Tx};

use crate::context::{Caller, Clock, Ctx, Ids, Page};
use crate::failure::Failure;

/// Jobs that are claimed at once.
const JOBS_PER_STEP: usize = 32;
/// How long a claimed job is another node's business if this one dies.
const LEASE_MS: i64 = 60_000;
/// After so many attempts a job is buried: listed as dead, never dropped.
const ATTEMPTS_MAX: i64 = 12;
/// So that no write waits long behind a clean-up.
const ROWS_DROPPED_AT_ONCE: i64 = 1000;
/// The engine looks at the clock at least this often.
const TICK: Duration = Duration::from_secs(1);

/// Runs jobs.
pub struct Engine {
    store: Store,
    clock: Clock,
    ids: Ids,
    /// This process among those that share the store.
    owner: String,
}

impl Engine {
    pub fn new(store: Store, clock: Clock, ids: Ids) -> Engine {
        let owner = uuid::Uuid::from_bytes(ids.bytes()).to_string();
        Engine {
            store,
            clock,
            ids,
            owner,
        }
    }

    /// Runs until the task is dropped: a step after each commit that left a job, and on a timer.
    pub async fn run(self: Arc<Engine>) {
        let mut moved = self.store.subscribe();
        loop {
            let step = self.step().await;
            match step {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::error!("the engine could not step: {error}"),
            }
            let _ = tokio::time::timeout(TICK, moved.changed()).await;
        }
    }

    /// One turn: claims what is due and runs it. Returns how many jobs were claimed.
    pub async fn step(&self) -> Result<usize, balefire_store::Error> {
        let now = self.clock.now();
        let owner = self.owner.clone();
        let due = self
            .store
            .read(move |tx| tx.next_job_due_ms())
            .await??
            .is_some_and(|due_ms| due_ms <= now.0);
        if !due {
            return Ok(0);
        }
        let claim = move |tx: &mut Tx<'_>| tx.claim_jobs(now.0, &owner, LEASE_MS, JOBS_PER_STEP);
        let jobs = self.store.write("", claim).await??;
        for job in &jobs {
            self.run_job(job).await?;
        }
        Ok(jobs.len())
    }

    /// The job's effect and its end are one transaction.
    async fn run_job(&self, job: &Job) -> Result<(), balefire_store::Error> {
        let (work, owner) = (job.clone(), self.owner.clone());
        let (now, ids) = (self.clock.now(), self.ids.clone());
        let account = account_of(job);
        let caller = Caller {
            arn: format!("arn:aws:iam::{account}:role/balefire-engine"),
            user_id: "balefire-engine".into(),
            account: account.clone(),
            administrator: false,
        };
        let run = move |tx: &mut Tx<'_>| -> Result<(), Failure> {
            let page = Page::default();
            let mut ctx = Ctx {
                caller: &caller,
                region: "",
                now,
                ids: &ids,
                page: &page,
                tx,
            };
            match work.kind.as_str() {
                crate::events::TAKE_EVENT => take_event::take_event(&mut ctx, &work)?,
                crate::incidents::replication_set::SETTLE_REPLICATION_SET => {
                    settle_replication_set::settle_replication_set(&mut ctx, &work)?;
                }
                other => return Err(Failure::Internal(format!("no job is called {other}"))),
            }
            ctx.tx.finish_job(&work.id, &owner)?;
            Ok(())
        };
        match self.store.write(&account, run).await? {
            Ok(()) => Ok(()),
            Err(failure) => self.put_back(job, &failure).await,
        }
    }

    /// A job that failed is tried again later, ever more slowly, and buried at last.
    async fn put_back(&self, job: &Job, failure: &Failure) -> Result<(), balefire_store::Error> {
        let reason = format!("{failure:?}");
        tracing::warn!(
            job = job.id,
            kind = job.kind,
            attempts = job.attempts,
            "a job failed: {reason}"
        );
        let (job, owner, now) = (job.clone(), self.owner.clone(), self.clock.now());
        let put_back = move |tx: &mut Tx<'_>| {
            if job.attempts >= ATTEMPTS_MAX {
                return tx.bury_job(&job.id, &owner, &reason);
            }
            let wait_ms = 1000_i64 << job.attempts.clamp(0, 12);
            tx.fail_job(&job.id, &owner, &reason, now.0 + wait_ms)
        };
        self.store.write("", put_back).await??;
        Ok(())
    }

    /// Drops what nobody asks for any more: outcomes of old client tokens, findings closed long ago.
    pub async fn drop_expired(&self) -> Result<(), Failure> {
        let now = self.clock.now();
        forget_client_tokens::forget_client_tokens(&self.store, now).await?;
        let remove = move |tx: &mut Tx<'_>| {
            crate::inspector::finding::remove_expired(tx, now.0, ROWS_DROPPED_AT_ONCE)
        };
        self.store.write("", remove).await??;
        Ok(())
    }
}

/// Jobs of accounts carry the account in their payload.
fn account_of(job: &Job) -> String {
    let payload: serde_json::Value = serde_json::from_slice(&job.payload).unwrap_or_default();
    payload
        .get("account")
        .and_then(|account| account.as_str())
        .unwrap_or_default()
        .to_owned()
}
