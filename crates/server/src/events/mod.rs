//! EventBridge: how deployments, stack updates and alarms arrive, and which rules they match.

pub mod alarm;
mod arn;
pub mod deployment;
#[cfg(test)]
mod fixture;
pub mod pattern;
mod put_events;
pub mod rule;
pub mod tags;
pub mod target;

pub use put_events::put_events;

use balefire_api::Timestamp;
use balefire_api::generated::events::operations as op;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::handler::Handler;

/// Kinds of jobs: an accepted event by itself, all deployment events of one call, and the incidents that one
/// of those opens.
pub const TAKE_EVENT: &str = "take_event";
pub const TAKE_DEPLOYMENTS: &str = "take_deployments";
pub const OPEN_INCIDENTS: &str = "open_incidents";

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    vec![
        Handler::of::<op::DeleteRule>(rule::delete_rule),
        Handler::of::<op::DescribeRule>(rule::describe_rule),
        Handler::of::<op::DisableRule>(rule::disable_rule),
        Handler::of::<op::EnableRule>(rule::enable_rule),
        Handler::of::<op::ListRuleNamesByTarget>(target::list_rule_names_by_target),
        Handler::of::<op::ListRules>(rule::list_rules),
        Handler::of::<op::ListTagsForResource>(tags::list_tags_for_resource),
        Handler::of::<op::ListTargetsByRule>(target::list_targets_by_rule),
        Handler::of::<op::PutEvents>(put_events),
        Handler::of::<op::PutRule>(rule::put_rule),
        Handler::of::<op::PutTargets>(target::put_targets),
        Handler::of::<op::RemoveTargets>(target::remove_targets),
        Handler::of::<op::TagResource>(tags::tag_resource),
        Handler::of::<op::TestEventPattern>(pattern::test_event_pattern).at_length(),
        Handler::of::<op::UntagResource>(tags::untag_resource),
    ]
}

/// An event as it was accepted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub account: String,
    pub region: String,
    pub source: String,
    pub detail_type: String,
    pub resources: Vec<String>,
    /// The event's own time.
    pub at_ms: i64,
    /// The sender has told that time; else it is when the event came.
    #[serde(default)]
    pub is_dated: bool,
    pub detail: Value,
}

/// The deployment events of one call, in the order in which they came: which update of a stack one is about
/// may follow from those before it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Deployments {
    pub region: String,
    pub events: Vec<Event>,
}

impl Event {
    /// The event as patterns and targets see it.
    pub fn document(&self) -> Value {
        let second_ms = self.at_ms.div_euclid(1000) * 1000;
        json!({
            "version": "0",
            "id": self.id,
            "detail-type": self.detail_type,
            "source": self.source,
            "account": self.account,
            "time": Timestamp(second_ms).date_time(),
            "region": self.region,
            "resources": self.resources,
            "detail": self.detail,
        })
    }
}
