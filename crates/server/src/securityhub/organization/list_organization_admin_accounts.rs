//! ListOrganizationAdminAccounts: the account that administers the organization.

use balefire_api::generated::securityhub::{
    AdminAccount, AdminStatus, ListOrganizationAdminAccountsRequest,
    ListOrganizationAdminAccountsResponse, SecurityHubFeature,
};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::administration::must_manage;

/// The organization's first account is its management account, and administers both versions. There is
/// never a second page.
pub fn list_organization_admin_accounts(
    ctx: &mut Ctx<'_, '_>,
    input: ListOrganizationAdminAccountsRequest,
) -> Result<ListOrganizationAdminAccountsResponse, Failure> {
    must_manage(ctx)?;
    let administrator = AdminAccount {
        account_id: Some(ctx.account().into()),
        status: Some(AdminStatus::Enabled),
    };
    Ok(ListOrganizationAdminAccountsResponse {
        admin_accounts: Some(vec![administrator]),
        feature: Some(input.feature.unwrap_or(SecurityHubFeature::SecurityHub)),
        next_token: None,
    })
}
