//! EnableSecurityHubV2: turns the hub on; a hub that is on stays as it is.

use balefire_api::generated::securityhub::{
    EnableSecurityHubV2Request, EnableSecurityHubV2Response,
};
use serde_json::json;

use super::Hub;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::tags;

/// Gives the hub's ARN. Tags of a repeated call are not looked at: tags have calls of their own.
pub fn enable_security_hub_v2(
    ctx: &mut Ctx<'_, '_>,
    input: EnableSecurityHubV2Request,
) -> Result<EnableSecurityHubV2Response, Failure> {
    if let Some(hub) = super::own(ctx)? {
        return Ok(response(&hub));
    }
    let hub = Hub {
        account: ctx.account().into(),
        region: ctx.region.into(),
        id: ctx.new_id(),
        subscribed_ms: ctx.now.0,
    };
    ctx.tx.insert(&hub)?;
    let arn = hub.arn();
    let tags = input.tags.unwrap_or_default();
    tags::put(ctx.tx, &hub.account, &arn, &tags)?;
    ctx.changed("hub.enabled", &arn, &json!({"tags": tags}))?;
    Ok(response(&hub))
}

fn response(hub: &Hub) -> EnableSecurityHubV2Response {
    EnableSecurityHubV2Response {
        hub_v2_arn: Some(hub.arn()),
    }
}
