//! DisableSecurityHubFeatureV2: turns a feature of the hub off; one that is off stays as it is.

use balefire_api::generated::securityhub::{
    DisableSecurityHubFeatureV2Request, DisableSecurityHubFeatureV2Response,
};

use super::feature;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn disable_security_hub_feature_v2(
    ctx: &mut Ctx<'_, '_>,
    input: DisableSecurityHubFeatureV2Request,
) -> Result<DisableSecurityHubFeatureV2Response, Failure> {
    feature::set(ctx, input.feature_name, false)?;
    Ok(DisableSecurityHubFeatureV2Response {})
}
