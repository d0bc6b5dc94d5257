//! The job that writes the findings of an export to its bucket, a few at a time.

use std::sync::Arc;
use std::time::Duration;

use balefire_api::generated::securityhub::ExportFailureCode;
use balefire_store::{Error, Job};
use bytes::Bytes;

use super::job::End;
use super::{Engine, LEASE_MS};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::outside::export::{Obstacle, Target, Written};
use crate::securityhub::export_job::{self, Begun, Ended, Progress, Task};
use crate::securityhub::finding::Ahead;

/// Output that is written at once. S3 takes no smaller parts than 5 MiB, but for the last.
const WRITE_BYTES: usize = 8 << 20;
/// Reads after which it is put down how far the export has come, though little was found in them.
const READS_KEPT: u32 = 100;
/// The rest between two looks whether the findings are in memory.
const READING_REST: Duration = Duration::from_millis(250);

/// How an attempt ended.
enum Attempt {
    Whole {
        findings: i64,
    },
    /// The export was cancelled, or is gone.
    Over,
    Failed(ExportFailureCode, String),
    /// To be tried again, from where it came to.
    Again(String),
}

/// An export on its way.
struct Export {
    task: Task,
    target: Target,
    written: Written,
    progress: Progress,
}

impl Engine {
    /// Each few findings are a read of their own, and what was written is put down as it goes, so
    /// that neither a large export nor a slow bucket holds anything up, and a killed server goes on.
    pub(super) async fn export_findings(&self, job: &Job) -> Result<(), Error> {
        let begin = self.in_ctx(job, begin);
        let mut export = match self.store.read(begin).await? {
            Ok(Some(export)) => export,
            Ok(None) => return self.settle(job, End::Finished, |_, _| Ok(())).await,
            Err(failure) => return self.export_again(job, &format!("{failure:?}")).await,
        };
        match self.attempt(job, &mut export).await? {
            Attempt::Whole { findings } => self.end(job, Ended::Succeeded { findings }).await,
            Attempt::Over => {
                self.discard(&export).await;
                self.settle(job, End::Finished, |_, _| Ok(())).await
            }
            Attempt::Failed(code, message) => {
                self.discard(&export).await;
                self.end(job, Ended::Failed(code, message)).await
            }
            Attempt::Again(reason) => {
                if self.is_last_attempt(job) {
                    self.discard(&export).await;
                }
                self.export_again(job, &reason).await
            }
        }
    }

    /// Tries an export again later. Whoever asked for it reads in the export that it has failed, so
    /// none is ever dead.
    pub(super) async fn export_again(&self, job: &Job, reason: &str) -> Result<(), Error> {
        if !self.is_last_attempt(job) {
            return self.put_back(job, reason).await;
        }
        tracing::warn!(job = job.id, "an export was given up: {reason}");
        let message = format!("The export was given up after {} attempts.", job.attempts);
        let failed = Ended::Failed(ExportFailureCode::InternalError, message);
        self.end(job, failed).await
    }

    async fn attempt(&self, job: &Job, export: &mut Export) -> Result<Attempt, Error> {
        if let Err(failure) = self.keeping(job, self.searchable()).await? {
            return Ok(Attempt::Again(format!("{failure:?}")));
        }
        let mut reads = 0;
        let mut ahead = Ahead::default();
        let mut kept_ms = self.clock.now().0;
        loop {
            let (id, after) = (export.task.id.clone(), export.progress.after.clone());
            let index = Arc::clone(&self.index);
            let read = move |ctx: &mut Ctx<'_, '_>, _: &Job| {
                export_job::next_piece(ctx, &id, (&after, ahead.clone()), &index)
            };
            let piece = match self.store.read(self.in_ctx(job, read)).await? {
                Ok(Some(piece)) => piece,
                Ok(None) => return Ok(Attempt::Over),
                Err(failure) => return Ok(Attempt::Again(format!("{failure:?}"))),
            };
            reads += 1;
            ahead = piece.ahead;
            export.progress.findings += piece.findings;
            export.progress.pending.extend(piece.bytes);
            let last = piece.after.is_none();
            if last || export.progress.pending.len() >= WRITE_BYTES {
                if let Err(obstacle) = self.write(job, export, last).await {
                    return self.obstructed(job, export, obstacle).await;
                }
                reads = READS_KEPT;
            }
            let Some(after) = piece.after else {
                let findings = export.progress.findings;
                return Ok(Attempt::Whole { findings });
            };
            export.progress.after = after;
            let now_ms = self.clock.now().0;
            if reads >= READS_KEPT || now_ms - kept_ms > LEASE_MS / 3 {
                (reads, kept_ms) = (0, now_ms);
                if !self.keep(job, export).await? {
                    return Ok(Attempt::Over);
                }
            }
            // Reads run on the thread that asks.
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the findings can be searched; where nobody reads them into memory, it is done here. Such
    /// waiting is no attempt that failed.
    async fn searchable(&self) -> Result<Result<(), Failure>, Error> {
        loop {
            let (store, index) = (self.store.clone(), Arc::clone(&self.index));
            let look = move || store.read_blocking(move |tx| index.current(tx).map(drop));
            match tokio::task::spawn_blocking(look).await {
                Ok(Ok(Err(Failure::Reading))) => tokio::time::sleep(READING_REST).await,
                Ok(looked) => return looked,
                Err(error) => return Ok(Err(Failure::Internal(error.to_string()))),
            }
        }
    }

    /// Writes what is formed, in parts of bounded size.
    async fn write(&self, job: &Job, export: &mut Export, last: bool) -> Result<(), Obstacle> {
        let mut bytes = Bytes::from(std::mem::take(&mut export.progress.pending));
        while bytes.len() > 2 * WRITE_BYTES {
            let part = bytes.split_to(WRITE_BYTES);
            self.write_part(job, export, part, false).await?;
        }
        self.write_part(job, export, bytes, last).await
    }

    async fn write_part(
        &self,
        job: &Job,
        export: &mut Export,
        bytes: Bytes,
        last: bool,
    ) -> Result<(), Obstacle> {
        let exports = self.outside.exports();
        let now = self.clock.now();
        let write = exports.write(&export.target, &export.written, bytes, last, now);
        export.written = self.keeping(job, write).await?;
        Ok(())
    }

    async fn obstructed(
        &self,
        job: &Job,
        export: &mut Export,
        obstacle: Obstacle,
    ) -> Result<Attempt, Error> {
        Ok(match obstacle {
            Obstacle::Passing(reason) => Attempt::Again(reason),
            Obstacle::Lost(reason) => {
                export.progress = Progress::default();
                export.written = Written::default();
                match self.keep(job, export).await? {
                    true => Attempt::Again(reason),
                    false => Attempt::Over,
                }
            }
            Obstacle::NotFound(message) => {
                Attempt::Failed(ExportFailureCode::ResourceNotFound, message)
            }
            Obstacle::Denied(message) => Attempt::Failed(ExportFailureCode::AccessDenied, message),
            Obstacle::Broken(message) => Attempt::Failed(ExportFailureCode::InternalError, message),
        })
    }

    /// Puts down how far an export has come, and keeps its job. False, when it is over or another's.
    async fn keep(&self, job: &Job, export: &Export) -> Result<bool, Error> {
        let id = export.task.id.clone();
        let mut progress = export.progress.clone();
        progress.written = serde_json::to_vec(&export.written).unwrap_or_default();
        let until_ms = self.clock.now().0 + LEASE_MS;
        let keep = move |ctx: &mut Ctx<'_, '_>, job: &Job| {
            let ours = ctx.tx.renew_job(&job.id, &job.lease_owner, until_ms)?;
            Ok::<bool, Failure>(ours && export_job::keep(ctx, &id, &progress)?)
        };
        match self
            .store
            .write(&job.account, self.in_ctx(job, keep))
            .await?
        {
            Ok(kept) => Ok(kept),
            Err(Failure::Store(error)) => Err(error),
            Err(failure) => {
                tracing::warn!(
                    job = job.id,
                    "the progress of an export was not kept: {failure:?}"
                );
                Ok(true)
            }
        }
    }

    async fn end(&self, job: &Job, ended: Ended) -> Result<(), Error> {
        let effect = move |ctx: &mut Ctx<'_, '_>, job: &Job| {
            let task: Task = serde_json::from_slice(&job.payload)?;
            export_job::end(ctx, &task.id, &ended)
        };
        self.settle(job, End::Finished, effect).await
    }

    async fn discard(&self, export: &Export) {
        let Export {
            target, written, ..
        } = export;
        let exports = self.outside.exports();
        if let Err(obstacle) = exports.discard(target, written, self.clock.now()).await {
            tracing::warn!(
                key = target.key,
                "part of an export may be left: {obstacle}"
            );
        }
    }
}

fn begin(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<Option<Export>, Failure> {
    let task: Task = serde_json::from_slice(&job.payload)?;
    let Some(Begun { object, progress }) = export_job::begun(ctx, &task.id)? else {
        return Ok(None);
    };
    let written = match progress.written.as_slice() {
        [] => Written::default(),
        written => serde_json::from_slice(written)?,
    };
    Ok(Some(Export {
        task,
        target: Target {
            account: object.account,
            bucket: object.bucket,
            key: object.key,
            kms_key_arn: object.kms_key_arn,
        },
        written,
        progress,
    }))
}

#[cfg(test)]
mod tests;
