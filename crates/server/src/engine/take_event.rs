//! The job of an accepted event: brings it to the rooms it concerns.

use balefire_store::Job;

use super::open_incidents::open_incidents;
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
            format!("codedeploy/{}/{}", told.resource, told.id),
            told.id,
        ),
        deployment::Kind::CloudFormation => (
            Kind::CloudFormation,
            stack_update(ctx, &told.resource, &told.id)?,
            String::new(),
        ),
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
        url: told.url,
    })
}

/// The name of a stack's update. With a request token each update has its own; without one, an event
/// belongs to the stack's update that has not ended, or begins the next.
fn stack_update(ctx: &mut Ctx<'_, '_>, stack_arn: &str, token: &str) -> Result<String, Failure> {
    if !token.is_empty() {
        return Ok(format!("cloudformation/{stack_arn}/{token}"));
    }
    let rows = ctx.tx.query(
        "SELECT name FROM deployment WHERE account = $1 AND resource = $2 AND ended_ms IS NULL \
         ORDER BY started_ms DESC LIMIT 1",
        &[ctx.caller.account.as_str().into(), stack_arn.into()],
    )?;
    match rows.first() {
        Some(row) => Ok(row.text(0)?.to_owned()),
        None => Ok(format!("cloudformation/{stack_arn}/{}", ctx.new_id())),
    }
}
