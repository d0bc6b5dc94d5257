//! DeleteResourcePolicy: what it allowed ends with it.

use balefire_api::generated::ssm_incidents::{
    DeleteResourcePolicyInput, DeleteResourcePolicyOutput,
};

use super::ResourcePolicyRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::response_plan::ResponsePlan;

pub fn delete_resource_policy(
    ctx: &mut Ctx<'_, '_>,
    input: DeleteResourcePolicyInput,
) -> Result<DeleteResourcePolicyOutput, Failure> {
    let plan = ResponsePlan::by_arn(ctx, "/resourceArn", &input.resource_arn, None)?;
    let key = [
        (&plan.account).into(),
        (&plan.name).into(),
        (&input.policy_id).into(),
    ];
    if !ctx.tx.delete::<ResourcePolicyRow>(&key)? {
        return Err(Failure::not_found("RESOURCE_POLICY", input.policy_id));
    }
    ctx.tx.execute(
        "DELETE FROM plan_share WHERE account = $1 AND plan = $2 AND policy = $3",
        &key,
    )?;
    let policy = serde_json::json!({"policyId": input.policy_id});
    ctx.changed("resource_policy.deleted", &input.resource_arn, &policy)?;
    Ok(DeleteResourcePolicyOutput {})
}
