//! Security Hub: its rows by noun, and what the owner and the administrator have there.

pub mod action_target;
pub mod aggregator;
pub mod automation_rule;
pub mod connector;
pub mod export_job;
pub mod finding;
pub mod finding_v1;
pub mod hub;
pub mod hub_v1;
pub mod insight;
pub mod organization;
pub mod product;
pub mod resource;
pub mod risk;
pub mod software;

use serde_json::json;

use crate::server::{ADMINISTRATOR, Server};

pub struct Things {
    /// The ARN of the owner's hub.
    pub hub: String,
    /// The ARN of the administrator's aggregator: no member has one.
    pub aggregator: String,
    /// The id of one of the administrator's connectors: no member has one.
    pub connector: String,
    /// A finding, by its `metadata.uid`.
    pub finding: String,
    /// The ARN of an automation rule.
    pub automation_rule: String,
    /// The ARN of an insight.
    pub insight: String,
    /// The ARN of an action target.
    pub action_target: String,
    /// A product whose findings the owner takes.
    pub subscription: String,
    /// The id of an export that is running.
    pub export: String,
}

pub fn make(server: &Server) -> Things {
    let hub = hub::make(server);
    server.done(ADMINISTRATOR, "securityhub:EnableSecurityHubV2", &json!({}));
    let finding = finding::make(server);
    software::make(server);
    finding_v1::make(server);
    Things {
        hub,
        aggregator: aggregator::make(server),
        connector: connector::make(server),
        finding,
        automation_rule: automation_rule::make(server),
        insight: insight::make(server),
        action_target: action_target::make(server),
        subscription: product::make(server),
        export: export_job::make(server),
    }
}
