//! The jobs of accepted events: they bring them to the rooms they concern.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use balefire_store::{Error, Job};

use super::Engine;
use super::job::{End, told};
use super::open_incidents::Triggering;
use super::stack_update;
use crate::context::Ctx;
use crate::events::deployment::{self, Told};
use crate::events::rule::Rules;
use crate::events::{Deployments, Event, OPEN_INCIDENTS, TAKE_EVENT};
use crate::failure::Failure;
use crate::incidents::finding::{DeploymentEvent, Kind, take};

/// After so many attempts to take in events together, which are minutes, each is taken in by itself: one that
/// cannot be must not lose the others.
const ATTEMPTS_TOGETHER: i64 = 8;

impl Engine {
    /// The account's rules are held against the event before the transaction: all writes would wait for it.
    pub(super) async fn take_event(&self, job: &Job) -> Result<(), Error> {
        let read = self.in_ctx(job, |ctx, _| Rules::read(ctx));
        let rules = match self.store.read(read).await? {
            Ok(rules) => rules,
            Err(failure) => return self.put_back(job, &told(&failure)).await,
        };
        let payload = job.payload.clone();
        let matching = move || -> Result<Triggering, Failure> {
            Ok(Triggering::of(serde_json::from_slice(&payload)?, &rules))
        };
        let matching = tokio::task::spawn_blocking(matching);
        let triggering = match self.keeping(job, matching).await {
            Ok(Ok(triggering)) => Arc::new(triggering),
            Ok(Err(failure)) => return self.put_back(job, &told(&failure)).await,
            Err(panicked) => return self.put_back(job, &panicked.to_string()).await,
        };
        // Kept until after the commit, so that it is freed here and not in the writer's time.
        let kept = Arc::clone(&triggering);
        let run = move |ctx: &mut Ctx<'_, '_>, job: &Job| take_in(ctx, job, &triggering);
        let settled = self.settle(job, End::Finished, run).await;
        drop(kept);
        settled
    }
}

fn take_in(ctx: &mut Ctx<'_, '_>, job: &Job, triggering: &Triggering) -> Result<(), Failure> {
    // Where it came with others, its deployment was taken in with theirs.
    if job.kind == TAKE_EVENT {
        take_deployment(ctx, &triggering.event)?;
    }
    triggering.open_incidents(ctx)
}

/// Takes in the deployments of one call in their order. The order of incidents says nothing, and what keeps
/// one from opening keeps no deployment from being known, so each event opens its own by another job.
pub fn take_deployments(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let Deployments { events, .. } = serde_json::from_slice(&job.payload)?;
    let are_apart = job.attempts > ATTEMPTS_TOGETHER;
    let kind = if are_apart {
        TAKE_EVENT
    } else {
        OPEN_INCIDENTS
    };
    for event in &events {
        if !are_apart {
            take_deployment(ctx, event)?;
        }
        ctx.leave_job(&event.account, kind, &event.id, event)?;
    }
    Ok(())
}

fn take_deployment(ctx: &mut Ctx<'_, '_>, event: &Event) -> Result<(), Failure> {
    // Who accepted the event has refused what is malformed.
    let Ok(Some(told)) = event.deployment() else {
        return Ok(());
    };
    let deployment = deployment(ctx, told)?;
    take(ctx, &deployment)
}

fn deployment(ctx: &mut Ctx<'_, '_>, told: Told) -> Result<DeploymentEvent, Failure> {
    let begins = told.begins();
    let (kind, name, deployment_id) = match told.kind {
        deployment::Kind::CodeDeploy => (
            Kind::CodeDeploy,
            format!("codedeploy/{}/{}", told.resource, as_part(&told.id)),
            told.id,
        ),
        deployment::Kind::CloudFormation => {
            (Kind::CloudFormation, stack_name(ctx, &told)?, String::new())
        }
    };
    Ok(DeploymentEvent {
        name,
        kind,
        resource: told.resource,
        deployment_id,
        resources: told.resources,
        status: told.status,
        ended: told.ended,
        begins,
        at_ms: told.at_ms,
        is_dated: told.is_dated,
        url: told.url,
    })
}

/// An id as the last part of a name that slashes join.
fn as_part(id: &str) -> String {
    id.replace('%', "%25").replace('/', "%2F")
}

/// The name of a stack's update. With a request token each update has its own.
fn stack_name(ctx: &mut Ctx<'_, '_>, told: &Told) -> Result<String, Failure> {
    match told.id.is_empty() {
        true => stack_update::of_event(ctx, told),
        false => Ok(format!(
            "cloudformation/{}/{}",
            told.resource,
            as_part(&told.id)
        )),
    }
}
