//! The rows of the hub of the first version.

use serde_json::json;

use crate::isolation::row::{CONFLICT, Foreign, Own, Row, nothing, row};
use crate::server::OWNER;

pub const ROWS: &[Row] = &[
    row(
        "securityhub:EnableSecurityHub",
        nothing,
        CONFLICT,
        Own::Refused(409, "ResourceConflictException"),
    ),
    row(
        "securityhub:DescribeHub",
        nothing,
        Foreign::Nothing,
        Own::May,
    )
    .watched_by(OWNER),
    row(
        "securityhub:UpdateSecurityHubConfiguration",
        |_| json!({"AutoEnableControls": false}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:DisableSecurityHub",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
];
