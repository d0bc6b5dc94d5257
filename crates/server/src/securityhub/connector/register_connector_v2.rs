//! RegisterConnectorV2: no authorization can be finished, because none is begun here.

use balefire_api::generated::securityhub::{
    RegisterConnectorV2Request, RegisterConnectorV2Response,
};

use super::SET_UP;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::administration::must_administer;
use crate::securityhub::hub;

/// A state is known where an AuthUrl gave it, and no connector of this server has one: credentials of
/// ticket systems are the operator's. So every state is unknown, and the answer says what to do.
pub fn register_connector_v2(
    ctx: &mut Ctx<'_, '_>,
    _: RegisterConnectorV2Request,
) -> Result<RegisterConnectorV2Response, Failure> {
    hub::require_on(ctx)?;
    must_administer(ctx, SET_UP)?;
    let rule = "Member must be a state that an AuthUrl gave, and connectors of this server have no AuthUrl: \
                put the credentials into [connectors.NAME] of balefire.toml, start the server again, and \
                see by GetConnectorV2 whether they were taken";
    Err(Failure::invalid("/AuthState", rule))
}
