//! The job of an accepted event: brings it to the rooms it concerns.

use balefire_store::Job;

use super::open_incidents::open_incidents;
use super::stack_update;
use crate::context::Ctx;
use crate::events::Event;
use crate::events::deployment::{self, Told};
use crate::failure::Failure;
use crate::incidents::finding::{DeploymentEvent, Kind, take};

pub fn take_event(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let event: Event = serde_json::from_slice(&job.payload)?;
    // Who accepted the event has refused what is malformed.
    if let Ok(Some(told)) = event.deployment() {
        let deployment = deployment(ctx, told)?;
        take(ctx, &deployment)?;
    }
    open_incidents(ctx, &event)
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
