//! The inventory of real tools' findings, where the folder with them is present.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::securityhub::finding::tests::real_data::lines;

/// All resources, page after page.
fn all(t: &Testing) -> Vec<Value> {
    let (mut found, mut token) = (Vec::new(), json!(null));
    loop {
        let input = json!({"NextToken": token});
        let page = call_as(t, ADMINISTRATOR, "GetResourcesV2", input).unwrap();
        found.extend(page["Resources"].as_array().unwrap().iter().cloned());
        match page.get("NextToken") {
            Some(next) => token = next.clone(),
            None => return found,
        }
    }
}

#[test]
fn every_resource_of_prowler_is_there_with_its_open_findings() {
    let Some(documents) = lines("ocsf/prowler_moto_sample.jsonl.gz") else {
        return;
    };
    let t = enabled();
    for batch in documents.chunks(500) {
        import(&t, batch);
    }
    // Whether each finding that names a resource is open.
    let mut expected: BTreeMap<(String, String), i64> = BTreeMap::new();
    for document in &documents {
        let account = document["cloud"]["account"]["uid"].as_str().unwrap();
        let named = document["resources"].as_array().unwrap().iter();
        let named: BTreeSet<&str> = named.filter_map(|one| one["uid"].as_str()).collect();
        let is_done = |path: &str, done: &[i64]| {
            let value = document.pointer(path).and_then(Value::as_i64);
            value.is_some_and(|value| done.contains(&value))
        };
        let is_over = is_done("/status_id", &[3, 4, 5, 6])
            || is_done("/activity_id", &[3])
            || is_done("/compliance/status_id", &[1]);
        for id in named {
            let open = expected.entry((account.to_owned(), id.to_owned()));
            *open.or_default() += i64::from(!is_over);
        }
    }
    let found = all(&t);
    let of_findings = |one: &Value| {
        let summaries = one["FindingsSummary"].as_array().unwrap().iter();
        summaries
            .map(|one| one["TotalFindings"].as_i64().unwrap())
            .sum()
    };
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let seen: BTreeMap<(String, String), i64> = found
        .iter()
        .map(|one| {
            (
                (text(one, "AccountId"), text(one, "ResourceId")),
                of_findings(one),
            )
        })
        .collect();
    assert_eq!(seen.len(), found.len());
    assert!(seen.len() > 50, "{}", seen.len());
    assert!(
        seen == expected,
        "{} resources of {}",
        seen.len(),
        expected.len()
    );
    // Prowler names types as ASFF does.
    let buckets = text_filter_count(&t, "AWS::S3::Bucket");
    assert!(buckets > 0);
    assert_eq!(text_filter_count(&t, "AwsS3Bucket"), 0);
}

fn text_filter_count(t: &Testing, r#type: &str) -> usize {
    get(
        t,
        json!({"Filters": text("ResourceType", "EQUALS", r#type)}),
    )
    .len()
}

/// Every answer is held against its shape by `Testing`.
#[test]
fn public_findings_make_resources_of_their_shape() {
    let Some(rows) = lines("ocsf/public_findings.jsonl") else {
        return;
    };
    let t = enabled();
    let documents: Vec<Value> = rows.into_iter().map(|row| row["data"].clone()).collect();
    import_as(&t, ADMINISTRATOR, &documents).unwrap();
    let found = all(&t);
    println!("{} resources", found.len());
    assert!(!found.is_empty());
}
