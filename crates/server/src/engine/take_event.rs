//! The job of an accepted event: brings it to the rooms it concerns.

use balefire_store::Job;

use super::open_incidents::open_incidents;
use crate::context::Ctx;
use crate::events::Event;
use crate::events::deployment::Told;
use crate::failure::Failure;
use crate::incidents::finding::{DeploymentEvent, Kind, take};

pub fn take_event(ctx: &mut Ctx<'_, '_>, job: &Job) -> Result<(), Failure> {
    let event: Event = serde_json::from_slice(&job.payload)?;
    if let Some(told) = event.deployment() {
        let deployment = deployment(ctx, told, event.at_ms)?;
        take(ctx, &deployment)?;
    }
    open_incidents(ctx, &event)
}

fn deployment(ctx: &mut Ctx<'_, '_>, told: Told, at_ms: i64) -> Result<DeploymentEvent, Failure> {
    Ok(match told {
        Told::CodeDeploy {
            group_arn,
            deployment_id,
            ended,
        } => DeploymentEvent {
            name: format!("codedeploy/{deployment_id}"),
            kind: Kind::CodeDeploy,
            resource: group_arn,
            deployment_id,
            at_ms,
            ended,
        },
        Told::CloudFormation {
            stack_arn,
            token,
            ended,
        } => DeploymentEvent {
            name: stack_update(ctx, &stack_arn, &token)?,
            kind: Kind::CloudFormation,
            resource: stack_arn,
            deployment_id: String::new(),
            at_ms,
            ended,
        },
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
