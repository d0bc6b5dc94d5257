//! DeleteInsight: forgets an insight.

use balefire_api::generated::securityhub::{DeleteInsightRequest, DeleteInsightResponse};
use balefire_store::Record;
use serde_json::json;

use super::Insight;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

pub fn delete_insight(
    ctx: &mut Ctx<'_, '_>,
    input: DeleteInsightRequest,
) -> Result<DeleteInsightResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let insight = super::named(ctx, &input.insight_arn)?;
    ctx.tx.delete::<Insight>(&insight.record.key())?;
    ctx.changed("insight.deleted", &input.insight_arn, &json!({}))?;
    Ok(DeleteInsightResponse {
        insight_arn: input.insight_arn,
    })
}
