//! GetResponsePlan.

use balefire_api::generated::ssm_incidents::{GetResponsePlanInput, GetResponsePlanOutput};

use super::ResponsePlan;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::resource_policy::SharedAction;

pub fn get_response_plan(
    ctx: &mut Ctx<'_, '_>,
    input: GetResponsePlanInput,
) -> Result<GetResponsePlanOutput, Failure> {
    let row = ResponsePlan::by_arn(ctx, "/arn", &input.arn, Some(SharedAction::GetResponsePlan))?;
    let mut plan = row.plan()?;
    if row.account != ctx.account() {
        // Tags are shown to their owner alone, and these are the tags of incidents to come.
        plan.incident_template.incident_tags = None;
    }
    Ok(plan)
}
