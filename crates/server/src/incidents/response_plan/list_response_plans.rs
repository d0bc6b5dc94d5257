//! ListResponsePlans: the caller's own by name, then those that others share with it, by account and name.

use balefire_api::generated::ssm_incidents::{
    ListResponsePlansInput, ListResponsePlansOutput, ResponsePlanSummary,
};
use balefire_store::{Page, Value};

use super::ResponsePlan;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::replication_set::must_be_settled;
use crate::incidents::resource_policy::shared_plans;

const PLANS_PER_PAGE: usize = 100;

pub fn list_response_plans(
    ctx: &mut Ctx<'_, '_>,
    _input: ListResponsePlansInput,
) -> Result<ListResponsePlansOutput, Failure> {
    let limit = ctx.page.limit(PLANS_PER_PAGE, PLANS_PER_PAGE);
    must_be_settled(ctx, &ctx.caller.account)?;
    // A key of one value is of an own plan, one of two of a shared plan.
    let mut rows = match ctx.page.after.as_deref() {
        Some([Value::Text(account), Value::Text(name)]) => {
            let after = (account.clone(), name.clone());
            shared(ctx, (&after.0, &after.1), limit + 1)?
        }
        after => {
            let mut rows = own(ctx, after.map(<[Value]>::to_vec), limit + 1)?;
            let left = limit + 1 - rows.len();
            rows.extend(shared(ctx, ("", ""), left)?);
            rows
        }
    };
    let account = ctx.account();
    let next_token = ctx.page.cut(&mut rows, limit, |row| {
        if row.account == account {
            vec![(&row.name).into()]
        } else {
            vec![(&row.account).into(), (&row.name).into()]
        }
    });
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

fn own(
    ctx: &mut Ctx<'_, '_>,
    after: Option<Vec<Value>>,
    limit: usize,
) -> Result<Vec<ResponsePlan>, Failure> {
    let rows = ctx.tx.page::<ResponsePlan>(&Page {
        equal: &[("account", ctx.caller.account.as_str().into())],
        order: &["name"],
        descending: false,
        after,
        limit,
    })?;
    Ok(rows.into_iter().map(|row| row.record).collect())
}

fn shared(
    ctx: &mut Ctx<'_, '_>,
    after: (&str, &str),
    limit: usize,
) -> Result<Vec<ResponsePlan>, Failure> {
    let mut plans = Vec::new();
    for (account, name) in shared_plans(ctx, after, limit)? {
        // That the owner's replication set is on the move is no reason to refuse the caller's list.
        let key = [account.into(), name.into()];
        plans.extend(ctx.tx.get(&key)?.map(|row| row.record));
    }
    Ok(plans)
}
