//! Waits for what a job of a request has come to, where the request is answered with it.

use std::time::Duration;

use balefire_api::Node;
use balefire_store::{Store, Tx};

use crate::failure::Failure;

/// A request waits no longer. Its job goes on.
const WAIT_MAX: Duration = Duration::from_secs(45);
/// Another node may have done the job, which the counter of this one does not see.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// `look` reads the outcome, or nothing while the job is under way.
pub async fn wait(
    store: &Store,
    look: impl FnOnce(&mut Tx<'_>) -> Result<Option<Node>, Failure> + Clone + Send + 'static,
) -> Result<Node, Failure> {
    let mut moved = store.subscribe();
    let looking = async {
        loop {
            if let Some(outcome) = store.read(look.clone()).await?? {
                return Ok(outcome);
            }
            // Whether the counter moved or the time is over, there is something to look at.
            let _ = tokio::time::timeout(LOOK_EVERY, moved.changed()).await;
        }
    };
    let answered = tokio::time::timeout(WAIT_MAX, looking).await;
    answered.unwrap_or_else(|_| {
        let message = "What was asked for is still under way. The same call with the same client token gives \
                       its outcome.";
        Err(Failure::conflict("REQUEST", "", message))
    })
}
