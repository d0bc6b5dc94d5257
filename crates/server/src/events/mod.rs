//! EventBridge: how deployments, stack updates and alarms arrive.

pub mod deployment;
pub mod pattern;
mod put_events;

pub use put_events::put_events;

use balefire_api::generated::events::operations as op;
use serde::{Deserialize, Serialize};

use crate::handler::Handler;

/// The kind of the job that an accepted event leaves.
pub const TAKE_EVENT: &str = "take_event";

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    vec![Handler::of::<op::PutEvents>(put_events)]
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
    pub detail: serde_json::Value,
}
