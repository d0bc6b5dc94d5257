//! UpdateInsight: changes what is given of an insight.

use balefire_api::generated::securityhub::{UpdateInsightRequest, UpdateInsightResponse};
use serde_json::json;

use super::create_insight::check_name;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

pub fn update_insight(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateInsightRequest,
) -> Result<UpdateInsightResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let mut insight = super::named(ctx, &input.insight_arn)?;
    let before = insight.record.clone();
    if let Some(name) = input.name {
        check_name(&name)?;
        insight.name = name;
    }
    if let Some(filters) = input.filters {
        insight.filters = super::written(filters, ctx.now)?;
    }
    if let Some(group_by) = input.group_by_attribute {
        insight.group_by = super::group(&group_by)?.name.into();
    }
    if insight.record != before {
        ctx.tx.replace(&mut insight)?;
        let body = json!({"name": insight.name});
        ctx.changed("insight.updated", &input.insight_arn, &body)?;
    }
    Ok(UpdateInsightResponse {})
}
