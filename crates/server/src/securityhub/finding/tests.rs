//! Findings from import to triage, through the operations.

mod analyses;
mod as_of;
mod complete;
mod fold;
mod get;
mod import;
mod logged;
pub(crate) mod real_data;
mod room;
mod speed;
mod statistics;
mod update;

use balefire_store::Tx;
use serde_json::{Value, json};

use super::identity::Identity;
use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

/// The product of all documents here.
const PRODUCT: &str = "scanner";

/// A whole document of the administrator's account; `set` replaces members of the event.
pub(crate) fn document(finding_uid: &str, set: Value) -> Value {
    document_of(ADMINISTRATOR, finding_uid, set)
}

pub(crate) fn document_of(account: &str, finding_uid: &str, set: Value) -> Value {
    let mut document = json!({
        "class_uid": 2004, "class_name": "Detection Finding", "category_uid": 2,
        "activity_id": 1, "activity_name": "Create", "severity_id": 3, "severity": "Medium",
        "status_id": 1, "status": "New", "time": 1_750_000_000_000_i64,
        "metadata": {"product": {"uid": PRODUCT, "name": "Scanner"}, "version": "1.6.0"},
        "finding_info": {"uid": finding_uid, "title": format!("Finding {finding_uid}")},
        "cloud": {"account": {"uid": account}, "provider": "AWS", "region": "eu-central-1"},
    });
    for (name, value) in set.as_object().unwrap() {
        document[name] = value.clone();
    }
    let numbers = ["class_uid", "activity_id"].map(|name| document[name].as_i64().unwrap_or(0));
    if document.get("type_uid").is_none() {
        document["type_uid"] = json!(numbers[0] * 100 + numbers[1]);
    }
    document
}

pub(crate) fn uid_of(account: &str, finding_uid: &str) -> String {
    let identity = Identity {
        account,
        product_uid: PRODUCT,
        finding_uid,
    };
    identity.uid()
}

/// A server whose hubs are on.
pub(crate) fn enabled() -> Testing {
    let t = Testing::new();
    for account in [ADMINISTRATOR, MEMBER] {
        t.call_as(account, "securityhub", "EnableSecurityHubV2", json!({}))
            .unwrap();
    }
    t
}

pub(crate) fn import_as(t: &Testing, account: &str, documents: &[Value]) -> Result<Value, Failure> {
    let input = json!({"Findings": documents});
    t.call_as(account, "balefire", "ImportFindings", input)
}

pub(crate) fn import(t: &Testing, documents: &[Value]) -> Value {
    import_as(t, ADMINISTRATOR, documents).unwrap()
}

/// Created, updated, unchanged and failed.
fn counts(output: &Value) -> [i64; 4] {
    let count = |name: &str| output[name].as_i64().unwrap();
    let failed = output["Failed"].as_array().unwrap().len();
    [
        count("Created"),
        count("Updated"),
        count("Unchanged"),
        failed as i64,
    ]
}

pub(crate) fn get_as(t: &Testing, account: &str, input: Value) -> Result<Value, Failure> {
    t.call_as(account, "securityhub", "GetFindingsV2", input)
}

fn findings(t: &Testing, input: Value) -> Vec<Value> {
    let output = get_as(t, ADMINISTRATOR, input).unwrap();
    output["Findings"].as_array().unwrap().clone()
}

/// Filters that ask for one text.
fn equals(field: &str, value: &str) -> Value {
    text_filter(field, "EQUALS", value)
}

fn text_filter(field: &str, comparison: &str, value: &str) -> Value {
    let filter = json!({"Comparison": comparison, "Value": value});
    let filter = json!({"FieldName": field, "Filter": filter});
    json!({"CompositeFilters": [{"StringFilters": [filter]}]})
}

/// The one finding with this provider's id, as the administrator sees it.
pub(crate) fn finding(t: &Testing, finding_uid: &str) -> Value {
    let found = findings(
        t,
        json!({"Filters": equals("finding_info.uid", finding_uid)}),
    );
    assert_eq!(found.len(), 1, "{finding_uid}");
    found[0].clone()
}

pub(crate) fn update_as(t: &Testing, account: &str, input: Value) -> Result<Value, Failure> {
    t.call_as(account, "securityhub", "BatchUpdateFindingsV2", input)
}

/// Sets on one finding of the administrator's, which must succeed.
pub(crate) fn update(t: &Testing, finding_uid: &str, mut set: Value) {
    set["MetadataUids"] = json!([uid_of(ADMINISTRATOR, finding_uid)]);
    let output = update_as(t, ADMINISTRATOR, set).unwrap();
    assert_eq!(output["ProcessedFindings"].as_array().unwrap().len(), 1);
}

/// Kind and body of the changes, oldest first, of those that are about findings.
pub(crate) fn log(t: &Testing) -> Vec<(String, Value)> {
    let read = |tx: &mut Tx<'_>| -> Result<Vec<(String, Value)>, balefire_store::Error> {
        let sql =
            "SELECT kind, body FROM log WHERE kind LIKE 'findings.%' ORDER BY at_ms, shard, seq";
        let rows = tx.query(sql, &[])?;
        let entry = |row: &balefire_store::Row| {
            let body = serde_json::from_slice(row.blob(1)?).unwrap();
            Ok((row.text(0)?.to_owned(), body))
        };
        rows.iter().map(entry).collect()
    };
    t.store.read_blocking(read).unwrap().unwrap()
}
