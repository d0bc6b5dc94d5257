//! What is made of reports, format by format.

mod cyclonedx;
mod grype;
mod inspector;
mod namesakes;
mod odd;
mod prowler;
mod real_data;
mod recognise;
mod sarif;
mod trivy;

use serde_json::Value;

use super::*;

pub const TRIVY: &str = include_str!("../../../../tests/black_box/fixtures/reports/trivy.json");
pub const GRYPE: &str = include_str!("../../../../tests/black_box/fixtures/reports/grype.json");
pub const SARIF: &str = include_str!("../../../../tests/black_box/fixtures/reports/sarif.json");
pub const VEX: &str = include_str!("../../../../tests/black_box/fixtures/reports/vex.json");
pub const INSPECTOR: &str =
    include_str!("../../../../tests/black_box/fixtures/reports/inspector.json");

/// A report that must be read whole.
fn whole(text: &str) -> Report {
    let report = read_text(text, None, Given::default()).unwrap();
    assert_eq!(report.refused, []);
    report
}

fn documents(report: &Report) -> Vec<Value> {
    let parsed = |one: &Placed| serde_json::from_str(one.document.get()).unwrap();
    report.findings.iter().map(parsed).collect()
}

fn uids(report: &Report) -> Vec<String> {
    let uid = |document: &Value| document["finding_info"]["uid"].as_str().unwrap().to_owned();
    documents(report).iter().map(uid).collect()
}

/// Of each finding, one of its numbers.
fn numbers(report: &Report, name: &str) -> Vec<i64> {
    let number = |document: &Value| document[name].as_i64().unwrap();
    documents(report).iter().map(number).collect()
}

#[test]
fn a_report_gives_the_same_documents_each_time() {
    for text in [TRIVY, GRYPE, SARIF, VEX, INSPECTOR] {
        let text_of = |report: Report| -> Vec<String> {
            let findings = report.findings.iter();
            findings.map(|one| one.document.get().to_owned()).collect()
        };
        assert_eq!(text_of(whole(text)), text_of(whole(text)));
        let all = uids(&whole(text));
        let mut distinct = all.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), all.len(), "{all:?}");
    }
}

#[test]
fn what_was_scanned_may_be_told() {
    for text in [TRIVY, GRYPE, SARIF, VEX] {
        let given = Given {
            scope: Some("team/shop"),
        };
        let report = read_text(text, None, given).unwrap();
        let Scope::Resource(scope) = &report.scope else {
            panic!("{:?}", report.scope)
        };
        assert!(scope.starts_with("team/shop"), "{scope}");
        for document in documents(&report) {
            let resources = document["resources"].as_array().unwrap();
            let has = |uid: &str| resources.iter().any(|resource| resource["uid"] == uid);
            assert!(has("team/shop") && has(scope), "{document}");
            let uid = document["finding_info"]["uid"].as_str().unwrap();
            assert!(uid.starts_with("team/shop|"), "{uid}");
        }
    }
}

#[test]
fn a_broken_part_costs_no_other_and_is_told_by_its_path() {
    for (text, from, to, place) in [
        (
            TRIVY,
            "\"VulnerabilityID\": \"CVE-2099-1002\"",
            "\"VulnerabilityID\": 7",
            "Results[0].Vulnerabilities[1]",
        ),
        (
            GRYPE,
            "\"name\": \"magnet\"",
            "\"name\": null",
            "matches[1]",
        ),
        (
            SARIF,
            "\"ruleIndex\": 1,",
            "\"ruleIndex\": \"x\",",
            "runs[0].results[2]",
        ),
        (
            VEX,
            "\"id\": \"CVE-2099-3005\"",
            "\"cwes\": []",
            "vulnerabilities[4]",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        let report = read_text(&text.replacen(from, to, 1), None, Given::default()).unwrap();
        let places: Vec<&str> = report
            .refused
            .iter()
            .map(|one| one.place.as_str())
            .collect();
        assert_eq!(places, [place], "{:?}", report.refused);
        assert_eq!(report.findings.len() + 1, whole(text).findings.len());
    }
}

#[test]
fn two_that_nothing_tells_apart_keep_their_order() {
    let mut report: Value = serde_json::from_str(GRYPE).unwrap();
    let twin = report["matches"][1].clone();
    report["matches"].as_array_mut().unwrap().push(twin);
    let uids = uids(&whole(&report.to_string()));
    assert_eq!(uids[2], format!("{}|#2", uids[1]));
}
