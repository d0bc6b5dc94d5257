//! How a job is run to its end: inside one transaction, or by a call to the outside between two.

use std::sync::Arc;
use std::time::Duration;

use balefire_store::{Error, Job, Tx};

use super::retry::ATTEMPTS_MAX;
use super::work::{Errand, Work};
use super::{Engine, LEASE_MS};
use crate::context::{Caller, Ctx, Page};
use crate::failure::Failure;
use crate::outside::Call;

/// A call that goes on keeps its job well before the lease runs out.
const RENEW_EVERY: Duration = Duration::from_millis(LEASE_MS as u64 / 3);
/// How often the end of an attempt is written where the store cannot take it, which is for five minutes.
const END_TRIES: u32 = 300;
/// The first wait between two such tries and the longest; each is twice the one before.
const END_WAIT: Duration = Duration::from_millis(50);
const END_WAIT_MAX: Duration = Duration::from_secs(1);

/// How a job ends.
#[derive(Clone)]
pub(super) enum End {
    Finished,
    /// Given up, for the reason.
    Buried(String),
}

impl Engine {
    pub(super) async fn run_job(self: Arc<Engine>, job: Job) -> Result<(), Error> {
        if job.attempts > ATTEMPTS_MAX {
            // Whoever had it before never came to put it back.
            return self.again(&job, "each attempt ended without a word").await;
        }
        match self.work(&job).await {
            // The job's own fault, which no lease mends.
            Err(error @ (Error::Panicked { .. } | Error::Refused { .. })) => {
                self.again(&job, &error.to_string()).await
            }
            ended => ended,
        }
    }

    async fn work(&self, job: &Job) -> Result<(), Error> {
        match Work::of(job) {
            Work::Inside(run) | Work::Long(run) => self.settle(job, End::Finished, run).await,
            Work::Indexed(run) => {
                let index = Arc::clone(&self.index);
                let run = move |ctx: &mut Ctx<'_, '_>, job: &Job| run(ctx, &index, job);
                self.settle(job, End::Finished, run).await
            }
            Work::Outside(errand) => self.run_errand(job, errand).await,
            Work::Export => self.export_findings(job).await,
            Work::Standing => self.count_standing(job).await,
            Work::Event => self.take_event(job).await,
            Work::Unknown => {
                let reason = format!("no job is called {}", job.kind);
                self.put_back(job, &reason).await
            }
        }
    }

    async fn run_errand(&self, job: &Job, errand: Errand) -> Result<(), Error> {
        let prepared = if errand.marks {
            self.mark(job, errand).await?
        } else {
            let prepare = self.in_ctx(job, move |ctx, job| (errand.prepare)(ctx, job));
            self.store.read(prepare).await?
        };
        let call = match prepared {
            Ok(Some(call)) => call,
            // The thing is gone that it was about.
            Ok(None) => return self.settle(job, End::Finished, |_, _| Ok(())).await,
            Err(failure) => return self.put_back(job, &told(&failure)).await,
        };
        let calling = self.outside.call(&call, self.clock.now());
        match self.keeping(job, calling).await {
            Ok(reply) => {
                let settle = move |ctx: &mut Ctx<'_, '_>, job: &Job| {
                    (errand.settle)(ctx, job, Ok(reply.clone()))
                };
                self.settle(job, End::Finished, settle).await
            }
            Err(fault) if fault.lasting || job.attempts >= ATTEMPTS_MAX => {
                tracing::warn!(kind = job.kind, subject = job.subject, "given up: {fault}");
                let end = End::Buried(fault.reason.clone());
                let settle = move |ctx: &mut Ctx<'_, '_>, job: &Job| {
                    (errand.settle)(ctx, job, Err(fault.clone()))
                };
                self.settle(job, end, settle).await
            }
            Err(fault) => {
                let by_ms = Payload::of(job).answer_by_ms;
                self.put_back_by(job, &fault.reason, by_ms).await
            }
        }
    }

    /// What is prepared may wait for so long that another attempt has begun, and even ended: only the one
    /// that has the job may mark it.
    async fn mark(
        &self,
        job: &Job,
        errand: Errand,
    ) -> Result<Result<Option<Call>, Failure>, Error> {
        let mark = move |ctx: &mut Ctx<'_, '_>, job: &Job| {
            keep(ctx, job)?;
            (errand.prepare)(ctx, job)
        };
        self.store.write(&job.account, self.in_ctx(job, mark)).await
    }

    /// A call to the outside, with the job kept for as long as it takes.
    pub(super) async fn keeping<T>(&self, job: &Job, calling: impl Future<Output = T>) -> T {
        tokio::pin!(calling);
        loop {
            tokio::select! {
                answered = &mut calling => return answered,
                () = tokio::time::sleep(RENEW_EVERY) => self.renew(job).await,
            }
        }
    }

    async fn renew(&self, job: &Job) {
        let (id, owner) = (job.id.clone(), job.lease_owner.clone());
        let until_ms = self.clock.now().0 + LEASE_MS;
        let renew = move |tx: &mut Tx<'_>| tx.renew_job(&id, &owner, until_ms);
        if let Err(error) | Ok(Err(error)) = self.store.write("", renew).await {
            tracing::warn!("the lease of a job was not renewed: {error}");
        }
    }

    /// The job's effect and its end are one transaction. Where the lease was lost to another, neither stays.
    pub(super) async fn settle(
        &self,
        job: &Job,
        end: End,
        effect: impl Fn(&mut Ctx<'_, '_>, &Job) -> Result<(), Failure> + Clone + Send + 'static,
    ) -> Result<(), Error> {
        match self.settle_once(job, end, effect).await? {
            Ok(()) => Ok(()),
            Err(failure) => self.put_back(job, &told(&failure)).await,
        }
    }

    /// As `settle`, and gives the failure instead of trying again.
    pub(super) async fn settle_once(
        &self,
        job: &Job,
        end: End,
        effect: impl Fn(&mut Ctx<'_, '_>, &Job) -> Result<(), Failure> + Clone + Send + 'static,
    ) -> Result<Result<(), Failure>, Error> {
        let run = self.in_ctx(job, move |ctx, job| {
            let now_ms = ctx.now.0;
            effect(ctx, job)?;
            let ours = match &end {
                End::Finished => ctx.tx.finish_job(&job.id, &job.lease_owner)?,
                End::Buried(reason) => {
                    ctx.tx.bury_job(&job.id, &job.lease_owner, reason, now_ms)?
                }
            };
            if ours { Ok(()) } else { Err(lost(job)) }
        });
        self.write_end(job, &job.account, run).await
    }

    /// Writes how an attempt ended. What was done outside stays done though the store cannot take it just
    /// then, so the job is kept and its end written again, for a while.
    pub(super) async fn write_end<T, E, F>(
        &self,
        job: &Job,
        shard_key: &str,
        end: F,
    ) -> Result<Result<T, E>, Error>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Clone + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        let writing = async {
            let mut wait = END_WAIT;
            for _ in 1..END_TRIES {
                match self.store.write(shard_key, end.clone()).await {
                    Err(error) if may_be_written(&error) => {
                        tracing::debug!(job = job.id, "the end of an attempt waits: {error}");
                    }
                    written => return written,
                }
                tokio::time::sleep(wait).await;
                wait = (2 * wait).min(END_WAIT_MAX);
            }
            self.store.write(shard_key, end).await
        };
        self.keeping(job, writing).await
    }

    /// A function of a context as one of a transaction.
    pub(super) fn in_ctx<T>(
        &self,
        job: &Job,
        run: impl Fn(&mut Ctx<'_, '_>, &Job) -> T + Clone + Send + 'static,
    ) -> impl FnMut(&mut Tx<'_>) -> T + Clone + Send + 'static {
        let (job, now, ids, settings) = (
            job.clone(),
            self.clock.now(),
            self.ids.clone(),
            self.settings.clone(),
        );
        let region = Payload::of(&job).region;
        let caller = Caller::engine(&job.account);
        move |tx| {
            let page = Page::default();
            let mut ctx = Ctx {
                caller: &caller,
                region: &region,
                now,
                ids: &ids,
                page: &page,
                settings: &settings,
                tx,
            };
            run(&mut ctx, &job)
        }
    }
}

/// Whether the next try may end otherwise. Where it is not known what became of one, the next finds out: an
/// end that was kept has given the job away.
fn may_be_written(error: &Error) -> bool {
    error.is_transient() || matches!(error, Error::Unknown { .. })
}

/// Keeps a job that is still this attempt's for as long again. Where it is not, nothing of the transaction
/// stays.
pub(super) fn keep(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let until_ms = ctx.now.0 + LEASE_MS;
    match ctx.tx.renew_job(&job.id, &job.lease_owner, until_ms)? {
        true => Ok(()),
        false => Err(lost(job)),
    }
}

fn lost(job: &Job) -> Failure {
    Failure::Internal(format!("the lease of job {} ran out", job.id))
}

/// What payloads say that is not of one kind alone.
#[derive(Default, serde::Deserialize)]
struct Payload {
    #[serde(default)]
    region: String,
    /// Somebody waits for what comes of it, and no fault may make that wait longer.
    #[serde(default)]
    answer_by_ms: Option<i64>,
}

impl Payload {
    fn of(job: &Job) -> Payload {
        serde_json::from_slice(&job.payload).unwrap_or_default()
    }
}

pub(super) fn told(failure: &Failure) -> String {
    format!("{failure:?}")
}
