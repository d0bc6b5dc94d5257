//! Inspector: which accounts scan, what was scanned, and the vulnerabilities that were found.

pub mod account;
pub mod finding;
#[cfg(test)]
pub mod fixture;
pub mod resource;
pub mod sbom;

use balefire_api::generated::inspector2::operations::{
    BatchGetAccountStatus, BatchGetFindingDetails, Disable, Enable, ListFindings,
};
use balefire_api::own::ScanResource;

use crate::handler::Handler;

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    vec![
        Handler::of::<BatchGetAccountStatus>(account::batch_get_account_status),
        Handler::of::<BatchGetFindingDetails>(finding::batch_get_finding_details),
        Handler::of::<Disable>(account::disable),
        Handler::of::<Enable>(account::enable),
        Handler::of::<ListFindings>(finding::list_findings).at_length(),
        Handler::of::<ScanResource>(resource::scan_resource),
    ]
}
