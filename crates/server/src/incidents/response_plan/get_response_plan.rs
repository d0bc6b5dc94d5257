//! GetResponsePlan.

use balefire_api::generated::ssm_incidents::{GetResponsePlanInput, GetResponsePlanOutput};

use super::ResponsePlan;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn get_response_plan(
    ctx: &mut Ctx<'_, '_>,
    input: GetResponsePlanInput,
) -> Result<GetResponsePlanOutput, Failure> {
    ResponsePlan::by_arn(ctx, "/arn", &input.arn)?.plan()
}
