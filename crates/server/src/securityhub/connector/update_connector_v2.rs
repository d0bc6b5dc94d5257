//! UpdateConnectorV2: what is absent stays; the system is asked again at once.

use balefire_api::generated::securityhub::{UpdateConnectorV2Request, UpdateConnectorV2Response};
use serde_json::json;

use super::{SET_UP, by_id, health, provider};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::administration::must_administer;
use crate::securityhub::hub;

pub fn update_connector_v2(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateConnectorV2Request,
) -> Result<UpdateConnectorV2Response, Failure> {
    hub::require_on(ctx)?;
    must_administer(ctx, SET_UP)?;
    let mut row = by_id(ctx, &input.connector_id)?;
    let before = row.described()?;
    let mut after = before.clone();
    if input.description.is_some() {
        after.description = input.description;
    }
    if let Some(given) = input.provider {
        provider::updated(&mut after.provider_detail, given)?;
    }
    let status = after.health.connector_status;
    if after != before {
        after.last_updated_at = ctx.now;
        row.describe(after);
        ctx.changed("connector.updated", &row.arn(), &json!({}))?;
    }
    health::check_now(ctx, &mut row)?;
    ctx.tx.replace(&mut row)?;
    Ok(UpdateConnectorV2Response {
        connector_status: Some(status),
        enablement_status: None,
    })
}
