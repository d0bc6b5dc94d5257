//! CreateAggregatorV2: makes the region of the call the home of the account's data.

use balefire_api::generated::securityhub::{CreateAggregatorV2Request, CreateAggregatorV2Response};
use serde_json::json;

use super::{Aggregator, KIND, SET_UP, linking, own};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::administration::must_administer;
use crate::securityhub::hub;
use crate::tags;

/// An account has one aggregator, whatever the region.
pub fn create_aggregator_v2(
    ctx: &mut Ctx<'_, '_>,
    input: CreateAggregatorV2Request,
) -> Result<CreateAggregatorV2Response, Failure> {
    must_administer(ctx, SET_UP)?;
    hub::find(ctx)?;
    let mode = input.region_linking_mode;
    let linked = linking::checked(&mode, input.linked_regions, ctx.region)?;
    if let Some(there) = own(ctx)? {
        let message = format!(
            "An account has one aggregator, and this one has {}. Update or delete it.",
            there.arn()
        );
        return Err(Failure::conflict(KIND, there.arn(), message));
    }
    let aggregator = Aggregator::new(ctx, ctx.new_id(), mode, linked);
    ctx.tx.insert(&aggregator)?;
    let arn = aggregator.arn();
    let tags = input.tags.unwrap_or_default();
    tags::put(ctx.tx, &aggregator.account, &arn, &tags)?;
    ctx.changed("aggregator.created", &arn, &json!({}))?;
    let made = aggregator.described()?;
    Ok(CreateAggregatorV2Response {
        aggregation_region: made.aggregation_region,
        aggregator_v2_arn: made.aggregator_v2_arn,
        linked_regions: made.linked_regions,
        region_linking_mode: made.region_linking_mode,
    })
}
