//! The software inventory: the packages that findings name or scans found, and the resources that have them.

mod changes;
mod counting;
mod get_software_resources_v2;
mod get_software_statistics_v2;
mod get_software_v2;
mod installed;
mod lenient;
mod listing;
mod named;
mod package_type;
mod rows;
mod scanned;
#[cfg(test)]
mod tests;

pub use counting::{COUNT_SOFTWARE, count_on};
pub use get_software_resources_v2::get_software_resources_v2;
pub use get_software_statistics_v2::get_software_statistics_v2;
pub use get_software_v2::get_software_v2;
pub use scanned::{ScannedPackage, ScannedResource, take_scanned};

pub(super) use changes::Changes;
pub(super) use named::{Installations, named};

use balefire_api::generated::securityhub::{FindingScopes, SoftwareFilters, SoftwareScopes};

use super::finding::{self, Filters};
use super::hub;
use crate::context::Ctx;
use crate::failure::Failure;
use installed::Installed;

/// Whether the caller may ask, and for the part of the organization that it asks for.
fn may_ask(ctx: &mut Ctx<'_, '_>, scopes: Option<SoftwareScopes>) -> Result<(), Failure> {
    hub::require_on(ctx)?;
    let Some(SoftwareScopes { aws_organizations }) = scopes else {
        return Ok(());
    };
    finding::check_scopes(&FindingScopes { aws_organizations }, ctx.caller)
}

/// The filters at a place of an input, if there are any.
fn filters(filters: Option<&SoftwareFilters>, at: &str) -> Result<Option<Filters>, Failure> {
    let compiled = filters.map(|filters| Filters::of_software(filters, at));
    compiled.transpose()
}

fn is_asked_for(filters: Option<&Filters>, installed: &Installed) -> bool {
    filters.is_none_or(|filters| filters.matches(&installed.document()))
}
