//! The findings that a rule wants tickets of.

use serde::{Deserialize, Serialize};

/// The job that asks for them.
pub const ASK_RULE_TICKETS: &str = "ask_rule_tickets";

/// What the findings of one import call for by one rule.
#[derive(Debug, Deserialize, Serialize)]
pub struct TicketsWanted {
    /// The rule's.
    pub region: String,
    pub rule_arn: String,
    pub rule_name: String,
    pub connector_arn: String,
    /// In the order in which they came.
    pub uids: Vec<String>,
    /// Whether the findings are those that an earlier asking left open.
    #[serde(default)]
    pub again: bool,
}
