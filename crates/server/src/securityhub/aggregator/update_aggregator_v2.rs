//! UpdateAggregatorV2: another mode and list, in place of those before.

use balefire_api::generated::securityhub::{UpdateAggregatorV2Request, UpdateAggregatorV2Response};
use serde_json::json;

use super::{Aggregator, SET_UP, by_arn_at_home, linking};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::administration::must_administer;
use crate::securityhub::hub;

pub fn update_aggregator_v2(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateAggregatorV2Request,
) -> Result<UpdateAggregatorV2Response, Failure> {
    hub::require_on(ctx)?;
    must_administer(ctx, SET_UP)?;
    let mut row = by_arn_at_home(ctx, &input.aggregator_v2_arn)?;
    let before = row.described()?;
    let mode = input.region_linking_mode;
    let linked = linking::checked(&mode, input.linked_regions, ctx.region)?;
    row.record = Aggregator::new(ctx, row.id.clone(), mode, linked);
    let after = row.described()?;
    if after != before {
        ctx.tx.replace(&mut row)?;
        ctx.changed("aggregator.updated", &input.aggregator_v2_arn, &json!({}))?;
    }
    Ok(UpdateAggregatorV2Response {
        aggregation_region: after.aggregation_region,
        aggregator_v2_arn: after.aggregator_v2_arn,
        linked_regions: after.linked_regions,
        region_linking_mode: after.region_linking_mode,
    })
}
