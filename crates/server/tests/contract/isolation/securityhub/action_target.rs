//! The rows of action targets, and the owner's.

use serde_json::json;

use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, nothing, row, text};
use crate::isolation::world::MARK;
use crate::server::{OWNER, Server};

/// The ARN of the second of two: lists have pages.
pub fn make(server: &Server) -> String {
    let made = ["1", "2"].map(|number| {
        let target = json!({"Id": format!("mark{number}"), "Name": MARK, "Description": MARK});
        server.done(OWNER, "securityhub:CreateActionTarget", &target)
    });
    text(&made[1]["ActionTargetArn"])
}

pub const ROWS: &[Row] = &[
    row(
        "securityhub:CreateActionTarget",
        |_| json!({"Id": "taken", "Name": "taken", "Description": "taken"}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DescribeActionTargets",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "securityhub:UpdateActionTarget",
        |w| json!({"ActionTargetArn": w.hub.action_target, "Name": "taken"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:DeleteActionTarget",
        |w| json!({"ActionTargetArn": w.hub.action_target}),
        NOT_FOUND,
        Own::May,
    ),
];
