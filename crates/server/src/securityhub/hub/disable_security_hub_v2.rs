//! DisableSecurityHubV2: turns the hub and its features off; findings outlast it.

use balefire_api::generated::securityhub::{
    DisableSecurityHubV2Request, DisableSecurityHubV2Response,
};
use balefire_store::Record;
use serde_json::json;

use super::{Hub, feature};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::tags;

/// A hub that is off already is no error.
pub fn disable_security_hub_v2(
    ctx: &mut Ctx<'_, '_>,
    _: DisableSecurityHubV2Request,
) -> Result<DisableSecurityHubV2Response, Failure> {
    let Some(hub) = super::own(ctx)? else {
        return Ok(DisableSecurityHubV2Response {});
    };
    let arn = hub.arn();
    ctx.tx.delete::<Hub>(&hub.record.key())?;
    tags::clear(ctx.tx, &hub.account, &arn)?;
    feature::clear(ctx, &hub)?;
    ctx.changed("hub.disabled", &arn, &json!({}))?;
    Ok(DisableSecurityHubV2Response {})
}
