//! What findings give as columns is the same as long as snapshots say so.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::*;
use crate::securityhub::finding::index::snapshot::header::EXTRACTION;

/// What the findings below give. Where it changes, a snapshot made before would show something else than the
/// store: raise `EXTRACTION` together with it.
const GIVEN: (u32, &str) = (1, "ce3c611ba131ab05");

#[test]
fn other_columns_of_the_same_findings_are_another_extraction() {
    let t = enabled();
    let rich = json!({
        "class_uid": 2002, "class_name": "Vulnerability Finding", "comment": "first", "count": 3,
        "activity_name": "Create", "confidence_score": 60, "is_alert": true,
        "finding_info": {
            "uid": "rich", "title": "A title", "desc": "A text", "types": ["one", "two", "one"],
            "created_time": 1_750_000_000_000_i64, "modified_time_dt": "2025-06-15T15:06:40.25Z",
            "first_seen_time": 1_740_000_000_000_i64, "src_url": "https://example.com/rich",
            "related_events": [{"uid": "e1"}, {"uid": "e2"}], "tags": [{"name": "k", "value": "v"}],
        },
        "resources": [
            {"uid": "r1", "type": "Bucket", "region": "eu-west-1", "name": "first", "owner": {"name": "o"},
             "tags": [{"name": "team", "value": "shop"}, {"name": "empty", "value": ""}]},
            {"uid": "r2", "type": "Bucket", "tags": [{"name": "team", "value": "cart"}]},
        ],
        "vulnerabilities": [
            {"cve": {"uid": "CVE-2025-1", "cvss": [{"base_score": 9.5, "version": "3.1"}],
                     "epss": {"score": "0.5"}, "created_time": 1_700_000_000_000_i64},
             "is_fix_available": true, "is_exploit_available": false, "severity": "High",
             "affected_packages": [{"name": "p", "version": "1", "fixed_in_version": "2"}],
             "vendor_name": "vendor"},
            {"cve": {"uid": "CVE-2025-2", "created_time": 1_710_000_000_000_i64}},
        ],
        "compliance": {"control": "c", "status": "Fail", "standards": ["s1", "s2"],
                       "assessments": [{"name": "a", "meets_criteria": false}]},
        "remediation": {"desc": "do it", "references": ["https://example.com/how"]},
        "evidences": [{
            "src_endpoint": {"ip": "192.0.2.1", "port": 443, "location": {"city": "X", "country": "DE"},
                             "autonomous_system": {"number": 64500}},
            "dst_endpoint": {"ip": "2001:db8::1", "port": 80}, "connection_info": {"direction": "Inbound"},
            "process": {"name": "p", "pid": 7, "parent_process": {"pid": 1}}, "actor": {"user": {"uid": "u"}},
            "api": {"operation": "GetObject", "service": {"name": "s3"}},
        }],
        "malware": [{"name": "m", "classifications": ["Trojan"], "severity": "High"}],
        "observables": [{"name": "o", "type": "IP Address", "value": "192.0.2.9"}],
        "attacks": [{"tactic": {"name": "t"}, "technique": {"uid": "T1"}, "version": "12"}],
        "vendor_attributes": {"severity": "Whatever", "severity_id": 99},
    });
    let few = json!({"time_dt": "2025-06-15T15:06:40Z", "status_id": 2, "status": "In Progress"});
    import(&t, &[document("rich", rich), document("few", few)]);
    update(
        &t,
        "few",
        json!({"SeverityId": 5, "StatusId": 3, "Comment": "known"}),
    );
    let (lines, _) = shown(&t, &Arc::default());
    let hash = crate::hex::digits(&Sha256::digest(lines.join("\n"))[..8]);
    assert!(lines.len() > 60, "{lines:#?}");
    assert_eq!((EXTRACTION, hash.as_str()), GIVEN, "{lines:#?}");
}
