//! DisableSecurityHub: turns the hub off; findings and insights stay for when it is turned on again.

use balefire_api::generated::securityhub::{DisableSecurityHubRequest, DisableSecurityHubResponse};
use balefire_store::Record;
use serde_json::json;

use super::HubV1;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::tags;

pub fn disable_security_hub(
    ctx: &mut Ctx<'_, '_>,
    _: DisableSecurityHubRequest,
) -> Result<DisableSecurityHubResponse, Failure> {
    let hub = super::require_on(ctx)?.record;
    let arn = hub.arn();
    ctx.tx.delete::<HubV1>(&hub.key())?;
    tags::clear(ctx.tx, &hub.account, &arn)?;
    ctx.changed("hub_v1.disabled", &arn, &json!({}))?;
    Ok(DisableSecurityHubResponse {})
}
