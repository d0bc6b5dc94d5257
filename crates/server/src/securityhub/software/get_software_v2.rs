//! GetSoftwareV2: the packages that resources have, with how many have each.

use std::collections::HashMap;

use balefire_api::generated::securityhub::{
    GetSoftwareV2Request, GetSoftwareV2Response, SoftwareResult,
};

use super::installed::{Attributes, Package, known};
use super::listing::{Order, page};
use super::rows::{self, Which};
use crate::context::Ctx;
use crate::failure::Failure;

/// What the list can be sorted by, and what it is sorted by otherwise.
const FIELDS: [&str; 3] = ["PackageName", "PackageVersion", "PackageType"];

/// A package and its number of resources, of those that filters match.
struct Counted {
    package: Package,
    count: i32,
}

impl Attributes for Counted {
    fn value(&self, field: &str) -> &str {
        self.package.value(field)
    }
}

/// Shows the administrator the software of all accounts, and others their own. One name, version and type
/// is one package.
pub fn get_software_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetSoftwareV2Request,
) -> Result<GetSoftwareV2Response, Failure> {
    super::may_ask(ctx, input.scopes)?;
    let filters = super::filters(input.filters.as_ref(), "/Filters")?;
    let criteria = input.sort_criteria.unwrap_or_default();
    let order = Order::compile(&criteria, FIELDS.len(), &FIELDS, &FIELDS)?;
    let mut counts: HashMap<Package, i32> = HashMap::new();
    rows::each(ctx.tx, ctx.caller.visible(), Which::All, |installed| {
        if super::is_asked_for(filters.as_ref(), &installed) {
            *counts.entry(installed.package).or_default() += 1;
        }
    })?;
    let counted = counts.into_iter();
    let counted = counted.map(|(package, count)| Counted { package, count });
    let (software, next_token) = page(ctx, counted, &order)?;
    Ok(GetSoftwareV2Response {
        software: software.into_iter().map(result).collect(),
        next_token,
    })
}

fn result(Counted { package, count }: Counted) -> SoftwareResult {
    SoftwareResult {
        package_name: package.name,
        package_version: known(package.version),
        package_type: package.kind,
        resource_count: count,
    }
}
