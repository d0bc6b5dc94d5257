//! EnableSecurityHubV2: turns the hub on; one that is on stays so, and gets the tags.

use balefire_api::generated::securityhub::{
    EnableSecurityHubV2Request, EnableSecurityHubV2Response,
};
use serde_json::json;

use super::Hub;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::tags::too_many;
use crate::tags;

/// Gives the hub's ARN. The model has no error for a hub that is on, so a repeated call is to lead where the
/// first would have: its tags are added, as TagResource adds them.
pub fn enable_security_hub_v2(
    ctx: &mut Ctx<'_, '_>,
    input: EnableSecurityHubV2Request,
) -> Result<EnableSecurityHubV2Response, Failure> {
    let tags = input.tags.unwrap_or_default();
    if let Some(hub) = super::own(ctx)? {
        tags::tag(ctx, &hub.arn(), &tags, too_many)?;
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
    tags::put(ctx.tx, &hub.account, &arn, &tags)?;
    ctx.changed("hub.enabled", &arn, &json!({"tags": tags}))?;
    Ok(response(&hub))
}

fn response(hub: &Hub) -> EnableSecurityHubV2Response {
    EnableSecurityHubV2Response {
        hub_v2_arn: Some(hub.arn()),
    }
}
