//! The rows of the software inventory, and what the owner has in it.

use serde_json::json;

use super::finding::document;
use crate::isolation::row::{Foreign, Own, Row, nothing, row};
use crate::isolation::world::MARK;
use crate::server::{OWNER, Server};

/// Two packages on two resources, so that lists have pages.
pub fn make(server: &Server) {
    let mut finding = document("software");
    finding["resources"] = json!([{"uid": MARK}, {"uid": format!("{MARK}-2")}]);
    let packages = json!([{"name": MARK, "version": "1"}, {"name": MARK, "version": "2"}]);
    finding["vulnerabilities"] = json!([{"affected_packages": packages}]);
    let findings = json!({"Findings": [finding]});
    let imported = server.done(OWNER, "balefire:ImportFindings", &findings);
    assert_eq!(imported["Created"], 1, "{imported}");
}

pub const ROWS: &[Row] = &[
    row(
        "securityhub:GetSoftwareV2",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "securityhub:GetSoftwareResourcesV2",
        |_| json!({"PackageName": MARK, "PackageType": "unknown"}),
        Foreign::Nothing,
        Own::Sees,
    ),
    row(
        "securityhub:GetSoftwareStatisticsV2",
        |_| json!({"GroupByRules": [{"GroupByField": "PackageName"}]}),
        Foreign::Nothing,
        Own::Sees,
    ),
];
