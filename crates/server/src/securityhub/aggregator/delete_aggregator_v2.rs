//! DeleteAggregatorV2: what needs a home region stays, and works on.

use balefire_api::generated::securityhub::{DeleteAggregatorV2Request, DeleteAggregatorV2Response};
use balefire_store::Record;
use serde_json::json;

use super::{Aggregator, SET_UP, by_arn_at_home};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::administration::must_administer;
use crate::securityhub::hub;
use crate::tags;

pub fn delete_aggregator_v2(
    ctx: &mut Ctx<'_, '_>,
    input: DeleteAggregatorV2Request,
) -> Result<DeleteAggregatorV2Response, Failure> {
    hub::require_on(ctx)?;
    must_administer(ctx, SET_UP)?;
    let row = by_arn_at_home(ctx, &input.aggregator_v2_arn)?;
    ctx.tx.delete::<Aggregator>(&row.record.key())?;
    tags::clear(ctx.tx, &row.account, &input.aggregator_v2_arn)?;
    ctx.changed("aggregator.deleted", &input.aggregator_v2_arn, &json!({}))?;
    Ok(DeleteAggregatorV2Response {})
}
