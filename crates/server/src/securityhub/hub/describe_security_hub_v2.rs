//! DescribeSecurityHubV2: the hub of the request's region, since when it is on, and its features.

use std::collections::BTreeMap;

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::{
    DescribeSecurityHubV2Request, DescribeSecurityHubV2Response, FeatureDetail, FeatureName,
    FeatureStatus,
};

use crate::context::Ctx;
use crate::failure::Failure;

/// A hub that is off is not found. No feature can be turned on yet, so all are off since the start.
pub fn describe_security_hub_v2(
    ctx: &mut Ctx<'_, '_>,
    _: DescribeSecurityHubV2Request,
) -> Result<DescribeSecurityHubV2Response, Failure> {
    let hub = super::own(ctx)?
        .ok_or_else(|| Failure::not_found(super::KIND, format!("in {}", ctx.region)))?;
    let subscribed = Timestamp(hub.subscribed_ms);
    let off = FeatureDetail {
        feature_status: Some(FeatureStatus::Disabled),
        updated_at: Some(subscribed),
    };
    let features = BTreeMap::from([(FeatureName::NetworkScanning.as_str().to_owned(), off)]);
    Ok(DescribeSecurityHubV2Response {
        features: Some(features),
        hub_v2_arn: Some(hub.arn()),
        subscribed_at: Some(subscribed.date_time()),
    })
}
