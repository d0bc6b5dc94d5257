//! `BatchGetFindingDetails`: what it gives, and what it says of ARNs without details.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::inspector::finding::arn;
use crate::inspector::fixture::{FUNCTION, INSTANCE, load_advisories, sbom, scan};
use crate::intelligence::feed_store::fixture::{advisory, epss, kev, load};
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

fn details(t: &Testing, caller: &str, arns: &[&str]) -> (Vec<Value>, Vec<Value>) {
    let input = json!({"findingArns": arns});
    let answer = t
        .call_as(caller, "inspector2", "BatchGetFindingDetails", input)
        .unwrap();
    let list = |name: &str| answer[name].as_array().unwrap().clone();
    (list("findingDetails"), list("errors"))
}

#[test]
fn details_are_what_the_feeds_say_and_nothing_more() {
    let t = Testing::new();
    load_advisories(&t);
    let other = {
        let mut other = advisory("PYSEC-2099-1", &["CVE-2099-0001"], "anvil", "2.0");
        other["severity"] = json!([]);
        other["database_specific"] = json!({"cwe_ids": ["CWE-22"]});
        other
    };
    load(&t, "OSV", "second", &[other]);
    load(&t, "KEV", "a", &[kev("CVE-2099-0001")]);
    load(&t, "EPSS", "a", &[epss("CVE-2099-0001", 0.97531)]);
    scan(&t, INSTANCE, sbom(&[("anvil", "1.0"), ("hammer", "1.0")]));
    let of = |vulnerability: &str| arn("aws", ADMINISTRATOR, REGION, INSTANCE, vulnerability, None);
    let (first, third) = (of("CVE-2099-0001"), of("CVE-2099-0003"));
    let (found, errors) = details(&t, ADMINISTRATOR, &[&third, &first, &third]);
    let day = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
    let added = day("2099-01-02T00:00:00Z");
    let expected = json!({
        "cisaData": {"action": "Step aside.", "dateAdded": added, "dateDue": day("2099-01-23T00:00:00Z")},
        "cwes": ["CWE-22", "CWE-79", "CWE-502", "CWE-1234"],
        "epssScore": 0.97531,
        "evidences": [{
            "evidenceDetail": "Acme Anvil Drop (Acme Anvil), listed as exploited on 2099-01-02. \
                               Ransomware campaigns are known to use it.",
            "evidenceRule": "CISA Known Exploited Vulnerabilities",
        }],
        "exploitObserved": {"firstSeen": added, "lastSeen": added},
        "findingArn": first,
        "referenceUrls": ["https://acme.example/GHSA-0001", "https://acme.example/PYSEC-2099-1"],
    });
    let bare = json!({"findingArn": third, "referenceUrls": ["https://acme.example/PYSEC-2099-3"]});
    // In the order of the request, each once.
    assert_eq!((found, errors), (vec![bare, expected], vec![]));
}

#[test]
fn references_are_at_most_a_hundred() {
    let t = Testing::new();
    let mut row = advisory("GHSA-0001", &[], "anvil", "2.0");
    row["references"] = (0..150)
        .map(|n| json!({"type": "WEB", "url": format!("https://acme.example/{}", n / 2)}))
        .chain(
            (100..200).map(|n| json!({"type": "WEB", "url": format!("https://acme.example/{n}")})),
        )
        .collect();
    load(&t, "OSV", "a", &[row]);
    scan(&t, INSTANCE, sbom(&[("anvil", "1.0")]));
    let arn = arn("aws", ADMINISTRATOR, REGION, INSTANCE, "GHSA-0001", None);
    let (found, _) = details(&t, ADMINISTRATOR, &[&arn]);
    let urls = found[0]["referenceUrls"].as_array().unwrap();
    assert_eq!(urls.len(), 100);
    assert_eq!(
        urls[75], "https://acme.example/100",
        "75 distinct ones come first"
    );
}

#[test]
fn arns_without_details_are_errors_of_their_own() {
    let t = Testing::new();
    load_advisories(&t);
    scan(&t, INSTANCE, sbom(&[("hammer", "1.0")]));
    scan(&t, FUNCTION, sbom(&[("hammer", "1.0")]));
    let own = arn("aws", MEMBER, REGION, FUNCTION, "CVE-2099-0003", None);
    let foreign = arn(
        "aws",
        ADMINISTRATOR,
        REGION,
        INSTANCE,
        "CVE-2099-0003",
        None,
    );
    let foreign_and_absent = format!(
        "arn:aws:inspector2:{REGION}:{ADMINISTRATOR}:finding/{}",
        "0".repeat(32)
    );
    let absent = format!(
        "arn:aws:inspector2:{REGION}:{MEMBER}:finding/{}",
        "0".repeat(32)
    );
    let elsewhere = own.replace(REGION, "us-east-1");
    let (found, errors) = details(
        &t,
        MEMBER,
        &[&elsewhere, &foreign, &own, &foreign_and_absent, &absent],
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["findingArn"], own);
    let codes: Vec<(&str, &str)> = errors
        .iter()
        .map(|error| {
            (
                error["findingArn"].as_str().unwrap(),
                error["errorCode"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        (elsewhere.as_str(), "INVALID_INPUT"),
        (&foreign, "ACCESS_DENIED"),
        (&foreign_and_absent, "ACCESS_DENIED"),
        (&absent, "FINDING_DETAILS_NOT_FOUND"),
    ];
    assert_eq!(codes, expected);
    assert_eq!(
        errors[1]["errorMessage"], errors[2]["errorMessage"],
        "what is there stays unknown"
    );
    let (found, errors) = details(&t, ADMINISTRATOR, &[&own, &foreign]);
    assert_eq!(
        (found.len(), errors.len()),
        (2, 0),
        "the administrator sees its members'"
    );
}

#[test]
fn an_arn_of_the_wrong_form_fails_the_call() {
    let t = Testing::new();
    for arns in [json!(["finding/1"]), json!([]), json!([INSTANCE])] {
        let refused = t.call(
            "inspector2",
            "BatchGetFindingDetails",
            json!({"findingArns": arns}),
        );
        assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");
    }
}
