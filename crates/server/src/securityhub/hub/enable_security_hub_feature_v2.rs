//! EnableSecurityHubFeatureV2: turns a feature of the hub on; one that is on stays as it is.

use balefire_api::generated::securityhub::{
    EnableSecurityHubFeatureV2Request, EnableSecurityHubFeatureV2Response,
};

use super::feature;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn enable_security_hub_feature_v2(
    ctx: &mut Ctx<'_, '_>,
    input: EnableSecurityHubFeatureV2Request,
) -> Result<EnableSecurityHubFeatureV2Response, Failure> {
    feature::set(ctx, input.feature_name, true)?;
    Ok(EnableSecurityHubFeatureV2Response {})
}
