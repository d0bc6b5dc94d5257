//! The rows of the resource inventory, which the owner's findings fill.

use serde_json::json;

use crate::isolation::row::{Foreign, Own, Row, nothing, row};
use crate::server::OWNER;

pub const ROWS: &[Row] = &[
    row(
        "securityhub:GetResourcesV2",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "securityhub:GetResourcesStatisticsV2",
        |_| json!({"GroupByRules": [{"GroupByField": "ResourceType"}]}),
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:GetResourcesTrendsV2",
        |_| {
            let day = "2026-01-01T00:00:00Z";
            json!({"StartTime": day, "EndTime": day})
        },
        Foreign::Nothing,
        Own::May,
    ),
];
