//! CreateInsight: keeps filters and what their findings are grouped by.

use balefire_api::generated::securityhub::{CreateInsightRequest, CreateInsightResponse};
use serde_json::json;

use super::{Insight, KIND};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

const INSIGHTS_MAX: i64 = 100;
const NAME_CHARS_MAX: usize = 128;
const COUNT: &str = "SELECT COUNT(*) FROM insight WHERE account = $1 AND region = $2";

pub fn create_insight(
    ctx: &mut Ctx<'_, '_>,
    input: CreateInsightRequest,
) -> Result<CreateInsightResponse, Failure> {
    hub_v1::require_on(ctx)?;
    check_name(&input.name)?;
    let insight = Insight {
        account: ctx.account().into(),
        region: ctx.region.into(),
        id: ctx.new_id(),
        filters: super::written(input.filters, ctx.now)?,
        group_by: super::group(&input.group_by_attribute)?.name.into(),
        name: input.name,
    };
    let rows = ctx
        .tx
        .query(COUNT, &[ctx.account().into(), ctx.region.into()])?;
    if rows.first().map_or(Ok(0), |row| row.int(0))? >= INSIGHTS_MAX {
        return Err(Failure::Limit {
            kind: KIND,
            id: insight.name,
            quota: "custom-insights",
            message: format!("An account has at most {INSIGHTS_MAX} insights in a region."),
        });
    }
    ctx.tx.insert(&insight)?;
    let arn = insight.arn();
    ctx.changed("insight.created", &arn, &json!({"name": insight.name}))?;
    Ok(CreateInsightResponse { insight_arn: arn })
}

pub(super) fn check_name(name: &str) -> Result<(), Failure> {
    match name.chars().count() > NAME_CHARS_MAX || name.contains('\0') {
        true => Err(Failure::invalid(
            "/Name",
            format!("Member must have at most {NAME_CHARS_MAX} characters, none of them NUL"),
        )),
        false => Ok(()),
    }
}
