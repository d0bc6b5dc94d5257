//! Findings of one report that share an identity.

use serde_json::json;

use super::*;

const LODASH: &str = "shop|CVE-2099-1|lodash|package-lock.json";
const RULE: &str = "shop|r|a.c|m";

fn trivy(versions: &[&str]) -> String {
    let vulnerability = |version: &&str| {
        let id = "CVE-2099-1";
        json!({"VulnerabilityID": id, "PkgName": "lodash", "InstalledVersion": version})
    };
    let vulnerabilities: Vec<Value> = versions.iter().map(vulnerability).collect();
    let results = json!([{"Target": "package-lock.json", "Vulnerabilities": vulnerabilities}]);
    json!({"SchemaVersion": 2, "ArtifactName": "shop", "Results": results}).to_string()
}

fn grype(versions: &[&str]) -> String {
    let found = |version: &&str| {
        let artifact = json!({"name": "lodash", "version": version, "type": "npm"});
        json!({"vulnerability": {"id": "CVE-2099-1"}, "artifact": artifact})
    };
    let matches: Vec<Value> = versions.iter().map(found).collect();
    let source = json!({"type": "image", "target": {"userInput": "shop"}});
    json!({"matches": matches, "source": source}).to_string()
}

fn cyclonedx(versions: &[&str]) -> String {
    let of = |version: &&str| format!("pkg:npm/lodash@{version}");
    let component = |version: &&str| {
        let purl = of(version);
        json!({"bom-ref": purl, "name": "lodash", "version": version, "purl": purl})
    };
    let components: Vec<Value> = versions.iter().map(component).collect();
    let affects: Vec<Value> = versions.iter().map(|one| json!({"ref": of(one)})).collect();
    let product = json!({"component": {"name": "shop", "bom-ref": "shop"}});
    json!({
        "bomFormat": "CycloneDX", "metadata": product, "components": components,
        "vulnerabilities": [{"id": "CVE-2099-1", "affects": affects}],
    })
    .to_string()
}

fn sarif(results: &[Value]) -> String {
    let repository = json!([{"repositoryUri": "shop"}]);
    let run = json!({
        "tool": {"driver": {"name": "t"}}, "results": results, "versionControlProvenance": repository,
    });
    json!({"version": "2.1.0", "runs": [run]}).to_string()
}

/// A result of one rule and message in one file.
fn result(line: i64, snippet: Option<&str>) -> Value {
    let mut region = json!({"startLine": line});
    if let Some(text) = snippet {
        region["snippet"] = json!({"text": text});
    }
    let place = json!({"artifactLocation": {"uri": "a.c"}, "region": region});
    json!({
        "ruleId": "r", "message": {"text": "m"}, "locations": [{"physicalLocation": place}],
    })
}

/// Of each finding of a SARIF log its line and its identity.
fn lines(results: &[Value]) -> Vec<(i64, String)> {
    let line = |document: Value| {
        let line = document["vulnerabilities"][0]["affected_code"][0]["start_line"].as_i64();
        let uid = document["finding_info"]["uid"].as_str().unwrap().to_owned();
        (line.unwrap(), uid)
    };
    let mut lines: Vec<_> = documents(&whole(&sarif(results)))
        .into_iter()
        .map(line)
        .collect();
    lines.sort();
    lines
}

#[test]
fn versions_of_a_package_are_findings_of_their_own_whatever_their_order() {
    type Write = fn(&[&str]) -> String;
    let grypes = "shop|CVE-2099-1|npm|lodash|";
    let parts = "shop|CVE-2099-1|pkg:npm/lodash";
    for (write, alone) in [
        (trivy as Write, LODASH),
        (grype, grypes),
        (cyclonedx, parts),
    ] {
        let uids = |versions: &[&str]| uids(&whole(&write(versions)));
        let [old, new] = ["3.10.1", "4.17.4"].map(|version| format!("{alone}|@{version}"));
        assert_eq!(uids(&["3.10.1", "4.17.4"]), [old.clone(), new.clone()]);
        assert_eq!(uids(&["4.17.4", "3.10.1"]), [new, old]);
        // The one that is left, or was there alone, has none of theirs: what was decided on them is not
        // about it.
        for version in ["3.10.1", "4.17.4", "4.17.5"] {
            assert_eq!(uids(&[version]), [alone]);
        }
    }
}

#[test]
fn those_that_nothing_tells_apart_are_counted() {
    assert_eq!(
        uids(&whole(&trivy(&["1", "1"]))),
        [LODASH.to_owned(), format!("{LODASH}|#2")]
    );
    let mut three = uids(&whole(&trivy(&["1", "2", "1"])));
    three.sort();
    assert_eq!(
        three,
        ["@1", "@1|#2", "@2"].map(|end| format!("{LODASH}|{end}"))
    );
}

#[test]
fn what_is_said_of_equal_ones_and_no_order_tells_which_is_counted() {
    let text = trivy(&["1", "1"]);
    let titled = |text: &str, titles: [&str; 2]| {
        let mut report: Value = serde_json::from_str(text).unwrap();
        let listed = &mut report["Results"][0]["Vulnerabilities"];
        for (at, title) in titles.into_iter().enumerate() {
            listed[at]["Title"] = title.into();
        }
        let mut named: Vec<(String, String)> = documents(&whole(&report.to_string()))
            .iter()
            .map(|document| ["title", "uid"].map(|name| document["finding_info"][name].to_string()))
            .map(|[title, uid]| (title, uid))
            .collect();
        named.sort();
        named
    };
    assert_eq!(titled(&text, ["a", "b"]), titled(&text, ["b", "a"]));
}

#[test]
fn results_are_told_apart_by_their_code_before_their_place() {
    let (a, b) = (result(3, Some("gets(a)")), result(9, Some("gets(b)")));
    let first = lines(&[a.clone(), b.clone()]);
    assert_eq!(first, lines(&[b.clone(), a]));
    assert!(first[0].1.starts_with(&format!("{RULE}|@")), "{first:?}");
    // A line above moves both.
    let moved = lines(&[result(4, Some("gets(a)")), result(10, Some("gets(b)"))]);
    let uids = |found: &[(i64, String)]| found.iter().map(|one| one.1.clone()).collect::<Vec<_>>();
    assert_eq!(uids(&first), uids(&moved));
    assert_eq!(uids(&lines(&[b])), [RULE]);
    // Without the code there is only the place.
    let places = lines(&[result(9, None), result(3, None)]);
    assert_eq!(places[0].1, format!("{RULE}|@a.c:3"));
    assert_eq!(places[1].1, format!("{RULE}|@a.c:9"));
    let twice = lines(&[
        result(3, Some("x")),
        result(9, Some("x")),
        result(5, Some("y")),
    ]);
    assert!(twice[0].1.ends_with("|@a.c:3"), "{twice:?}");
    assert!(!twice[1].1.contains("a.c:5"), "{twice:?}");
}
