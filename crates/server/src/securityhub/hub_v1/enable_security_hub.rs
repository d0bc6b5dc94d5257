//! EnableSecurityHub: turns the hub on, once.

use balefire_api::generated::securityhub::{
    ControlFindingGenerator, EnableSecurityHubRequest, EnableSecurityHubResponse,
};
use serde_json::json;

use super::{HubV1, KIND};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::tags;

/// There are no standards here, so whether they are wanted changes nothing.
pub fn enable_security_hub(
    ctx: &mut Ctx<'_, '_>,
    input: EnableSecurityHubRequest,
) -> Result<EnableSecurityHubResponse, Failure> {
    if let Some(hub) = super::own(ctx)? {
        let message = format!(
            "Account {} is already subscribed to Security Hub in {}.",
            hub.account, hub.region
        );
        return Err(Failure::conflict(KIND, hub.arn(), message));
    }
    let generator = input
        .control_finding_generator
        .unwrap_or(ControlFindingGenerator::SecurityControl);
    let hub = HubV1 {
        account: ctx.account().into(),
        region: ctx.region.into(),
        subscribed_ms: ctx.now.0,
        auto_enable_controls: true,
        control_finding_generator: generator.as_str().into(),
    };
    ctx.tx.insert(&hub)?;
    let arn = hub.arn();
    let tags = input.tags.unwrap_or_default();
    tags::put(ctx.tx, &hub.account, &arn, &tags)?;
    ctx.changed("hub_v1.enabled", &arn, &json!({"tags": tags}))?;
    Ok(EnableSecurityHubResponse {})
}
