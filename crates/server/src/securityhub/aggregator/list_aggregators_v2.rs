//! ListAggregatorsV2: the one that the account has, or none.

use balefire_api::generated::securityhub::{
    AggregatorV2, ListAggregatorsV2Request, ListAggregatorsV2Response,
};

use super::own;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

/// There is never a second page.
pub fn list_aggregators_v2(
    ctx: &mut Ctx<'_, '_>,
    _: ListAggregatorsV2Request,
) -> Result<ListAggregatorsV2Response, Failure> {
    hub::require_on(ctx)?;
    let aggregators = own(ctx)?.into_iter().map(|aggregator| AggregatorV2 {
        aggregator_v2_arn: Some(aggregator.arn()),
    });
    Ok(ListAggregatorsV2Response {
        aggregators_v2: Some(aggregators.collect()),
        next_token: None,
    })
}
