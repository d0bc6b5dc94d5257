//! The rows of aggregators: they are the administrator's, and no member sees or may have one.

use serde_json::{Value, json};

use crate::isolation::row::{
    DENIED, Foreign, MAY_NOT, NOT_FOUND, Own, Row, UNSEEN, nothing, row, text,
};
use crate::isolation::world::{MARK, World};
use crate::server::{ADMINISTRATOR, Server};

/// The ARN of the administrator's.
pub fn make(server: &Server) -> String {
    let all = json!({"RegionLinkingMode": "ALL_REGIONS", "Tags": {"team": MARK}});
    let made = server.done(ADMINISTRATOR, "securityhub:CreateAggregatorV2", &all);
    text(&made["AggregatorV2Arn"])
}

pub const ROWS: &[Row] = &[
    // The administrator's, which no member sees or may have.
    row(
        "securityhub:CreateAggregatorV2",
        |_| json!({"RegionLinkingMode": "ALL_REGIONS"}),
        DENIED,
        MAY_NOT,
    ),
    row(
        "securityhub:ListAggregatorsV2",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row("securityhub:GetAggregatorV2", aggregator, NOT_FOUND, UNSEEN).watched_by(ADMINISTRATOR),
    row(
        "securityhub:UpdateAggregatorV2",
        |w| json!({"AggregatorV2Arn": w.hub.aggregator, "RegionLinkingMode": "ALL_REGIONS"}),
        DENIED,
        MAY_NOT,
    ),
    row(
        "securityhub:DeleteAggregatorV2",
        aggregator,
        DENIED,
        MAY_NOT,
    ),
];

fn aggregator(world: &World) -> Value {
    json!({"AggregatorV2Arn": world.hub.aggregator})
}
