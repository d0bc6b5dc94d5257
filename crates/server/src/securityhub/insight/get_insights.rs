//! GetInsights: the insights with given ARNs, or all that the caller has made.

use balefire_api::generated::securityhub::{GetInsightsRequest, GetInsightsResponse};
use balefire_store::{Kept, Page};

use super::Insight;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

const PAGE_MAX: usize = 100;

pub fn get_insights(
    ctx: &mut Ctx<'_, '_>,
    input: GetInsightsRequest,
) -> Result<GetInsightsResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let arns = input.insight_arns.unwrap_or_default();
    if arns.len() > PAGE_MAX {
        let rule = format!("Member must have at most {PAGE_MAX} elements");
        return Err(Failure::invalid("/InsightArns", rule));
    }
    if !arns.is_empty() {
        let named = arns.iter().map(|arn| super::named(ctx, arn)?.shown());
        return Ok(GetInsightsResponse {
            insights: named.collect::<Result<_, Failure>>()?,
            next_token: None,
        });
    }
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let mut rows: Vec<Kept<Insight>> = ctx.tx.page(&Page {
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
    let insights = rows.iter().map(|row| row.shown());
    Ok(GetInsightsResponse {
        insights: insights.collect::<Result<_, Failure>>()?,
        next_token,
    })
}
