//! Grype's reports.

use serde_json::json;

use super::*;

#[test]
fn matches_are_new_and_ignored_ones_suppressed() {
    let report = whole(GRYPE);
    let image = "registry.example.com/shop:1.4";
    assert_eq!(report.scope, Scope::Resource(image.into()));
    assert_eq!(numbers(&report, "class_uid"), [2002; 3]);
    assert_eq!(numbers(&report, "severity_id"), [4, 1, 3]);
    assert_eq!(numbers(&report, "status_id"), [1, 1, 3]);
    let documents = documents(&report);
    let vulnerability = &documents[0]["vulnerabilities"][0];
    assert_eq!(
        vulnerability["cve"]["uid"], "CVE-2099-2001",
        "the CVE behind the advisory"
    );
    assert_eq!(vulnerability["advisory"]["uid"], "GHSA-dddd-eeee-ffff");
    assert_eq!(vulnerability["cve"]["cvss"][0]["base_score"], 7.5);
    assert_eq!(
        vulnerability["cve"]["epss"],
        json!({"score": "0.125", "percentile": 0.9})
    );
    assert_eq!(
        vulnerability["affected_packages"][0]["fixed_in_version"],
        "2.1"
    );
    assert_eq!(
        documents[0]["finding_info"]["uid"],
        format!("{image}|GHSA-dddd-eeee-ffff|python|glue|/usr/lib/python3/glue/METADATA")
    );
    assert_eq!(documents[0]["metadata"]["product"]["version"], "0.99.0");
    assert_eq!(
        documents[1]["vulnerabilities"][0]["is_fix_available"],
        false
    );
    assert_eq!(
        documents[2]["unmapped"]["ignored_by"][0]["reason"],
        "no bird is near"
    );
}
