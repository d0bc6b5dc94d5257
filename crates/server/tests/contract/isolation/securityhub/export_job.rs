//! The rows of exports, and the owner's.

use serde_json::{Value, json};

use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, nothing, row, text};
use crate::isolation::world::MARK;
use crate::server::{OWNER, REGION, Server};

/// The id of one that is running.
pub fn make(server: &Server) -> String {
    let started = server.done(OWNER, "securityhub:StartExportJobV2", &export());
    text(&started["ExportJobId"])
}

pub const ROWS: &[Row] = &[
    row(
        "securityhub:GetExportJobV2",
        |w| json!({"ExportJobId": w.hub.export}),
        NOT_FOUND,
        Own::Sees,
    ),
    row(
        "securityhub:ListExportJobsV2",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "securityhub:CancelExportJobV2",
        |w| json!({"ExportJobId": w.hub.export}),
        NOT_FOUND,
        Own::May,
    ),
    // The key must be of the caller's account.
    row(
        "securityhub:StartExportJobV2",
        |_| export(),
        Foreign::Refused(400, "ValidationException"),
        Own::May,
    ),
];

fn export() -> Value {
    let key = format!("arn:aws:kms:{REGION}:{OWNER}:key/1234abcd");
    json!({
        "Name": MARK,
        "Destination": {"S3": {"BucketArn": "arn:aws:s3:::findings", "KmsKeyArn": key}},
        "OutputConfiguration": {"Findings": {"Format": "OCSF_JSON"}},
    })
}
