//! CycloneDX with vulnerabilities.

use serde_json::json;

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

/// A file that describes no components, with what it says of each reference.
fn of_references(references: &[&str]) -> Vec<(String, String, Value)> {
    let affects: Vec<Value> = references.iter().map(|of| json!({"ref": of})).collect();
    let file = json!({
        "bomFormat": "CycloneDX", "metadata": {"component": {"name": "shop"}},
        "vulnerabilities": [{"id": "CVE-2099-1", "affects": affects}],
    });
    let documents = documents(&whole(&file.to_string()));
    let told = documents.into_iter().map(|mut document| {
        let text = |path: &str| document.pointer(path).unwrap().as_str().unwrap().to_owned();
        let (uid, part) = (text("/finding_info/uid"), text("/resources/1/uid"));
        (
            uid,
            part,
            document["vulnerabilities"][0]["affected_packages"].take(),
        )
    });
    told.collect()
}

#[test]
fn a_part_that_the_file_does_not_describe_is_named_without_versions_too() {
    const SERIAL: &str = "3e671687-395b-41f5-a30f-a58921a69b79";
    let linked = |end: &str| format!("urn:cdx:{SERIAL}/{end}");
    let named = |part: &str| format!("urn:cdx:{SERIAL}#{part}");
    let package = |name: &str, version: &str, purl: &str| {
        let package = json!({"name": name, "version": version, "purl": purl});
        json!([package])
    };
    for (reference, part, packages) in [
        (
            "pkg:npm/%40a/b@1.0?x=y".to_owned(),
            "pkg:npm/%40a/b".to_owned(),
            package("b", "1.0", "pkg:npm/%40a/b@1.0?x=y"),
        ),
        (
            "pkg:npm/@a/b".to_owned(),
            "pkg:npm/@a/b".to_owned(),
            json!([{"name": "b", "purl": "pkg:npm/@a/b"}]),
        ),
        (linked("1#anvil"), named("anvil"), Value::Null),
        (linked("12#anvil"), named("anvil"), Value::Null),
        (
            linked("2#pkg:npm/b@1.0"),
            named("pkg:npm/b"),
            package("b", "1.0", "pkg:npm/b@1.0"),
        ),
        (
            linked("2#pkg%3Anpm%2Fb%401.1"),
            named("pkg:npm/b"),
            package("b", "1.1", "pkg:npm/b@1.1"),
        ),
        (linked("2"), linked("2"), Value::Null),
        ("anvil".to_owned(), "anvil".to_owned(), Value::Null),
    ] {
        let told = of_references(&[&reference]);
        let expected = (format!("shop|CVE-2099-1|{part}"), part, packages);
        assert_eq!(told, [expected], "{reference}");
    }
    // Two versions in one file are two findings.
    let two = of_references(&["pkg:npm/b@1.0", "pkg:npm/b@2.0"]);
    let uids: Vec<&str> = two.iter().map(|(uid, ..)| uid.as_str()).collect();
    let expected = ["1.0", "2.0"].map(|version| format!("shop|CVE-2099-1|pkg:npm/b|@{version}"));
    assert_eq!(uids, expected);
    let two = of_references(&[&linked("1#anvil"), &linked("2#anvil")]);
    assert_ne!(two[0].0, two[1].0);
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
