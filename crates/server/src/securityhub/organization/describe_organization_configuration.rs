//! DescribeOrganizationConfiguration: what happens to accounts that join the organization.

use balefire_api::generated::securityhub::{
    AutoEnableStandards, DescribeOrganizationConfigurationRequest,
    DescribeOrganizationConfigurationResponse, OrganizationConfiguration,
    OrganizationConfigurationConfigurationType as Kind, OrganizationConfigurationStatus as Status,
};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::administration::must_manage;
use crate::securityhub::hub_v1;

/// Each account turns its own hubs on, there are no standards, and there may be any number of members.
pub fn describe_organization_configuration(
    ctx: &mut Ctx<'_, '_>,
    _: DescribeOrganizationConfigurationRequest,
) -> Result<DescribeOrganizationConfigurationResponse, Failure> {
    must_manage(ctx)?;
    hub_v1::require_on(ctx)?;
    Ok(DescribeOrganizationConfigurationResponse {
        auto_enable: Some(false),
        auto_enable_standards: Some(AutoEnableStandards::None),
        member_account_limit_reached: Some(false),
        organization_configuration: Some(OrganizationConfiguration {
            configuration_type: Some(Kind::Local),
            status: Some(Status::Enabled),
            status_message: None,
        }),
    })
}
