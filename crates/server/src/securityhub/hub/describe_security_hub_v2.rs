//! DescribeSecurityHubV2: the hub of the request's region, since when it is on, and its features.

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::{
    DescribeSecurityHubV2Request, DescribeSecurityHubV2Response,
};

use super::feature;
use crate::context::Ctx;
use crate::failure::Failure;

/// A hub that is off is not found.
pub fn describe_security_hub_v2(
    ctx: &mut Ctx<'_, '_>,
    _: DescribeSecurityHubV2Request,
) -> Result<DescribeSecurityHubV2Response, Failure> {
    let hub = super::find(ctx)?;
    Ok(DescribeSecurityHubV2Response {
        features: Some(feature::all(ctx, &hub)?),
        hub_v2_arn: Some(hub.arn()),
        subscribed_at: Some(Timestamp(hub.subscribed_ms).date_time()),
    })
}
