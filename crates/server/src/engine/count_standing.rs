//! The job that adds to trends what they lack of the findings that are there, account by account.

use std::sync::Arc;

use balefire_store::{Error, Job, Tx};
use serde_json::json;

use super::Engine;
use super::job::{End, keep, told};
use crate::context::Ctx;
use crate::securityhub::trend::{COUNT_STANDING, missing};

/// Rows in one transaction, so that no write waits long behind it.
const ROWS: usize = 250;

/// Which account it is: the first behind a uid.
#[derive(Default, serde::Deserialize)]
struct Payload {
    #[serde(default)]
    behind: String,
}

impl Engine {
    /// What is lacking is found in one read. Where an attempt ends in the midst of the writes, the next one
    /// finds what is lacking still.
    pub(super) async fn count_standing(&self, job: &Job) -> Result<(), Error> {
        let Payload { behind } = serde_json::from_slice(&job.payload).unwrap_or_default();
        let find = move |tx: &mut Tx<'_>| missing(tx, &behind);
        let missing = match self.keeping(job, self.store.read_at_length(find)).await? {
            Ok(Some(missing)) => Arc::new(missing),
            Ok(None) => return self.settle(job, End::Finished, |_, _| Ok(())).await,
            Err(failure) => return self.put_back(job, &told(&failure)).await,
        };
        let mut from = 0;
        while missing.row_count() - from > ROWS {
            let part = Arc::clone(&missing);
            let add = move |ctx: &mut Ctx<'_, '_>, job: &Job| {
                keep(ctx, job)?;
                part.add(ctx.tx, ctx.now.0, from..from + ROWS)
            };
            let added = self.store.write(missing.account(), self.in_ctx(job, add));
            if let Err(failure) = added.await? {
                return self.put_back(job, &told(&failure)).await;
            }
            from += ROWS;
        }
        let add_last = move |ctx: &mut Ctx<'_, '_>, job: &Job| {
            missing.add(ctx.tx, ctx.now.0, from..missing.row_count())?;
            let next = json!({"behind": missing.end()});
            ctx.leave_job(&job.account, COUNT_STANDING, &job.subject, &next)
        };
        self.settle(job, End::Finished, add_last).await
    }
}
