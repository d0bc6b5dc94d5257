//! Findings of real tools, where the folder with them is present.

use std::collections::BTreeMap;
use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::*;
use crate::access::Account;

/// The lines of a file of the data folder; `None`, with a line that says so, where it is absent.
pub(crate) fn lines(path: &str) -> Option<Vec<Value>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = env::var_os("BALEFIRE_SHARED").map_or(beside, PathBuf::from);
    let path = folder.join("data").join(path);
    let Ok(file) = File::open(&path) else {
        println!("skipped: {} is absent", path.display());
        return None;
    };
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    let reader: Box<dyn Read> = match packed {
        true => Box::new(flate2::read::MultiGzDecoder::new(file)),
        false => Box::new(file),
    };
    let lines = BufReader::new(reader).lines();
    Some(
        lines
            .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
            .collect(),
    )
}

#[test]
fn every_finding_of_prowler_is_kept_with_its_times_in_milliseconds() {
    let Some(documents) = lines("ocsf/prowler_moto_sample.jsonl.gz") else {
        return;
    };
    let t = enabled();
    for batch in documents.chunks(500) {
        assert_eq!(counts(&import(&t, batch)), [batch.len() as i64, 0, 0, 0]);
    }
    for batch in documents.chunks(500) {
        assert_eq!(counts(&import(&t, batch)), [0, 0, batch.len() as i64, 0]);
    }
    let sent = &documents[17];
    let found = finding(&t, sent["finding_info"]["uid"].as_str().unwrap());
    let mut expected = sent.clone();
    expected["time"] = json!(sent["time"].as_i64().unwrap() * 1000);
    let created = sent["finding_info"]["created_time"].as_i64().unwrap();
    expected["finding_info"]["created_time"] = json!(created * 1000);
    expected["metadata"]["uid"] = found["metadata"]["uid"].clone();
    assert_eq!(found, expected);

    let mut severities = BTreeMap::new();
    for document in &documents {
        *severities
            .entry(document["severity_id"].as_i64().unwrap())
            .or_insert(0) += 1;
    }
    for (severity, expected) in severities {
        let number = json!({"FieldName": "severity_id", "Filter": {"Eq": severity}});
        let filters = json!({"CompositeFilters": [{"NumberFilters": [number]}]});
        let (mut seen, mut token) = (0, json!(null));
        loop {
            let input = json!({"Filters": filters, "NextToken": token});
            let page = get_as(&t, ADMINISTRATOR, input).unwrap();
            seen += page["Findings"].as_array().unwrap().len();
            match page.get("NextToken") {
                Some(next) => token = next.clone(),
                None => break,
            }
        }
        assert_eq!(seen, expected, "severity {severity}");
    }
}

#[test]
fn public_findings_are_kept_or_refused_for_the_reasons_they_give() {
    let Some(rows) = lines("ocsf/public_findings.jsonl") else {
        return;
    };
    let documents: Vec<Value> = rows.into_iter().map(|row| row["data"].clone()).collect();
    let t = enabled();
    let output = import(&t, &documents);
    let failed: BTreeMap<usize, &str> = output["Failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["Index"].as_u64().unwrap() as usize,
                one["Reason"].as_str().unwrap(),
            )
        })
        .collect();
    assert!(!failed.is_empty() && failed.len() < documents.len());
    for (index, document) in documents.iter().enumerate() {
        let has_text = |pointer: &str| document.pointer(pointer).is_some_and(Value::is_string);
        let has_number = |name: &str| document[name].is_i64();
        let account = document
            .pointer("/cloud/account/uid")
            .and_then(Value::as_str);
        let cloud = document.pointer("/cloud/provider").and_then(Value::as_str);
        let is_of_aws =
            cloud.is_none_or(|cloud| cloud.trim().is_empty() || cloud.eq_ignore_ascii_case("aws"));
        let expected = [
            ("time ", !has_number("time")),
            ("severity_id ", !has_number("severity_id")),
            ("metadata.product.uid ", !has_text("/metadata/product/uid")),
            (
                "finding",
                !(has_text("/finding_info/uid")
                    || document["class_uid"] == 2001 && has_text("/finding/uid")),
            ),
            (
                "vulnerabilities ",
                document["class_uid"] == 2002 && document["vulnerabilities"].is_null(),
            ),
            (
                "cloud.account.uid ",
                account.is_some_and(|account| !Account::is_id(account)) && is_of_aws,
            ),
            (
                "status_id ",
                document["status_id"].as_i64().is_some_and(|id| id < 0),
            ),
        ];
        let faults: Vec<&str> = expected
            .iter()
            .filter(|(_, is)| *is)
            .map(|(path, _)| *path)
            .collect();
        match failed.get(&index) {
            None => assert!(faults.is_empty(), "{index} was kept: {faults:?}"),
            Some(reason) => {
                assert!(!faults.is_empty(), "{index}: {reason}");
                for fault in faults {
                    assert!(reason.contains(fault), "{index}: {fault} not in {reason}");
                }
            }
        }
    }
}
