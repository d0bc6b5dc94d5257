//! The inventory through the operations: imports in, lists and statistics out.

mod counting;
mod imports;
mod lists;
mod refusals;
mod speed;
mod statistics;

use balefire_store::Tx;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::securityhub::finding::tests::{document_of, enabled, import_as};
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

const HUB: &str = "securityhub";

/// A vulnerability of these packages, each a name and a version, on these resources.
fn vulnerable_of(account: &str, finding: &str, packages: &[(&str, &str)], on: &[&str]) -> Value {
    let packages = packages.iter().map(|(name, version)| {
        json!({"name": name, "version": version, "purl": format!("pkg:npm/{name}@{version}")})
    });
    let resources = on
        .iter()
        .map(|uid| json!({"uid": uid, "type": "AWS::EC2::Instance"}));
    let set = json!({
        "class_uid": 2002, "class_name": "Vulnerability Finding",
        "resources": resources.collect::<Vec<_>>(),
        "vulnerabilities": [{"affected_packages": packages.collect::<Vec<_>>()}],
    });
    document_of(account, finding, set)
}

fn vulnerable(finding: &str, packages: &[(&str, &str)], on: &[&str]) -> Value {
    vulnerable_of(ADMINISTRATOR, finding, packages, on)
}

fn import(t: &Testing, documents: &[Value]) {
    for batch in documents.chunks(500) {
        let output = import_as(t, ADMINISTRATOR, batch).unwrap();
        assert_eq!(output["Failed"], json!([]));
    }
}

/// `anvil` 1 on a and b, `anvil` 2 on b, `bolt` 1 on a; and the member's `anvil` 1 on c.
fn filled() -> Testing {
    let t = enabled();
    import(
        &t,
        &[
            vulnerable("1", &[("anvil", "1")], &["a", "b"]),
            vulnerable("2", &[("anvil", "1"), ("bolt", "1")], &["a"]),
            vulnerable("3", &[("anvil", "2")], &["b"]),
            vulnerable_of(MEMBER, "4", &[("anvil", "1")], &["c"]),
        ],
    );
    t
}

fn list_as(t: &Testing, account: &str, input: Value) -> Result<Value, Failure> {
    t.call_as(account, HUB, "GetSoftwareV2", input)
}

/// Name, version and number of resources.
fn packages(output: &Value) -> Vec<String> {
    let software = output["Software"].as_array().unwrap().iter();
    let text = |one: &Value| {
        let version = one["PackageVersion"].as_str().unwrap_or("-");
        let name = one["PackageName"].as_str().unwrap();
        format!("{name} {version} {}", one["ResourceCount"])
    };
    software.map(text).collect()
}

fn all(t: &Testing) -> Vec<String> {
    packages(&list_as(t, ADMINISTRATOR, json!({})).unwrap())
}

fn resources_as(t: &Testing, account: &str, mut input: Value) -> Result<Value, Failure> {
    for (name, value) in [("PackageName", "anvil"), ("PackageType", "library")] {
        if input.get(name).is_none() {
            input[name] = json!(value);
        }
    }
    t.call_as(account, HUB, "GetSoftwareResourcesV2", input)
}

fn ids(output: &Value) -> Vec<&str> {
    let resources = output["SoftwareResources"].as_array().unwrap().iter();
    resources
        .map(|one| one["ResourceId"].as_str().unwrap())
        .collect()
}

/// One composite of string filters.
fn texts(filters: &[(&str, &str, &str)]) -> Value {
    let filters = filters.iter().map(|(field, comparison, value)| {
        json!({"FieldName": field, "Filter": {"Comparison": comparison, "Value": value}})
    });
    json!({"StringFilters": filters.collect::<Vec<_>>()})
}

fn filters(filters: &[(&str, &str, &str)]) -> Value {
    json!({"CompositeFilters": [texts(filters)]})
}

/// Every row of the inventory with its count, as it is kept.
fn rows(t: &Testing) -> Vec<(String, i64)> {
    let read = |tx: &mut Tx<'_>| -> Result<Vec<(String, i64)>, balefire_store::Error> {
        let sql = "SELECT package_name, package_version, resource, finding_count FROM software \
                   ORDER BY account, package_name, package_version, resource";
        let rows = tx.query(sql, &[])?;
        let row = |row: &balefire_store::Row| {
            let text = format!("{} {} {}", row.text(0)?, row.text(1)?, row.text(2)?);
            Ok((text, row.int(3)?))
        };
        rows.iter().map(row).collect()
    };
    t.store.read_blocking(read).unwrap().unwrap()
}
