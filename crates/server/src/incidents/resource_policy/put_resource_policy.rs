//! PutResourcePolicy: shares a plan and its incidents with other accounts.

use balefire_api::generated::ssm_incidents::{PutResourcePolicyInput, PutResourcePolicyOutput};

use super::share::PlanShare;
use super::{ResourcePolicyRow, document};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::response_plan::ResponsePlan;

/// The same document again is the same policy; another one is one more.
pub fn put_resource_policy(
    ctx: &mut Ctx<'_, '_>,
    input: PutResourcePolicyInput,
) -> Result<PutResourcePolicyOutput, Failure> {
    let plan = ResponsePlan::by_arn(ctx, "/resourceArn", &input.resource_arn, None)?.record;
    let mut grants = document::read(&input.policy, &plan.account, &plan.name)?;
    // The owner may do everything, and its own plan is not one that is shared with it.
    grants.remove(&plan.account);
    let known = ctx.tx.query(
        "SELECT id FROM resource_policy WHERE account = $1 AND plan = $2 AND document = $3",
        &[
            (&plan.account).into(),
            (&plan.name).into(),
            (&input.policy).into(),
        ],
    )?;
    if let Some(row) = known.first() {
        let policy_id = row.text(0)?.to_owned();
        return Ok(PutResourcePolicyOutput { policy_id });
    }
    let policy_id = ctx.new_id().replace('-', "");
    ctx.tx.insert(&ResourcePolicyRow {
        account: plan.account.clone(),
        plan: plan.name.clone(),
        id: policy_id.clone(),
        document: input.policy,
        region: ctx.region.to_owned(),
    })?;
    for (consumer, actions) in grants {
        ctx.tx.insert(&PlanShare {
            consumer,
            account: plan.account.clone(),
            plan: plan.name.clone(),
            policy: policy_id.clone(),
            actions: actions.into_iter().collect(),
        })?;
    }
    let policy = serde_json::json!({"policyId": policy_id});
    ctx.changed("resource_policy.put", &input.resource_arn, &policy)?;
    Ok(PutResourcePolicyOutput { policy_id })
}
