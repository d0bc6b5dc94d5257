//! An operation at work: read in a snapshot, or written after what can be done before.

use std::sync::Arc;

use balefire_api::{Node, Timestamp};
use balefire_store::{Store, Tx};

use super::{idempotency, outcome};
use crate::context::{Caller, Ctx, Ids, Page};
use crate::failure::Failure;
use crate::handler::{Handler, Look, Prepared, Run};
use crate::settings::Settings;

/// What a transaction needs to run an operation, perhaps more than once.
#[derive(Clone)]
pub struct Work {
    pub handler: Handler,
    pub caller: Arc<Caller>,
    pub region: String,
    pub now: Timestamp,
    pub ids: Ids,
    pub settings: Settings,
    pub page: Page,
}

impl Work {
    pub async fn read(self, store: &Store, run: &Arc<Run>, input: Node) -> Result<Node, Failure> {
        let run = Arc::clone(run);
        let is_long = self.handler.is_long();
        let read = move |tx: &mut Tx<'_>| run(&mut self.ctx(tx), input);
        match is_long {
            true => store.read_at_length(read).await?,
            false => store.read(read).await?,
        }
    }

    /// Writes in the order of an account. A write that leaves its answer to a job is answered with what the
    /// job comes to.
    pub async fn write(
        self,
        store: &Store,
        account: &str,
        run: &Arc<Run>,
        input: Node,
    ) -> Result<Node, Failure> {
        let (run, spec) = (Arc::clone(run), self.handler.spec);
        let after = self.handler.is_answered_by_job().then(|| self.clone());
        let request = idempotency::Request::of(spec, &self.region, &input)?;
        let write = move |tx: &mut Tx<'_>| {
            let (ctx, input) = (&mut self.ctx(tx), input.clone());
            idempotency::once(ctx, spec, request.as_ref(), input, &*run)
        };
        let written = store.write(account, write).await??;
        let Some(after) = after else {
            return Ok(written);
        };
        let look = move |tx: &mut Tx<'_>| after.handler.outcome(&mut after.ctx(tx), written);
        outcome::wait(store, look).await
    }

    /// Does what needs no transaction. What takes long is done where it holds up no other request.
    pub async fn prepare(
        &self,
        store: &Store,
        look: &Arc<Look>,
        input: Node,
    ) -> Result<Prepared, Failure> {
        let (before, look) = (self.clone(), Arc::clone(look));
        let look = move |tx: &mut Tx<'_>| look(&mut before.ctx(tx), input);
        let prepare = match self.handler.searches() {
            true => store.read_at_length(look).await??,
            false => store.read(look).await??,
        };
        if !self.handler.is_long() {
            return prepare(&self.caller, self.now);
        }
        let (caller, now) = (Arc::clone(&self.caller), self.now);
        let apart = tokio::task::spawn_blocking(move || prepare(&caller, now));
        let panicked = |error| Failure::Internal(format!("{}: {error}", self.handler.spec.name));
        apart.await.map_err(panicked)?
    }

    pub async fn write_prepared(
        self,
        store: &Store,
        account: &str,
        prepared: Prepared,
    ) -> Result<Node, Failure> {
        // Kept until after the answer, so that it is freed here and not in the writer's time.
        let kept = Arc::new(prepared);
        let prepared = Arc::clone(&kept);
        let write = move |tx: &mut Tx<'_>| prepared(&mut self.ctx(tx));
        let written = store.write(account, write).await?;
        drop(kept);
        written
    }

    fn ctx<'a, 'tx>(&'a self, tx: &'a mut Tx<'tx>) -> Ctx<'a, 'tx> {
        Ctx {
            caller: &self.caller,
            region: &self.region,
            now: self.now,
            ids: &self.ids,
            page: &self.page,
            settings: &self.settings,
            tx,
        }
    }
}
