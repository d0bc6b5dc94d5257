//! The job of an accepted event: brings it to the rooms it concerns.

use balefire_store::Job;

use super::open_incidents::open_incidents;
use crate::context::Ctx;
use crate::events::Event;
use crate::events::deployment::{self, Told};
use crate::failure::Failure;
use crate::incidents::finding::{DeploymentEvent, Kind, take};

/// How long after its end an update may still be told of.
const CLEAN_UP_MAX_MS: i64 = 24 * 60 * 60 * 1000;

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
        deployment::Kind::CloudFormation => (
            Kind::CloudFormation,
            stack_update(ctx, &told)?,
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
        is_dated: told.is_dated,
        url: told.url,
    })
}

/// An id as the last part of a name that slashes join.
fn as_part(id: &str) -> String {
    id.replace('%', "%25").replace('/', "%2F")
}

/// The name of a stack's update. With a request token each update has its own. Without one, an event belongs
/// to the stack's update that has not ended, or begins the next; one that tells an end never begins another,
/// since the end of a clean-up comes after that of its update, and events come twice.
fn stack_update(ctx: &mut Ctx<'_, '_>, told: &Told) -> Result<String, Failure> {
    let stack_arn = &told.resource;
    if !told.id.is_empty() {
        return Ok(format!("cloudformation/{stack_arn}/{}", as_part(&told.id)));
    }
    let account = ctx.caller.account.clone();
    let mut rows = ctx.tx.query(
        "SELECT name FROM deployment WHERE account = $1 AND resource = $2 AND ended_ms IS NULL \
         ORDER BY started_ms DESC LIMIT 1",
        &[(&account).into(), stack_arn.into()],
    )?;
    if rows.is_empty() && told.ended {
        // `0` comes after `/`, so these are all names of the stack's updates.
        rows = ctx.tx.query(
            "SELECT name FROM deployment WHERE account = $1 AND name > $2 AND name < $3 \
             AND ended_ms >= $4 ORDER BY ended_ms DESC LIMIT 1",
            &[
                (&account).into(),
                format!("cloudformation/{stack_arn}/").into(),
                format!("cloudformation/{stack_arn}0").into(),
                told.at_ms.saturating_sub(CLEAN_UP_MAX_MS).into(),
            ],
        )?;
    }
    match rows.first() {
        Some(row) => Ok(row.text(0)?.to_owned()),
        None => Ok(format!("cloudformation/{stack_arn}/{}", ctx.new_id())),
    }
}
