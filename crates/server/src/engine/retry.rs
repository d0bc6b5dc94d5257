//! How a job that failed is tried again, and given up at last.

use balefire_store::{Error, Job, Tx};

use super::Engine;
use super::job::{End, told};
use super::work::Work;
use crate::context::Ctx;
use crate::outside::Fault;

/// After so many attempts a job is buried: listed as dead, never dropped.
pub(super) const ATTEMPTS_MAX: i64 = 24;
/// The longest wait between two attempts.
const WAIT_MAX_MS: i64 = 60 * 60 * 1000;

impl Engine {
    /// Tries a job again later, in the way of its kind.
    pub(super) async fn again(&self, job: &Job, reason: &str) -> Result<(), Error> {
        match Work::of(job) {
            Work::Export => self.export_again(job, reason).await,
            _ => self.put_back(job, reason).await,
        }
    }

    /// Whether a job that fails now is given up.
    pub(super) fn is_last_attempt(&self, job: &Job) -> bool {
        job.attempts >= ATTEMPTS_MAX
    }

    /// A job that failed is tried again later, ever more slowly, and buried at last.
    pub(super) async fn put_back(&self, job: &Job, reason: &str) -> Result<(), Error> {
        self.put_back_by(job, reason, None).await
    }

    /// As `put_back`, and no later than by a time that somebody waits for.
    pub(super) async fn put_back_by(
        &self,
        job: &Job,
        reason: &str,
        by_ms: Option<i64>,
    ) -> Result<(), Error> {
        tracing::warn!(
            job = job.id,
            kind = job.kind,
            attempts = job.attempts,
            "a job failed: {reason}"
        );
        if self.is_last_attempt(job) {
            return self.bury(job, reason).await;
        }
        let (failed, reason) = (job.clone(), reason.to_owned());
        let now_ms = self.clock.now().0;
        let mut retry_ms = now_ms + wait_ms(job.attempts, self.ids.bytes()[0]);
        if let Some(by_ms) = by_ms {
            retry_ms = retry_ms.min(by_ms).max(now_ms);
        }
        let put_back =
            move |tx: &mut Tx<'_>| tx.fail_job(&failed.id, &failed.lease_owner, &reason, retry_ms);
        self.write_end(job, "", put_back).await??;
        Ok(())
    }

    /// Gives a job up. Whoever waits for a call hears of it as of one that was refused for good, unless that
    /// is what fails.
    async fn bury(&self, job: &Job, reason: &str) -> Result<(), Error> {
        if let Work::Outside(errand) = Work::of(job) {
            let fault = Fault {
                reason: reason.to_owned(),
                lasting: true,
            };
            let settle = move |ctx: &mut Ctx<'_, '_>, job: &Job| {
                (errand.settle)(ctx, job, Err(fault.clone()))
            };
            match self
                .settle_once(job, End::Buried(reason.to_owned()), settle)
                .await
            {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(failure)) => tracing::warn!(job = job.id, "{}", told(&failure)),
                Err(error @ (Error::Panicked { .. } | Error::Refused { .. })) => {
                    tracing::warn!(job = job.id, "{error}");
                }
                Err(error) => return Err(error),
            }
        }
        let (failed, reason, now_ms) = (job.clone(), reason.to_owned(), self.clock.now().0);
        let bury =
            move |tx: &mut Tx<'_>| tx.bury_job(&failed.id, &failed.lease_owner, &reason, now_ms);
        self.write_end(job, "", bury).await??;
        Ok(())
    }
}

/// Ever longer, and spread by chance so that what failed together does not come back together.
fn wait_ms(attempts: i64, chance: u8) -> i64 {
    let longest = (1000_i64 << attempts.clamp(0, 20)).min(WAIT_MAX_MS);
    longest / 2 + longest / 2 * i64::from(chance) / 255
}

#[cfg(test)]
mod tests {
    use super::wait_ms;

    #[test]
    fn waits_grow_and_stay_bounded() {
        assert_eq!((wait_ms(1, 0), wait_ms(1, 255)), (1000, 2000));
        assert_eq!((wait_ms(5, 0), wait_ms(5, 255)), (16_000, 32_000));
        assert_eq!((wait_ms(60, 0), wait_ms(60, 255)), (1_800_000, 3_600_000));
    }
}
