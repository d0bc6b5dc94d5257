//! Puts what customers set in findings from the log into rows, when nobody is busy setting more.

use std::sync::Arc;

use balefire_store::Tx;

use super::Engine;
use crate::failure::Failure;
use crate::securityhub::finding::{Index, Part, next_window};

/// Findings in one transaction, so that no write waits long behind it.
const FINDINGS: usize = 250;
/// So long after the newest edit; edits that come in a row are put into rows together, each row once.
const REST_MS: i64 = 500;
/// So old an edit may get all the same.
const AGE_MAX_MS: i64 = 60_000;
/// So many may wait all the same, half of what is taken at most.
const WAITING_MAX: usize = 1_000_000;

impl Engine {
    /// Folds some of what waits, if it is time to.
    pub async fn fold_edits_if_due(&self, index: &Index) -> Result<(), Failure> {
        let now_ms = self.clock.now().0;
        let is_due = index
            .tail()
            .times_ms()
            .is_none_or(|(oldest_ms, newest_ms)| {
                newest_ms + REST_MS <= now_ms
                    || oldest_ms + AGE_MAX_MS <= now_ms
                    || index.tail().waiting() > WAITING_MAX
            });
        if is_due {
            self.fold_window().await?;
        }
        Ok(())
    }

    /// Folds all that waits.
    pub async fn fold_edits(&self) -> Result<(), Failure> {
        while self.fold_window().await? {}
        Ok(())
    }

    /// False where nothing waits.
    async fn fold_window(&self) -> Result<bool, Failure> {
        let Some(window) = self.store.read(next_window).await?? else {
            return Ok(false);
        };
        let window = Arc::new(window);
        let account = window.account().to_owned();
        let mut from = 0;
        loop {
            let read = Arc::clone(&window);
            let read = move |tx: &mut Tx<'_>| Part::read(tx, &read, from, FINDINGS);
            let part = self.store.read(read).await??;
            let is_last = part.is_last();
            let write = move |tx: &mut Tx<'_>| part.write(tx);
            self.store.write(&account, write).await??;
            from += FINDINGS;
            if is_last {
                return Ok(true);
            }
        }
    }
}
