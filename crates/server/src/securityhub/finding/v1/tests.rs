//! Findings of the first version, through the operations.

mod closed;
mod columns;
mod files;
mod filter;
mod history;
mod import;
mod isolation;
mod naming;
mod real_data;
mod rules;
mod update;
mod workflow;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

/// The ARN of an account's own product.
pub(crate) fn own_product(account: &str) -> String {
    format!("arn:aws:securityhub:{REGION}:{account}:product/{account}/default")
}

/// A whole finding of an account; `set` replaces members.
pub(crate) fn finding_of(account: &str, id: &str, set: Value) -> Value {
    let mut finding = json!({
        "SchemaVersion": "2018-10-08", "Id": id, "ProductArn": own_product(account), "GeneratorId": "probe",
        "AwsAccountId": account, "Title": format!("Finding {id}"), "Description": "Something is open.",
        "CreatedAt": "2025-12-01T00:00:00Z", "UpdatedAt": "2025-12-01T00:00:00Z",
        "Severity": {"Label": "MEDIUM"},
        "Resources": [{"Type": "AwsS3Bucket", "Id": format!("arn:aws:s3:::{id}"), "Tags": {"name": "x"}}],
    });
    for (name, value) in set.as_object().unwrap() {
        finding[name] = value.clone();
    }
    finding
}

fn finding(id: &str, set: Value) -> Value {
    finding_of(ADMINISTRATOR, id, set)
}

/// The finding as its provider sends it later.
fn later(id: &str, day: u32, set: Value) -> Value {
    let mut later = finding(id, set);
    later["UpdatedAt"] = format!("2025-12-{day:02}T00:00:00Z").into();
    later
}

/// A server on which both versions are on for both accounts.
fn enabled() -> Testing {
    let t = Testing::new();
    for account in [ADMINISTRATOR, MEMBER] {
        for operation in ["EnableSecurityHub", "EnableSecurityHubV2"] {
            t.call_as(account, "securityhub", operation, json!({}))
                .unwrap();
        }
    }
    t
}

fn import_as(t: &Testing, account: &str, findings: &[Value]) -> Result<Value, Failure> {
    let input = json!({"Findings": findings});
    t.call_as(account, "securityhub", "BatchImportFindings", input)
}

/// Imports findings that are all taken.
fn import(t: &Testing, findings: &[Value]) {
    let answer = import_as(t, ADMINISTRATOR, findings).unwrap();
    let expected = json!({"SuccessCount": findings.len(), "FailedCount": 0, "FailedFindings": []});
    assert_eq!(answer, expected);
}

fn found_as(t: &Testing, account: &str, filters: Value) -> Vec<Value> {
    let input = json!({"Filters": filters});
    let mut answer = t
        .call_as(account, "securityhub", "GetFindings", input)
        .unwrap();
    match answer["Findings"].take() {
        Value::Array(findings) => findings,
        other => panic!("{other} is no list"),
    }
}

/// The one finding with an id.
fn get(t: &Testing, id: &str) -> Value {
    let filters = json!({"Id": [{"Value": id, "Comparison": "EQUALS"}]});
    let mut found = found_as(t, ADMINISTRATOR, filters);
    assert_eq!(found.len(), 1, "{id}: {found:?}");
    found.remove(0)
}

/// The same finding as the second version shows it.
fn get_v2(t: &Testing, id: &str) -> Value {
    let answer = t.call("securityhub", "GetFindingsV2", json!({})).unwrap();
    let findings = answer["Findings"].as_array().unwrap();
    let found = findings.iter().find(|one| one["finding_info"]["uid"] == id);
    found
        .unwrap_or_else(|| panic!("{id}: {findings:?}"))
        .clone()
}

fn update(t: &Testing, id: &str, set: Value) -> Value {
    let mut input = set;
    input["FindingIdentifiers"] = json!([{"Id": id, "ProductArn": own_product(ADMINISTRATOR)}]);
    t.call("securityhub", "BatchUpdateFindings", input).unwrap()
}
