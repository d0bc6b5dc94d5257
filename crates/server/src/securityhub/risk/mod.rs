//! Accepted risks: findings that are suppressed for a reason, until something ends that.

mod accept_risk;
mod list_risk_acceptances;
mod record;
mod reopening;
#[cfg(test)]
mod tests;
mod withdraw_risk_acceptance;

pub use accept_risk::accept_risk;
pub use list_risk_acceptances::list_risk_acceptances;
pub use reopening::{Facts, Review, conditional_after, due, reopen};
pub use withdraw_risk_acceptance::withdraw_risk_acceptance;

use serde::{Deserialize, Serialize};

/// The kind of the job that looks whether an acceptance is over.
pub const REVIEW_RISK: &str = "review_risk";
/// What an acceptance, and a finding, are called in errors.
const KIND: &str = "RISK_ACCEPTANCE";
const FINDING: &str = "FINDING";
/// OCSF's Suppressed.
const SUPPRESSED: i64 = 3;
const COMMENT_CHARS_MAX: usize = 512;

/// Which acceptance a job is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    pub account: String,
    pub uid: String,
    /// Of the acceptance; a later one of the same finding has another.
    pub id: String,
}

/// A comment that BatchUpdateFindingsV2 would take.
fn comment(text: &str) -> String {
    text.chars().take(COMMENT_CHARS_MAX).collect()
}
