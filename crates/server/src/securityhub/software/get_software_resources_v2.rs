//! GetSoftwareResourcesV2: the resources that have a package.

use std::collections::BTreeMap;

use balefire_api::generated::securityhub::{
    GetSoftwareResourcesV2Request, GetSoftwareResourcesV2Response,
};

use super::installed::Resource;
use super::listing::{Order, page};
use super::rows::{self, Which};
use crate::context::Ctx;
use crate::failure::Failure;

const CRITERIA_MAX: usize = 1;
/// What the list can be sorted by.
const FIELDS: [&str; 9] = [
    "AccountId",
    "Region",
    "ResourceId",
    "ResourceType",
    "ResourceRegion",
    "ResourceProvider",
    "ResourceOwnerAccountId",
    "ResourceOwnerOrgId",
    "ResourceCloudPartition",
];
/// What tells one resource from another.
const IDENTITY: [&str; 3] = ["AccountId", "Region", "ResourceId"];

/// Shows the administrator resources of all accounts, and others their own; each once, however many
/// versions of the package it has. Of a package that nobody knows there are none.
pub fn get_software_resources_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetSoftwareResourcesV2Request,
) -> Result<GetSoftwareResourcesV2Response, Failure> {
    super::may_ask(ctx, input.scopes)?;
    let filters = super::filters(input.filters.as_ref(), "/Filters")?;
    let criteria = input.sort_criteria.unwrap_or_default();
    let order = Order::compile(&criteria, CRITERIA_MAX, &FIELDS, &IDENTITY)?;
    let which = Which::Package(&input.package_name, &input.package_type);
    let version = input.package_version.as_deref();
    let mut resources: BTreeMap<(String, String, String), Resource> = BTreeMap::new();
    rows::each(ctx.tx, ctx.caller.visible(), which, |installed| {
        let is_version = version.is_none_or(|version| version == installed.package.version);
        if is_version && super::is_asked_for(filters.as_ref(), &installed) {
            let Resource {
                account,
                region,
                id,
                ..
            } = &installed.resource;
            let identity = (account.clone(), region.clone(), id.clone());
            resources.entry(identity).or_insert(installed.resource);
        }
    })?;
    let (resources, next_token) = page(ctx, resources.into_values(), &order)?;
    Ok(GetSoftwareResourcesV2Response {
        software_resources: resources.into_iter().map(Resource::result).collect(),
        next_token,
    })
}
