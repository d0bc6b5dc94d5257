//! The jobs of accepted events: they bring them to the rooms they concern.

#[cfg(test)]
mod tests;

use balefire_store::Job;

use super::open_incidents::open_incidents;
use super::stack_update;
use crate::context::Ctx;
use crate::events::deployment::{self, Told};
use crate::events::{Deployments, Event, OPEN_INCIDENTS, TAKE_EVENT};
use crate::failure::Failure;
use crate::incidents::finding::{DeploymentEvent, Kind, take};

/// After so many attempts to take in events together, which are minutes, each is taken in by itself: one that
/// cannot be must not lose the others.
const ATTEMPTS_TOGETHER: i64 = 8;

pub fn take_event(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let event: Event = serde_json::from_slice(&job.payload)?;
    take_deployment(ctx, &event)?;
    open_incidents(ctx, &event)
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

pub fn open_event_incidents(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let event: Event = serde_json::from_slice(&job.payload)?;
    open_incidents(ctx, &event)
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
