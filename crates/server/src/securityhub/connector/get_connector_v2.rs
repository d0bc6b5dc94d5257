//! GetConnectorV2: the caller's own, with how its system was found last, and what rules missed of it.

use balefire_api::generated::securityhub::{GetConnectorV2Request, GetConnectorV2Response};

use super::{by_id, miss};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

pub fn get_connector_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetConnectorV2Request,
) -> Result<GetConnectorV2Response, Failure> {
    hub::require_on(ctx)?;
    let connector = by_id(ctx, &input.connector_id)?;
    let mut described = connector.described()?;
    if let Some(missed) = miss::told(ctx, &connector)? {
        let health = described.health.message.into_iter();
        let said: Vec<String> = health.chain([missed]).collect();
        described.health.message = Some(said.join(" "));
    }
    Ok(described)
}
