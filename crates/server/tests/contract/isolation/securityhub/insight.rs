//! The rows of insights, and the owner's.

use serde_json::json;

use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, nothing, row, text};
use crate::isolation::world::MARK;
use crate::server::{OWNER, Server};

/// The ARN of the second of two: lists have pages.
pub fn make(server: &Server) -> String {
    let insight = json!({"Name": MARK, "Filters": {}, "GroupByAttribute": "Title"});
    let made = [(); 2].map(|()| server.done(OWNER, "securityhub:CreateInsight", &insight));
    text(&made[1]["InsightArn"])
}

pub const ROWS: &[Row] = &[
    row(
        "securityhub:CreateInsight",
        |_| json!({"Name": "taken", "Filters": {}, "GroupByAttribute": "Id"}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:GetInsights",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "securityhub:GetInsightResults",
        |w| json!({"InsightArn": w.hub.insight}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "securityhub:UpdateInsight",
        |w| json!({"InsightArn": w.hub.insight, "Name": "taken"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:DeleteInsight",
        |w| json!({"InsightArn": w.hub.insight}),
        NOT_FOUND,
        Own::May,
    ),
];
