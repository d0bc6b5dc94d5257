//! The rows of findings of the first version, and the owner's.

use serde_json::{Value, json};

use crate::isolation::row::{Foreign, Own, Row, nothing, row};
use crate::isolation::world::MARK;
use crate::server::{OWNER, REGION, Server};

/// Two with notes, so that lists have pages.
pub fn make(server: &Server) {
    for number in ["1", "2"] {
        let findings = json!({"Findings": [security_finding(OWNER, number)]});
        let imported = server.done(OWNER, "securityhub:BatchImportFindings", &findings);
        assert_eq!(imported["SuccessCount"], 1, "{imported}");
        let note = json!({"Text": MARK, "UpdatedBy": "me"});
        let update = json!({"FindingIdentifiers": [identifier(number)], "Note": note});
        server.done(OWNER, "securityhub:BatchUpdateFindings", &update);
    }
}

pub const ROWS: &[Row] = &[
    row(
        "securityhub:BatchImportFindings",
        |_| json!({"Findings": [security_finding(OWNER, "1")]}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:GetFindings",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "securityhub:GetFindingHistory",
        |_| json!({"FindingIdentifier": identifier("1")}),
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "securityhub:BatchUpdateFindings",
        |_| json!({"FindingIdentifiers": [identifier("1")], "Confidence": 1}),
        Foreign::Nothing,
        Own::May,
    ),
];

/// A whole finding of an account in ASFF.
fn security_finding(account: &str, id: &str) -> Value {
    json!({
        "SchemaVersion": "2018-10-08", "Id": id, "ProductArn": own_product(account), "GeneratorId": "probe",
        "AwsAccountId": account, "Title": MARK, "Description": "Open.", "Severity": {"Label": "LOW"},
        "CreatedAt": "2025-12-01T00:00:00Z", "UpdatedAt": "2025-12-01T00:00:00Z",
        "Resources": [{"Type": "Other", "Id": "r"}],
    })
}

/// What names a finding of the owner's.
fn identifier(id: &str) -> Value {
    json!({"Id": id, "ProductArn": own_product(OWNER)})
}

fn own_product(account: &str) -> String {
    format!("arn:aws:securityhub:{REGION}:{account}:product/{account}/default")
}
