//! The rows of the hub.

use serde_json::{Value, json};

use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, nothing, row, text};
use crate::isolation::world::{MARK, World};
use crate::server::{OWNER, Server};

/// The ARN of the owner's hub, which has a tag.
pub fn make(server: &Server) -> String {
    let hub = server.done(OWNER, "securityhub:DescribeSecurityHubV2", &json!({}));
    let hub = text(&hub["HubV2Arn"]);
    let tags = json!({"ResourceArn": hub, "Tags": {"team": MARK}});
    server.done(OWNER, "securityhub:TagResource", &tags);
    hub
}

pub const ROWS: &[Row] = &[
    row(
        "securityhub:EnableSecurityHubV2",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DescribeSecurityHubV2",
        nothing,
        Foreign::Nothing,
        Own::May,
    )
    .watched_by(OWNER),
    row(
        "securityhub:ListTagsForResource",
        |w| json!({"ResourceArn": w.hub.hub}),
        NOT_FOUND,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "securityhub:TagResource",
        |w| json!({"ResourceArn": w.hub.hub, "Tags": {"team": "taken"}}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:UntagResource",
        |w| json!({"ResourceArn": w.hub.hub, "TagKeys": ["team"]}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:EnableSecurityHubFeatureV2",
        feature,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DisableSecurityHubFeatureV2",
        feature,
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DisableSecurityHubV2",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
];

fn feature(_: &World) -> Value {
    json!({"FeatureName": "NETWORK_SCANNING"})
}
