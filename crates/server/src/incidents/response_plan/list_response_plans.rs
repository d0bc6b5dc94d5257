//! ListResponsePlans: by name.

use balefire_api::generated::ssm_incidents::{
    ListResponsePlansInput, ListResponsePlansOutput, ResponsePlanSummary,
};
use balefire_store::Page;

use super::ResponsePlan;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::replication_set::must_be_settled;

const PLANS_PER_PAGE: usize = 100;

pub fn list_response_plans(
    ctx: &mut Ctx<'_, '_>,
    _input: ListResponsePlansInput,
) -> Result<ListResponsePlansOutput, Failure> {
    let limit = ctx.page.limit(PLANS_PER_PAGE, PLANS_PER_PAGE);
    must_be_settled(ctx, &ctx.caller.account)?;
    let mut rows = ctx.tx.page::<ResponsePlan>(&Page {
        equal: &[("account", ctx.caller.account.as_str().into())],
        order: &["name"],
        descending: false,
        after: ctx.page.after.clone(),
        limit: limit + 1,
    })?;
    let next_token = ctx
        .page
        .cut(&mut rows, limit, |row| vec![(&row.name).into()]);
    let summaries = rows.iter().map(|row| {
        let plan = row.plan()?;
        Ok(ResponsePlanSummary {
            arn: plan.arn,
            display_name: plan.display_name,
            name: plan.name,
        })
    });
    let response_plan_summaries = summaries.collect::<Result<_, Failure>>()?;
    Ok(ListResponsePlansOutput {
        next_token,
        response_plan_summaries,
    })
}
