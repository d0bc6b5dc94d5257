//! DeleteActionTarget: forgets an action target.

use balefire_api::generated::securityhub::{DeleteActionTargetRequest, DeleteActionTargetResponse};
use balefire_store::Record;
use serde_json::json;

use super::ActionTarget;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

pub fn delete_action_target(
    ctx: &mut Ctx<'_, '_>,
    input: DeleteActionTargetRequest,
) -> Result<DeleteActionTargetResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let target = super::named(ctx, &input.action_target_arn)?;
    ctx.tx.delete::<ActionTarget>(&target.record.key())?;
    ctx.changed(
        "action_target.deleted",
        &input.action_target_arn,
        &json!({}),
    )?;
    Ok(DeleteActionTargetResponse {
        action_target_arn: input.action_target_arn,
    })
}
