//! GetMasterAccount: GetAdministratorAccount by its older name.

use balefire_api::generated::securityhub::{GetMasterAccountRequest, GetMasterAccountResponse};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

pub fn get_master_account(
    ctx: &mut Ctx<'_, '_>,
    _: GetMasterAccountRequest,
) -> Result<GetMasterAccountResponse, Failure> {
    hub_v1::require_on(ctx)?;
    Ok(GetMasterAccountResponse {
        master: super::administrator_of(ctx)?,
    })
}
