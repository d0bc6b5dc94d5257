//! UpdateActionTarget: changes what is given of an action target.

use balefire_api::generated::securityhub::{UpdateActionTargetRequest, UpdateActionTargetResponse};
use serde_json::json;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

pub fn update_action_target(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateActionTargetRequest,
) -> Result<UpdateActionTargetResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let mut target = super::named(ctx, &input.action_target_arn)?;
    let before = target.record.clone();
    if let Some(name) = input.name {
        target.name = name;
    }
    if let Some(description) = input.description {
        target.description = description;
    }
    target.check()?;
    if target.record != before {
        ctx.tx.replace(&mut target)?;
        let body = json!({"name": target.name});
        ctx.changed("action_target.updated", &input.action_target_arn, &body)?;
    }
    Ok(UpdateActionTargetResponse {})
}
