//! Findings as Security Hub's first version shows them: in ASFF, over the same store.
//!
//! The row of `finding` is the OCSF document that V2 shows, and `finding_edit` has what both versions let
//! customers set. Here is the rest: the ASFF document as the provider sent it, and the customers' fields that
//! only ASFF has.

mod batch_import_findings;
mod batch_update_findings;
mod completed;
mod customer;
mod get_finding_history;
mod get_findings;
mod history;
mod merge;
mod named;
mod original;
mod refusal;
mod sent;
mod shown;
mod stored;
#[cfg(test)]
pub(crate) mod tests;
mod wire;
mod workflow;

pub use batch_import_findings::batch_import_findings;
pub use batch_update_findings::{batch_update_findings, look_up};
pub use get_finding_history::get_finding_history;
pub use get_findings::get_findings;
pub(super) use original::Originals;
pub(in crate::securityhub) use original::customized;
pub(in crate::securityhub) use shown::show;

/// The most bytes of a finding.
const FINDING_BYTES_MAX: usize = 240 * 1024;
