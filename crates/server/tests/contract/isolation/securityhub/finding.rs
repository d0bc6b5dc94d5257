//! The rows of findings, and the owner's.

use serde_json::{Value, json};

use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, nothing, row, text};
use crate::isolation::world::MARK;
use crate::server::{NOW_MS, OWNER, REGION, Server};

/// The run by which the findings came in.
const RUN: &str = "the-run";

/// The `metadata.uid` of one of them.
pub fn make(server: &Server) -> String {
    let findings = json!({"Findings": [document("1"), document("2")], "Run": RUN});
    let imported = server.done(OWNER, "balefire:ImportFindings", &findings);
    assert_eq!(imported["Created"], 2, "{imported}");
    let found = server.done(OWNER, "securityhub:GetFindingsV2", &json!({}));
    text(&found["Findings"][0]["metadata"]["uid"])
}

pub const ROWS: &[Row] = &[
    row(
        "securityhub:GetFindingsV2",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "securityhub:GetFindingStatisticsV2",
        |_| json!({"GroupByRules": [{"GroupByField": "finding_info.title"}]}),
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:GetFindingsTrendsV2",
        |_| {
            let day = "2026-01-01T00:00:00Z";
            json!({"StartTime": day, "EndTime": day})
        },
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:BatchUpdateFindingsV2",
        |w| json!({"MetadataUids": [w.hub.finding], "StatusId": 3, "Comment": "taken"}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "balefire:ImportFindings",
        |_| json!({"Findings": [document("1")]}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "balefire:CompleteImport",
        |_| json!({"Run": RUN}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "balefire:ListFindingsAsOf",
        |_| json!({"AsOf": "2026-01-01T00:00:00Z"}),
        Foreign::Nothing,
        Own::Sees,
    ),
];

/// A whole document of the owner's.
pub fn document(uid: &str) -> Value {
    json!({
        "class_uid": 2004, "class_name": "Detection Finding", "category_uid": 2,
        "activity_id": 1, "activity_name": "Create", "severity_id": 3, "severity": "Medium",
        "status_id": 1, "status": "New", "time": NOW_MS,
        "metadata": {"product": {"uid": "scanner", "name": "Scanner"}, "version": "1.6.0"},
        "finding_info": {"uid": uid, "title": MARK},
        "cloud": {"account": {"uid": OWNER}, "provider": "AWS", "region": REGION},
        "resources": [{"uid": format!("{MARK}-{uid}"), "type": MARK}],
    })
}
