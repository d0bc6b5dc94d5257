//! SARIF logs.

use serde_json::json;

use super::*;

const REPOSITORY: &str = "https://code.example.com/shop";

#[test]
fn results_are_of_the_class_that_their_location_makes_them() {
    let report = whole(SARIF);
    assert_eq!(
        report.scope,
        Scope::Resource(format!("{REPOSITORY}#hound/javascript"))
    );
    // What passed is no finding.
    assert_eq!(report.findings.len(), 5);
    assert_eq!(
        numbers(&report, "class_uid"),
        [2007, 2007, 2007, 2004, 2007]
    );
    assert_eq!(numbers(&report, "severity_id"), [4, 4, 2, 1, 2]);
    assert_eq!(numbers(&report, "status_id"), [1, 3, 1, 1, 4]);
    let documents = documents(&report);
    assert_eq!(
        documents[0]["metadata"]["product"],
        json!({"uid": "code-hound", "name": "Code Hound", "vendor_name": "Example", "version": "3.2.1"})
    );
    let uids: Vec<_> = documents[0]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["uid"])
        .collect();
    assert_eq!(
        json!(uids),
        json!([
            REPOSITORY,
            format!("{REPOSITORY}#hound/javascript"),
            format!("{REPOSITORY}/src/db.js")
        ])
    );
    let vulnerability = &documents[0]["vulnerabilities"][0];
    assert_eq!(vulnerability["cwe"]["uid"], "CWE-89");
    assert_eq!(
        vulnerability["affected_code"][0],
        json!({"file": {"name": "db.js", "path": "src/db.js", "type_id": 1},
               "start_line": 12, "end_line": 12, "start_column": 3, "end_column": 20})
    );
    assert_eq!(documents[1]["comment"], "Never reached.");
    assert_eq!(documents[2]["message"], "x is unused");
    assert_eq!(
        documents[2]["vulnerabilities"][0]["affected_code"][0]["file"]["path"],
        "src/style.js"
    );
    assert_eq!(documents[3]["finding_info"]["title"], "Odd");
}

#[test]
fn lines_are_no_part_of_the_identity() {
    let moved = SARIF
        .replace("\"startLine\": 12", "\"startLine\": 99")
        .replace("\"startLine\": 5", "\"startLine\": 6");
    assert_eq!(uids(&whole(SARIF)), uids(&whole(&moved)));
    let uids = uids(&whole(SARIF));
    assert_eq!(
        uids[0],
        format!("{REPOSITORY}|js/injection|src/db.js|primaryLocationLineHash=39fa2ee980eb94b0:1")
    );
    assert_eq!(
        uids[1],
        format!("{REPOSITORY}|js/injection|src/old.js|This one too.")
    );
}

#[test]
fn a_log_that_names_no_repository_says_not_what_was_scanned() {
    let report = json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "x"}},
        "results": [{"ruleId": "CVE-2099-1", "level": "error", "message": {"text": "Old"}}],
    }]});
    let report = whole(&report.to_string());
    assert_eq!((&report.scope, report.undated), (&Scope::Unknown, true));
    let document = &documents(&report)[0];
    assert_eq!(
        (&document["class_uid"], document.get("time")),
        (&json!(2002), None)
    );
    assert_eq!(document["vulnerabilities"][0]["cve"]["uid"], "CVE-2099-1");
}

#[test]
fn a_fingerprint_may_be_more_than_a_text() {
    let report = json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "x"}},
        "results": [{"ruleId": "r", "fingerprints": {"row": {"value": "a"}}}],
    }]});
    assert_eq!(
        uids(&whole(&report.to_string())),
        ["|r||row={\"value\":\"a\"}"]
    );
}

fn prints(results: &[(&str, &str, Value)]) -> Vec<String> {
    let results = results.iter().map(|(file, message, fingerprints)| {
        let location = json!({"physicalLocation": {"artifactLocation": {"uri": file}}});
        json!({"ruleId": "r", "message": {"text": message}, "locations": [location],
               "fingerprints": fingerprints})
    });
    let results: Vec<Value> = results.collect();
    let run = json!({"tool": {"driver": {"name": "x"}}, "results": results});
    uids(&whole(
        &json!({"version": "2.1.0", "runs": [run]}).to_string(),
    ))
}

#[test]
fn the_file_is_part_of_the_identity_whatever_the_fingerprint_is() {
    let shared = || json!({"p/v1": "the same"});
    let both = prints(&[("a.py", "m", shared()), ("b.py", "m", shared())]);
    assert_eq!(both, ["|r|a.py|p/v1=the same", "|r|b.py|p/v1=the same"]);
    // What is left is what it was.
    assert_eq!(prints(&[("b.py", "m", shared())]), both[1..]);
}

#[test]
fn a_fingerprint_that_says_nothing_is_none() {
    for nothing in ["requires login", ""] {
        let nothing = || json!({"matchBasedId/v1": nothing});
        let two = prints(&[("a.py", "first", nothing()), ("a.py", "second", nothing())]);
        assert_eq!(two, ["|r|a.py|first", "|r|a.py|second"]);
    }
    let next = json!({"a": null, "b": "known"});
    assert_eq!(prints(&[("a.py", "m", next)]), ["|r|a.py|b=known"]);
}

#[test]
fn a_tool_that_found_nothing_beside_others_is_named() {
    let result = |rule: &str| json!({"ruleId": rule, "message": {"text": "m"}});
    let passed = json!({"ruleId": "r", "kind": "pass", "message": {"text": "m"}});
    let log = |runs: &[(&str, Vec<Value>)]| {
        let run = |(tool, results): &(&str, Vec<Value>)| {
            let tool = json!({"driver": {"name": tool}});
            json!({"tool": tool, "results": results})
        };
        let runs: Vec<Value> = runs.iter().map(run).collect();
        whole(&json!({"version": "2.1.0", "runs": runs}).to_string()).silent
    };
    let found = || vec![result("a")];
    for (runs, silent) in [
        (vec![("One", found()), ("Two", vec![])], vec!["two"]),
        (vec![("Two", vec![passed]), ("One", found())], vec!["two"]),
        (vec![("One", found()), ("One", vec![])], vec![]),
        (vec![("One", found()), ("Two", found())], vec![]),
    ] {
        assert_eq!(log(&runs), silent, "{runs:?}");
    }
}
