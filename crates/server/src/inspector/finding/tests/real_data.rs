//! A real bill with the real feeds, where the folder with them is present.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};

use crate::inspector::finding::arn;
use crate::inspector::fixture::{INSTANCE, sbom, scan};
use crate::intelligence::feed_store::fixture::load;
use crate::intelligence::feed_store::real_data::{epss_rows, kev_rows, osv_rows};
use crate::intelligence::parse_cve;
use crate::intelligence::real_data::shared;
use crate::testing::{ADMINISTRATOR, Testing};

fn all(t: &Testing) -> Vec<Value> {
    let (mut findings, mut input) = (Vec::new(), json!({}));
    loop {
        let answer = t.call("inspector2", "ListFindings", input).unwrap();
        findings.extend(answer["findings"].as_array().unwrap().iter().cloned());
        match answer.get("nextToken") {
            Some(token) => input = json!({"nextToken": token}),
            None => return findings,
        }
    }
}

/// The scores of what `others` name: loading all of them is tested with the feeds.
fn only(mut scores: Vec<Value>, others: &[Value]) -> Vec<Value> {
    let texts: BTreeSet<&str> = others
        .iter()
        .flat_map(|row| {
            row["aliases"]
                .as_array()
                .into_iter()
                .flatten()
                .chain([&row["cve"]])
        })
        .filter_map(Value::as_str)
        .collect();
    scores.retain(|row| texts.contains(row["cve"].as_str().unwrap()));
    assert!(!scores.is_empty());
    scores
}

/// The pairs of vulnerability and package, by the reference matcher: the oldest CVE, else the GHSA id.
fn expected_pairs(path: std::path::PathBuf) -> BTreeSet<(String, String)> {
    let expected: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let pair = |entry: &Value| {
        let texts = |name: &str| {
            let list = entry[name].as_array().unwrap();
            list.iter()
                .map(|text| text.as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let cve = texts("cves").into_iter().min_by_key(|cve| parse_cve(cve));
        let ghsa = texts("aliases")
            .into_iter()
            .filter(|id| id.starts_with("GHSA-"))
            .min();
        let id = cve
            .or(ghsa)
            .unwrap_or_else(|| entry["id"].as_str().unwrap().to_owned());
        (
            id,
            format!(
                "{} {}",
                entry["name"].as_str().unwrap(),
                entry["version"].as_str().unwrap()
            ),
        )
    };
    expected.iter().map(pair).collect()
}

#[test]
fn an_old_python_environment_has_the_findings_of_the_reference_with_kev_and_epss() {
    let (Some(bill), Some(expected), Some(pypi), Some(kev), Some(epss)) = (
        shared("sbom/generated/gen-python-oldvenv.cdx.json"),
        shared("sbom/generated/gen-python-oldvenv.expected-pypa.json"),
        osv_rows("pypi"),
        kev_rows(),
        epss_rows(),
    ) else {
        return;
    };
    let t = Testing::new();
    load(&t, "OSV", "pypi", &pypi);
    load(&t, "KEV", "2025-08-25", &kev);
    let epss = only(epss, &pypi);
    load(&t, "EPSS", "2025-08-10", &epss);
    let bill: Value = serde_json::from_slice(&fs::read(bill).unwrap()).unwrap();
    let answer = scan(&t, INSTANCE, bill);
    assert_eq!(answer["Packages"], 55);
    let findings = all(&t);
    assert_eq!(Some(findings.len() as i64), answer["Opened"].as_i64());

    let mut pairs = BTreeSet::new();
    for finding in &findings {
        let details = &finding["packageVulnerabilityDetails"];
        for package in details["vulnerablePackages"].as_array().unwrap() {
            let name = format!(
                "{} {}",
                package["name"].as_str().unwrap(),
                package["version"].as_str().unwrap()
            );
            pairs.insert((
                details["vulnerabilityId"].as_str().unwrap().to_owned(),
                name.to_lowercase(),
            ));
        }
    }
    let expected: BTreeSet<_> = expected_pairs(expected)
        .into_iter()
        .map(|(id, name)| (id, name.to_lowercase()))
        .collect();
    assert_eq!(
        pairs.difference(&expected).collect::<Vec<_>>(),
        Vec::<&(String, String)>::new()
    );
    assert_eq!(
        expected.difference(&pairs).collect::<Vec<_>>(),
        Vec::<&(String, String)>::new()
    );

    let scores: BTreeMap<&str, &Value> = epss
        .iter()
        .map(|row| (row["cve"].as_str().unwrap(), &row["epss"]))
        .collect();
    let listed: BTreeMap<&str, &Value> = kev
        .iter()
        .map(|row| (row["cveID"].as_str().unwrap(), row))
        .collect();
    for chunk in findings.chunks(10) {
        let arns: Vec<&Value> = chunk.iter().map(|finding| &finding["findingArn"]).collect();
        let answer = t.call_as(
            ADMINISTRATOR,
            "inspector2",
            "BatchGetFindingDetails",
            json!({"findingArns": arns}),
        );
        let answer = answer.unwrap();
        let details = answer["findingDetails"].as_array().unwrap();
        assert_eq!(
            (details.len(), answer["errors"].as_array().unwrap().len()),
            (chunk.len(), 0)
        );
        for (finding, detail) in chunk.iter().zip(details) {
            let id = finding["packageVulnerabilityDetails"]["vulnerabilityId"]
                .as_str()
                .unwrap();
            assert_eq!(detail.get("epssScore"), scores.get(id).copied(), "{id}");
            assert_eq!(
                finding["epss"].get("score"),
                scores.get(id).copied(),
                "{id}"
            );
            assert_eq!(
                detail.get("cisaData").is_some(),
                listed.contains_key(id),
                "{id}"
            );
            assert_eq!(
                finding["exploitAvailable"] == "YES",
                listed.contains_key(id),
                "{id}"
            );
        }
    }
}

/// Every KEV vulnerability of the joined data, as if a package had it.
#[test]
fn details_of_known_exploited_vulnerabilities_agree_with_the_joined_data() {
    let (Some(joined), Some(kev), Some(epss)) = (
        shared("joined/kev_enrichment.jsonl.gz"),
        kev_rows(),
        epss_rows(),
    ) else {
        return;
    };
    let file = fs::File::open(joined).unwrap();
    let text = std::io::read_to_string(crate::intelligence::source::unpack(file).unwrap()).unwrap();
    let rows: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let advisory = |row: &Value| {
        let package = json!({"ecosystem": "PyPI", "name": "anvil"});
        json!({"id": row["cve"], "affected": [{"package": package, "versions": ["1.0"]}]})
    };
    let t = Testing::new();
    load(
        &t,
        "OSV",
        "joined",
        &rows.iter().map(advisory).collect::<Vec<_>>(),
    );
    load(&t, "KEV", "2025-08-25", &kev);
    let epss = only(epss, &rows);
    load(&t, "EPSS", "2025-08-10", &epss);
    scan(&t, INSTANCE, sbom(&[("anvil", "1.0")]));
    let scores: BTreeMap<&str, &Value> = epss
        .iter()
        .map(|row| (row["cve"].as_str().unwrap(), &row["epss"]))
        .collect();
    let (mut same, mut other, mut cwes_within) = (0, 0, 0);
    let day = |text: &Value| {
        let date: jiff::civil::Date = text.as_str().unwrap().parse().unwrap();
        json!(
            date.to_zoned(jiff::tz::TimeZone::UTC)
                .unwrap()
                .timestamp()
                .as_second()
        )
    };
    for rows in rows.chunks(10) {
        let arn_of = |row: &Value| {
            let cve = row["cve"].as_str().unwrap();
            arn("aws", ADMINISTRATOR, "eu-central-1", INSTANCE, cve, None)
        };
        let arns: Vec<String> = rows.iter().map(arn_of).collect();
        let answer = t
            .call(
                "inspector2",
                "BatchGetFindingDetails",
                json!({"findingArns": arns}),
            )
            .unwrap();
        let details = answer["findingDetails"].as_array().unwrap();
        assert_eq!(details.len(), rows.len());
        for (row, detail) in rows.iter().zip(details) {
            let cve = row["cve"].as_str().unwrap();
            assert_eq!(detail.get("epssScore"), scores.get(cve).copied(), "{cve}");
            let theirs = json!({
                "action": row["kev"]["action"].as_str().unwrap().trim(),
                "dateAdded": day(&row["kev"]["dateAdded"]), "dateDue": day(&row["kev"]["dateDue"]),
            });
            if detail["cisaData"] == theirs {
                same += 1;
            } else {
                other += 1;
            }
            let set = |value: &Value| -> BTreeSet<String> {
                let list = value.as_array().cloned().unwrap_or_default();
                list.iter()
                    .map(|cwe| cwe.as_str().unwrap().to_owned())
                    .collect()
            };
            cwes_within += usize::from(set(&detail["cwes"]).is_subset(&set(&row["cwes"])));
        }
    }
    // The joined data was made a year later; CISA had changed six of the rows by then.
    assert_eq!((same, other), (568, 6));
    assert_eq!(cwes_within, 574);
}
