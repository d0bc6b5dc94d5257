//! Findings of real tools, where the folder with them is present.

use super::*;
use crate::securityhub::asff;
use crate::securityhub::finding::tests::real_data::lines;

/// Blank texts, which no client may send.
fn without_blanks(value: &mut Value) {
    if let Value::Object(members) = value {
        members.retain(|_, member| member.as_str().is_none_or(|text| !text.trim().is_empty()));
        members.values_mut().for_each(without_blanks);
    }
}

#[test]
fn findings_of_prowler_are_taken_and_shown_as_they_came() {
    let Some(mut findings) = lines("asff/prowler_moto_sample.jsonl.gz") else {
        return;
    };
    findings.truncate(1000);
    let t = enabled();
    let mut products: Vec<String> = Vec::new();
    for finding in &mut findings {
        without_blanks(finding);
        finding["AwsAccountId"] = ADMINISTRATOR.into();
        products.push(finding["ProductArn"].as_str().unwrap().to_owned());
    }
    let on = json!({"ProductArn": products[0]});
    t.call("securityhub", "EnableImportFindingsForProduct", on)
        .unwrap();
    for batch in findings.chunks(100) {
        let answer = import_as(&t, ADMINISTRATOR, batch).unwrap();
        assert_eq!(answer["FailedFindings"], json!([]));
    }
    let sent = &findings[17];
    let shown = get(&t, sent["Id"].as_str().unwrap());
    for name in [
        "Title",
        "Resources",
        "Compliance",
        "Remediation",
        "Types",
        "UpdatedAt",
    ] {
        assert_eq!(shown[name], sent[name], "{name}");
    }
    for finding in &mut findings {
        finding["UpdatedAt"] = "2026-12-01T00:00:00Z".into();
        finding["RecordState"] = "ARCHIVED".into();
    }
    for batch in findings.chunks(100) {
        import_as(&t, ADMINISTRATOR, batch).unwrap();
    }
    let archived = json!({"RecordState": [{"Value": "ARCHIVED", "Comparison": "EQUALS"}]});
    assert_eq!(found_as(&t, ADMINISTRATOR, archived).len(), 100);
}

#[test]
fn findings_that_came_as_ocsf_are_shown() {
    for file in [
        "ocsf/prowler_moto_sample.jsonl.gz",
        "ocsf/public_findings.jsonl",
    ] {
        let Some(mut documents) = lines(file) else {
            return;
        };
        documents.truncate(500);
        let documents: Vec<Value> = documents
            .into_iter()
            .map(|row| row.get("data").cloned().unwrap_or(row))
            .collect();
        let t = enabled();
        let input = json!({"Findings": documents});
        let taken = t.call("balefire", "ImportFindings", input).unwrap();
        let (mut seen, mut token) = (0, Value::Null);
        loop {
            let answer = t
                .call("securityhub", "GetFindings", json!({"NextToken": token}))
                .unwrap();
            seen += answer["Findings"].as_array().unwrap().len();
            token = answer["NextToken"].clone();
            if token.is_null() {
                break;
            }
        }
        println!("{file}: {seen} shown");
        assert_eq!(taken["Created"], seen);
    }
}

/// The columns would say little of findings that are not regular.
#[test]
fn findings_of_prowler_are_regular() {
    if let Some(findings) = lines("asff/prowler_moto_sample.jsonl.gz") {
        for finding in &findings {
            let ocsf = asff::to_ocsf(finding).unwrap();
            assert!(asff::regular::is_regular(&ocsf), "{ocsf}");
        }
    }
    for (file, least) in [
        ("ocsf/prowler_moto_sample.jsonl.gz", 1.0),
        ("ocsf/public_findings.jsonl", 0.8),
    ] {
        let Some(documents) = lines(file) else {
            return;
        };
        let is_regular = |row: &&Value| asff::regular::is_regular(row.get("data").unwrap_or(row));
        let regular = documents.iter().filter(is_regular).count();
        let share = regular as f64 / documents.len() as f64;
        assert!(share >= least, "{file}: {regular} of {}", documents.len());
    }
}
