//! The rows of replication sets.

use serde_json::json;

use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, nothing, row};
use crate::isolation::world::MARK;
use crate::server::{OWNER, REGION};

pub const ROWS: &[Row] = &[
    row(
        "ssm-incidents:GetReplicationSet",
        |w| json!({"arn": w.incidents.replication_set}),
        NOT_FOUND,
        Own::May,
    )
    .watched_by(OWNER),
    row(
        "ssm-incidents:ListReplicationSets",
        nothing,
        Foreign::Nothing,
        Own::May,
    ),
    // Each account has one already.
    row(
        "ssm-incidents:CreateReplicationSet",
        |_| json!({"regions": {REGION: {}}, "tags": {"team": MARK}}),
        Foreign::Refused(402, "ServiceQuotaExceededException"),
        Own::Refused(402, "ServiceQuotaExceededException"),
    ),
    row(
        "ssm-incidents:UpdateReplicationSet",
        |w| {
            let action = json!({"addRegionAction": {"regionName": "eu-west-1"}});
            json!({"arn": w.incidents.replication_set, "actions": [action]})
        },
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:UpdateDeletionProtection",
        |w| json!({"arn": w.incidents.replication_set, "deletionProtected": true}),
        NOT_FOUND,
        Own::May,
    ),
    // It is protected by now, and on the move.
    row(
        "ssm-incidents:DeleteReplicationSet",
        |w| json!({"arn": w.incidents.replication_set}),
        NOT_FOUND,
        Own::Refused(400, "ValidationException"),
    ),
];
