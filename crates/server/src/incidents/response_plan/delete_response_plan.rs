//! DeleteResponsePlan: incidents that were started with it stay.

use balefire_api::generated::ssm_incidents::{DeleteResponsePlanInput, DeleteResponsePlanOutput};

use super::name_in;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::replication_set::must_be_settled;
use crate::incidents::resource_policy;
use crate::incidents::response_plan::ResponsePlan;
use crate::tags;

/// Deleting what is not there succeeds: the model has no error for it.
pub fn delete_response_plan(
    ctx: &mut Ctx<'_, '_>,
    input: DeleteResponsePlanInput,
) -> Result<DeleteResponsePlanOutput, Failure> {
    let (account, name) = name_in("/arn", &input.arn)?;
    if resource_policy::may(ctx, account, name, None)? {
        must_be_settled(ctx, account)?;
        if ctx
            .tx
            .delete::<ResponsePlan>(&[account.into(), name.into()])?
        {
            tags::clear(ctx.tx, account, &input.arn)?;
            resource_policy::clear(ctx, account, name)?;
            ctx.changed("response_plan.deleted", &input.arn, &serde_json::json!({}))?;
        }
    }
    Ok(DeleteResponsePlanOutput {})
}
