//! DescribeActionTargets: the action targets with given ARNs, or all of the caller's.

use balefire_api::generated::securityhub::{
    DescribeActionTargetsRequest, DescribeActionTargetsResponse,
};
use balefire_store::{Kept, Page};

use super::ActionTarget;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

const PAGE_MAX: usize = 100;

pub fn describe_action_targets(
    ctx: &mut Ctx<'_, '_>,
    input: DescribeActionTargetsRequest,
) -> Result<DescribeActionTargetsResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let arns = input.action_target_arns.unwrap_or_default();
    if arns.len() > PAGE_MAX {
        let rule = format!("Member must have at most {PAGE_MAX} elements");
        return Err(Failure::invalid("/ActionTargetArns", rule));
    }
    if !arns.is_empty() {
        let named = arns.iter().map(|arn| Ok(super::named(ctx, arn)?.shown()));
        return Ok(DescribeActionTargetsResponse {
            action_targets: named.collect::<Result<_, Failure>>()?,
            next_token: None,
        });
    }
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let mut rows: Vec<Kept<ActionTarget>> = ctx.tx.page(&Page {
        equal: &[
            ("account", ctx.caller.account.as_str().into()),
            ("region", ctx.region.into()),
        ],
        order: &["id"],
        descending: false,
        after: ctx.page.after.clone(),
        limit: limit + 1,
    })?;
    let next_token = ctx.page.cut(&mut rows, limit, |row| vec![(&row.id).into()]);
    Ok(DescribeActionTargetsResponse {
        action_targets: rows.iter().map(|row| row.shown()).collect(),
        next_token,
    })
}
