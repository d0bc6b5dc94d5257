//! GetConnectorV2: the caller's own, with how its system was found last.

use balefire_api::generated::securityhub::{GetConnectorV2Request, GetConnectorV2Response};

use super::by_id;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

pub fn get_connector_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetConnectorV2Request,
) -> Result<GetConnectorV2Response, Failure> {
    hub::require_on(ctx)?;
    by_id(ctx, &input.connector_id)?.described()
}
