//! Trivy's reports.

use serde_json::json;

use super::*;

const IMAGE: &str = "registry.example.com/shop:1.4";

#[test]
fn an_image_has_vulnerabilities_misconfigurations_and_secrets() {
    let report = whole(TRIVY);
    assert_eq!(report.scope, Scope::Resource(IMAGE.into()));
    assert!(!report.undated);
    assert_eq!(
        numbers(&report, "class_uid"),
        [2002, 2002, 2002, 2003, 2003, 2004]
    );
    assert_eq!(numbers(&report, "severity_id"), [5, 2, 4, 4, 2, 3]);
    assert_eq!(numbers(&report, "status_id"), [1, 1, 1, 1, 4, 1]);
    assert_eq!(numbers(&report, "time")[0], 1_772_348_400_123);
    for document in documents(&report) {
        assert_eq!(document["resources"][0]["uid"], IMAGE);
        assert_eq!(document["resources"][0]["type"], "ContainerImage");
        let product = json!({
            "uid": "trivy", "name": "Trivy", "vendor_name": "Aqua Security", "version": "0.67.0",
        });
        assert_eq!(document["metadata"]["product"], product);
    }
}

#[test]
fn a_vulnerability_keeps_its_cve_scores_and_packages() {
    let document = &documents(&whole(TRIVY))[0];
    assert_eq!(
        document["finding_info"]["uid"],
        format!("{IMAGE}|CVE-2099-1001|libanvil|")
    );
    let vulnerability = &document["vulnerabilities"][0];
    assert_eq!(vulnerability["cve"]["uid"], "CVE-2099-1001");
    assert_eq!(
        vulnerability["cve"]["related_cwes"],
        json!([{"uid": "CWE-787"}])
    );
    assert_eq!(vulnerability["cve"]["created_time"], 1_767_323_045_000_i64);
    let cvss = vulnerability["cve"]["cvss"].as_array().unwrap();
    let cvss: Vec<_> = cvss
        .iter()
        .map(|one| (&one["vendor_name"], &one["version"], &one["base_score"]))
        .collect();
    assert_eq!(
        json!(cvss),
        json!([["nvd", "3.1", 9.8], ["redhat", "3.0", 7.5]])
    );
    assert_eq!(
        vulnerability["affected_packages"][0],
        json!({"name": "libanvil", "version": "1.0-1", "fixed_in_version": "1.0-2", "type": "debian",
               "purl": "pkg:deb/debian/libanvil@1.0-1"})
    );
    assert_eq!(vulnerability["is_fix_available"], true);
    assert_eq!(vulnerability["references"].as_array().unwrap().len(), 2);
    let advisory = &documents(&whole(TRIVY))[2]["vulnerabilities"][0];
    assert_eq!(
        (&advisory["advisory"]["uid"], advisory.get("cve")),
        (&json!("GHSA-aaaa-bbbb-cccc"), None)
    );
}

#[test]
fn a_check_is_a_compliance_finding_of_the_file() {
    let documents = documents(&whole(TRIVY));
    let failed = &documents[3];
    assert_eq!(failed["compliance"]["control"], "DS002");
    assert_eq!(failed["compliance"]["status_id"], 3);
    assert_eq!(failed["resources"][1]["uid"], format!("{IMAGE}/Dockerfile"));
    assert_eq!(failed["evidences"][0]["data"]["start_line"], 3);
    assert_eq!(
        (
            &documents[4]["compliance"]["status_id"],
            &documents[4]["activity_id"]
        ),
        (&json!(1), &json!(3))
    );
    assert_eq!(
        documents[5]["evidences"][0]["file"]["path"],
        "app/settings.py"
    );
}

#[test]
fn a_folder_has_no_name_of_its_own() {
    let text = TRIVY.replace(
        &format!("\"ArtifactName\": \"{IMAGE}\""),
        "\"ArtifactName\": \".\"",
    );
    assert_eq!(whole(&text).scope, Scope::Unknown);
}

#[test]
fn a_cluster_has_its_workloads() {
    let results = &serde_json::from_str::<Value>(TRIVY).unwrap()["Results"];
    let workload =
        json!({"Namespace": "shop", "Kind": "Deployment", "Name": "web", "Results": results});
    let report = json!({"ClusterName": "blue", "Resources": [workload]});
    let report = whole(&report.to_string());
    assert_eq!(
        (report.format, &report.scope),
        (Format::Trivy, &Scope::Resource("blue".into()))
    );
    assert!(report.undated);
    assert_eq!(
        report.findings[0].place,
        "Resources[0].Results[0].Vulnerabilities[0]"
    );
    let document = &documents(&report)[0];
    assert_eq!(document["resources"][0]["uid"], "blue/shop/Deployment/web");
    assert_eq!(document.get("time"), None);
    let older =
        json!({"ClusterName": "blue", "Vulnerabilities": [workload], "Misconfigurations": null});
    assert_eq!(uids(&whole(&older.to_string())), uids(&report));
}

#[test]
fn what_was_decided_against_is_suppressed_with_its_reason() {
    let mut report: Value = serde_json::from_str(TRIVY).unwrap();
    let found = report["Results"][0]["Vulnerabilities"][1].take();
    report["Results"][0]["Vulnerabilities"]
        .as_array_mut()
        .unwrap()
        .pop();
    report["Results"][0]["ExperimentalModifiedFindings"] = json!([
        {"Type": "vulnerability", "Status": "not_affected", "Statement": "unused", "Finding": found},
        {"Type": "secret", "Status": "ignored", "Finding": {}},
    ]);
    let report = whole(&report.to_string());
    let document = &documents(&report)[1];
    assert_eq!(
        (&document["status_id"], &document["comment"]),
        (&json!(3), &json!("not_affected: unused"))
    );
    assert_eq!(uids(&report)[1], uids(&whole(TRIVY))[1], "the same finding");
}

#[test]
fn what_was_decided_against_is_the_same_finding_of_its_file() {
    let found = json!({"VulnerabilityID": "CVE-2099-1", "PkgName": "left"});
    let report = |left_out: bool| {
        let results = ["package-lock.json", "web/package-lock.json"].map(|target| {
            let mut results = json!({"Target": target, "Class": "lang-pkgs", "Type": "npm"});
            let modified = json!({"Type": "vulnerability", "Status": "ignored", "Finding": found});
            match left_out {
                true => results["ExperimentalModifiedFindings"] = json!([modified]),
                false => results["Vulnerabilities"] = json!([found]),
            }
            results
        });
        let report = json!({"SchemaVersion": 2, "ArtifactName": "shop", "Results": results});
        whole(&report.to_string())
    };
    let (before, after) = (report(false), report(true));
    let of_files = [
        "shop|CVE-2099-1|left|package-lock.json",
        "shop|CVE-2099-1|left|web/package-lock.json",
    ];
    assert_eq!(uids(&before), of_files);
    assert_eq!(uids(&after), of_files);
    assert_eq!(numbers(&after, "status_id"), [3, 3]);
    for (before, after) in documents(&before).iter().zip(documents(&after)) {
        for name in ["resources", "vulnerabilities"] {
            assert_eq!(before[name], after[name]);
        }
    }
}
