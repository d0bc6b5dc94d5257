//! The inventory from import to statistics, through the operations.

mod filter;
mod import;
mod page;
mod rating;
mod reading;
mod real_data;
mod speed;
mod statistics;
mod summary;
mod trends;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::securityhub::finding::tests::{document_of, enabled, import_as};
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

const BUCKET: &str = "arn:aws:s3:::lantern";
const QUEUE: &str = "arn:aws:sqs:eu-central-1:111111111111:jobs";

fn bucket() -> Value {
    json!({"uid": BUCKET, "type": "AWS::S3::Bucket", "name": "lantern"})
}

/// Brings in documents of any account, all of which are taken.
fn import(t: &Testing, documents: &[Value]) -> Value {
    let output = import_as(t, ADMINISTRATOR, documents).unwrap();
    assert_eq!(output["Failed"], json!([]));
    output
}

/// A finding of the administrator's about some resources.
fn about(finding_uid: &str, resources: Value) -> Value {
    about_of(ADMINISTRATOR, finding_uid, resources)
}

fn about_of(account: &str, finding_uid: &str, resources: Value) -> Value {
    document_of(account, finding_uid, json!({"resources": resources}))
}

fn call_as(t: &Testing, account: &str, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call_as(account, "securityhub", operation, input)
}

fn get_as(t: &Testing, account: &str, input: Value) -> Vec<Value> {
    let output = call_as(t, account, "GetResourcesV2", input).unwrap();
    output["Resources"].as_array().unwrap().clone()
}

fn get(t: &Testing, input: Value) -> Vec<Value> {
    get_as(t, ADMINISTRATOR, input)
}

/// The one resource with an id, as the administrator sees it.
fn resource(t: &Testing, id: &str) -> Value {
    let found = get(t, json!({"Filters": text("ResourceId", "EQUALS", id)}));
    assert_eq!(found.len(), 1, "{id}");
    found[0].clone()
}

fn ids(resources: &[Value]) -> Vec<&str> {
    let ids = resources
        .iter()
        .map(|one| one["ResourceId"].as_str().unwrap());
    ids.collect()
}

fn all_of(kind: &str, filters: Value) -> Value {
    json!({"CompositeFilters": [{kind: filters}]})
}

/// Filters that ask for one text.
fn text(field: &str, comparison: &str, value: &str) -> Value {
    let filter = json!({"Comparison": comparison, "Value": value});
    all_of(
        "StringFilters",
        json!([{"FieldName": field, "Filter": filter}]),
    )
}

/// What is wrong with the input, as the paths of its members.
fn wrong(result: Result<Value, Failure>) -> Vec<String> {
    match result.unwrap_err() {
        Failure::Invalid(violations) => violations.into_iter().map(|one| one.path).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_account_sees_nothing_of_anothers() {
    let t = enabled();
    import_as(&t, MEMBER, &[about_of(MEMBER, "m", json!([bucket()]))]).unwrap();
    import(&t, &[about("a", json!([bucket(), {"uid": "own"}]))]);
    let mut a_third = about_of("333333333333", "x", json!([bucket()]));
    a_third["resources"][0]["owner"] = json!({"account": {"uid": MEMBER}});
    import(&t, &[a_third]);
    let seen = get_as(&t, MEMBER, json!({}));
    assert_eq!(ids(&seen), [BUCKET], "whoever is said to own it");
    assert_eq!(seen[0]["AccountId"], MEMBER);
    assert_eq!(seen[0]["FindingsSummary"][0]["TotalFindings"], 1);
    let all = get(&t, json!({}));
    assert_eq!(ids(&all), [BUCKET, BUCKET, BUCKET, "own"]);
    for one in &all {
        assert_eq!(one["FindingsSummary"][0]["TotalFindings"], 1, "{one}");
    }
    let rules = json!({"GroupByRules": [{"GroupByField": "AccountId"}]});
    let counted = call_as(&t, MEMBER, "GetResourcesStatisticsV2", rules).unwrap();
    let values = &counted["GroupByResults"][0]["GroupByValues"];
    assert_eq!(*values, json!([{"FieldValue": MEMBER, "Count": 1}]));
}

#[test]
fn scopes_are_the_administrators() {
    let t = enabled();
    import(&t, &[about("a", json!([bucket()]))]);
    let rules = json!([{"GroupByField": "Region"}]);
    for (operation, mut input) in [
        ("GetResourcesV2", json!({})),
        ("GetResourcesStatisticsV2", json!({"GroupByRules": rules})),
    ] {
        input["Scopes"] = json!({"AwsOrganizations": []});
        assert!(call_as(&t, ADMINISTRATOR, operation, input.clone()).is_ok());
        let refused = call_as(&t, MEMBER, operation, input.clone());
        assert!(matches!(refused, Err(Failure::Denied(_))), "{operation}");
        input["Scopes"] = json!({"AwsOrganizations": [{"OrganizationId": "o-0000000000"}]});
        let unknown = call_as(&t, ADMINISTRATOR, operation, input);
        assert!(
            matches!(unknown, Err(Failure::NotFound { .. })),
            "{operation}"
        );
    }
}

#[test]
fn where_the_hub_is_off_all_is_denied() {
    let t = Testing::new();
    let day = "2026-01-01T00:00:00Z";
    for (operation, input) in [
        ("GetResourcesV2", json!({})),
        ("GetResourcesStatisticsV2", json!({"GroupByRules": []})),
        (
            "GetResourcesTrendsV2",
            json!({"StartTime": day, "EndTime": day}),
        ),
    ] {
        let refused = call_as(&t, ADMINISTRATOR, operation, input);
        assert!(matches!(refused, Err(Failure::Denied(_))), "{operation}");
    }
}
