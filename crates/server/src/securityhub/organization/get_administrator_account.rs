//! GetAdministratorAccount: who administers the organization that the caller is a member of.

use balefire_api::generated::securityhub::{
    GetAdministratorAccountRequest, GetAdministratorAccountResponse,
};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

/// The administrator itself is told of nobody.
pub fn get_administrator_account(
    ctx: &mut Ctx<'_, '_>,
    _: GetAdministratorAccountRequest,
) -> Result<GetAdministratorAccountResponse, Failure> {
    hub_v1::require_on(ctx)?;
    Ok(GetAdministratorAccountResponse {
        administrator: super::administrator_of(ctx)?,
    })
}
