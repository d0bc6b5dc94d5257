//! GetResourcePolicies: in the order in which they were put.

use balefire_api::generated::ssm_incidents::{
    GetResourcePoliciesInput, GetResourcePoliciesOutput, ResourcePolicy,
};
use balefire_store::Page;

use super::ResourcePolicyRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::response_plan::ResponsePlan;

const POLICIES_PER_PAGE: usize = 100;

pub fn get_resource_policies(
    ctx: &mut Ctx<'_, '_>,
    input: GetResourcePoliciesInput,
) -> Result<GetResourcePoliciesOutput, Failure> {
    let limit = ctx.page.limit(POLICIES_PER_PAGE, POLICIES_PER_PAGE);
    let plan = ResponsePlan::by_arn(ctx, "/resourceArn", &input.resource_arn, None)?;
    let mut rows = ctx.tx.page::<ResourcePolicyRow>(&Page {
        equal: &[
            ("account", (&plan.account).into()),
            ("plan", (&plan.name).into()),
        ],
        order: &["id"],
        descending: false,
        after: ctx.page.after.clone(),
        limit: limit + 1,
    })?;
    let next_token = ctx.page.cut(&mut rows, limit, |row| vec![(&row.id).into()]);
    let policies = rows.into_iter().map(|row| ResourcePolicy {
        policy_document: row.record.document,
        policy_id: row.record.id,
        ram_resource_share_region: row.record.region,
    });
    Ok(GetResourcePoliciesOutput {
        next_token,
        resource_policies: policies.collect(),
    })
}
