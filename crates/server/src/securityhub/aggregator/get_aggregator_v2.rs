//! GetAggregatorV2: the caller's own, from every region.

use balefire_api::generated::securityhub::{GetAggregatorV2Request, GetAggregatorV2Response};

use super::by_arn;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

pub fn get_aggregator_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetAggregatorV2Request,
) -> Result<GetAggregatorV2Response, Failure> {
    hub::require_on(ctx)?;
    by_arn(ctx, &input.aggregator_v2_arn)?.described()
}
