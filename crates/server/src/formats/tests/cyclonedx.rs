//! CycloneDX with vulnerabilities.

use super::*;

#[test]
fn the_analysis_is_the_status() {
    let report = whole(VEX);
    assert_eq!(report.scope, Scope::Resource("pkg:oci/shop".into()));
    assert_eq!(numbers(&report, "status_id"), [1, 1, 3, 4, 2, 1]);
    assert_eq!(numbers(&report, "severity_id"), [5, 5, 0, 0, 0, 0]);
    assert_eq!(
        uids(&report)[..3],
        [
            "pkg:oci/shop|CVE-2099-3001|pkg:pypi/anvil",
            "pkg:oci/shop|CVE-2099-3001|parts/handle",
            "pkg:oci/shop|CVE-2099-3002|parts/handle",
        ]
    );
    let documents = documents(&report);
    assert_eq!(documents[0]["comment"], "exploitable, update: It is used.");
    assert_eq!(documents[0]["metadata"]["product"]["uid"], "vex-writer");
    let vulnerability = &documents[0]["vulnerabilities"][0];
    assert_eq!(vulnerability["cve"]["cvss"].as_array().unwrap().len(), 1);
    assert_eq!(vulnerability["cve"]["related_cwes"][0]["uid"], "CWE-79");
    assert_eq!(vulnerability["affected_packages"][0]["version"], "1.0");
    assert_eq!(documents[3]["activity_id"], 3);
    assert_eq!(
        documents[4]["vulnerabilities"][0]["cve"]["uid"],
        "CVE-2099-3004"
    );
    assert_eq!(documents[5]["resources"].as_array().unwrap().len(), 1);
}

#[test]
fn a_new_release_of_the_product_has_the_same_findings() {
    let next = VEX.replace("sha256:0abc?tag=1.4", "sha256:9fff?tag=1.5");
    let next = next.replace("pkg:pypi/anvil@1.0", "pkg:pypi/anvil@1.1");
    assert_eq!(uids(&whole(VEX)), uids(&whole(&next)));
}

#[test]
fn a_package_is_named_without_its_version_and_with_its_scope() {
    for (purl, named) in [
        ("pkg:npm/%40a/b@1.0?x=y#z", "pkg:npm/%40a/b"),
        ("pkg:npm/@a/b", "pkg:npm/@a/b"),
        ("pkg:npm/@a/b@1", "pkg:npm/@a/b"),
        ("pkg:pypi/anvil", "pkg:pypi/anvil"),
    ] {
        let text = VEX.replace("pkg:pypi/anvil@1.0", purl);
        assert_eq!(
            uids(&whole(&text))[0],
            format!("pkg:oci/shop|CVE-2099-3001|{named}")
        );
    }
}

#[test]
fn a_score_says_how_bad_what_is_rated_unknown_is() {
    let of = |ratings: &str, more: &str| {
        let text = format!(
            r#"{{"bomFormat": "CycloneDX", "metadata": {{"component": {{"name": "a"}}}}, "vulnerabilities":
            [{{"id": "CVE-2099-1", "ratings": {ratings}{more}}}]}}"#
        );
        documents(&whole(&text)).remove(0)
    };
    for (ratings, severity) in [
        (
            r#"[{"severity": "unknown", "score": 9.8, "method": "CVSSv31"}]"#,
            5,
        ),
        (r#"[{"severity": "unknown"}]"#, 0),
        (
            r#"[{"severity": "unknown", "score": 0.9, "method": "other"}]"#,
            0,
        ),
        (
            r#"[{"severity": "low", "score": 9.8, "method": "CVSSv31"}]"#,
            2,
        ),
        (r#"[{"severity": "unknown"}, {"severity": "medium"}]"#, 3),
    ] {
        assert_eq!(of(ratings, "")["severity_id"], severity, "{ratings}");
    }
    for (more, status, comment) in [
        (
            r#", "rejected": "2025-01-01T00:00:00Z""#,
            3,
            "The record was rejected at 2025-01-01T00:00:00Z.",
        ),
        (
            r#", "rejected": "2025-01-01T00:00:00Z", "analysis": {"state": "exploitable"}"#,
            1,
            "exploitable",
        ),
    ] {
        let document = of("[]", more);
        assert_eq!(document["status_id"], status, "{more}");
        assert_eq!(document["comment"], comment, "{more}");
    }
}

#[test]
fn an_sbom_without_vulnerabilities_is_scanned_instead() {
    let sbom = r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": []}"#;
    let refused = read_text(sbom, None, Given::default()).unwrap_err();
    assert!(refused.contains("balefire scan"), "{refused}");
}
