//! From bills of materials to the software inventory.

use balefire_store::Tx;
use serde_json::{Value, json};

use crate::inspector::fixture::{FUNCTION, IMAGE, INSTANCE, sbom, scan};
use crate::securityhub::finding::tests::{document, enabled, import};
use crate::testing::{ADMINISTRATOR, MEMBER, Testing, migrate_rows};

fn scanned(t: &Testing, arn: &str, packages: &[(&str, &str)]) {
    scan(t, arn, sbom(packages));
    t.step();
}

/// Name, version and number of resources of all that an account sees.
fn software(t: &Testing, account: &str) -> Vec<String> {
    let mut input = json!({"MaxResults": 100});
    let mut listed = Vec::new();
    loop {
        let page = t.call_as(account, "securityhub", "GetSoftwareV2", input.clone());
        let page = page.unwrap();
        for one in page["Software"].as_array().unwrap() {
            assert_eq!(one["PackageType"], "library");
            let text = |name: &str| one[name].as_str().unwrap();
            let (name, version) = (text("PackageName"), text("PackageVersion"));
            listed.push(format!("{name} {version} {}", one["ResourceCount"]));
        }
        match &page["NextToken"] {
            Value::Null => return listed,
            token => input["NextToken"] = token.clone(),
        }
    }
}

/// A finding about packages of the instance, in its words.
fn naming(uid: &str, packages: &[&str], mut set: Value) -> Value {
    let packages = packages
        .iter()
        .map(|name| json!({"name": name, "version": "1", "purl": format!("pkg:pypi/{name}@1")}));
    set["class_uid"] = 2002.into();
    set["cloud"] = json!({"account": {"uid": ADMINISTRATOR}, "region": "eu-central-1"});
    set["resources"] = json!([{
        "uid": INSTANCE, "type": "AWS::EC2::Instance", "owner": {"org": {"uid": "o-1"}},
    }]);
    set["vulnerabilities"] = json!([{"affected_packages": packages.collect::<Vec<_>>()}]);
    document(uid, set)
}

#[test]
fn what_a_scan_found_is_installed_until_one_finds_it_no_longer() {
    let t = enabled();
    scanned(
        &t,
        INSTANCE,
        &[("anvil", "1"), ("bolt", "1"), ("bolt", "2")],
    );
    scanned(&t, IMAGE, &[("anvil", "1")]);
    let all = ["anvil 1 2", "bolt 1 1", "bolt 2 1"];
    assert_eq!(software(&t, ADMINISTRATOR), all);
    scanned(
        &t,
        INSTANCE,
        &[("anvil", "1"), ("bolt", "1"), ("bolt", "2")],
    );
    assert_eq!(software(&t, ADMINISTRATOR), all, "the same scan again");
    scanned(&t, INSTANCE, &[("bolt", "2"), ("nut", "1")]);
    let all = ["anvil 1 1", "bolt 2 1", "nut 1 1"];
    assert_eq!(software(&t, ADMINISTRATOR), all);
    scanned(&t, INSTANCE, &[]);
    assert_eq!(software(&t, ADMINISTRATOR), ["anvil 1 1"]);
}

#[test]
fn a_resource_is_described_as_findings_describe_it() {
    let t = enabled();
    scanned(&t, FUNCTION, &[("anvil", "1")]);
    let wanted = json!({"PackageName": "anvil", "PackageType": "library"});
    let output = t
        .call_as(MEMBER, "securityhub", "GetSoftwareResourcesV2", wanted)
        .unwrap();
    let expected = json!([{
        "AccountId": MEMBER, "Region": "eu-central-1", "ResourceId": FUNCTION,
        "ResourceType": "AWS::Lambda::Function", "ResourceProvider": "AWS",
        "ResourceOwnerAccountId": MEMBER, "ResourceCloudPartition": "aws",
        "ResourceRegion": "eu-central-1",
    }]);
    assert_eq!(output["SoftwareResources"], expected);
}

#[test]
fn an_account_sees_the_software_of_its_own_resources() {
    let t = enabled();
    scanned(&t, INSTANCE, &[("anvil", "1")]);
    scanned(&t, FUNCTION, &[("bolt", "1")]);
    assert_eq!(software(&t, ADMINISTRATOR), ["anvil 1 1", "bolt 1 1"]);
    assert_eq!(software(&t, MEMBER), ["bolt 1 1"]);
}

#[test]
fn scans_and_findings_name_the_same_package_once() {
    let t = enabled();
    import(&t, &[naming("f", &["anvil", "bolt"], json!({}))]);
    scanned(&t, INSTANCE, &[("anvil", "1"), ("nut", "1")]);
    let all = ["anvil 1 1", "bolt 1 1", "nut 1 1"];
    assert_eq!(software(&t, ADMINISTRATOR), all);
    let wanted = json!({"PackageName": "anvil", "PackageType": "library"});
    let output = t.call("securityhub", "GetSoftwareResourcesV2", wanted);
    let of_finding = &output.unwrap()["SoftwareResources"][0]["ResourceOwnerOrgId"];
    assert_eq!(of_finding, "o-1", "the scan knows less of the resource");
    let over = json!({"status_id": 4, "status": "Resolved"});
    import(&t, &[naming("f", &["anvil", "bolt"], over)]);
    assert_eq!(software(&t, ADMINISTRATOR), ["anvil 1 1", "nut 1 1"]);
    import(&t, &[naming("f", &["anvil", "bolt"], json!({}))]);
    scanned(&t, INSTANCE, &[("nut", "1")]);
    assert_eq!(
        software(&t, ADMINISTRATOR),
        all,
        "the finding names it still"
    );
}

#[test]
fn a_large_bill_comes_in_parts() {
    let t = enabled();
    let names: Vec<String> = (0..4500).map(|number| format!("p{number:04}")).collect();
    let packages: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    scanned(&t, INSTANCE, &packages);
    assert_eq!(software(&t, ADMINISTRATOR).len(), 4500);
    scanned(&t, INSTANCE, &packages[4400..]);
    let left = software(&t, ADMINISTRATOR);
    assert_eq!((left.len(), left[0].as_str()), (100, "p4400 1 1"));
}

#[test]
fn what_no_row_can_keep_costs_nothing_else() {
    let t = enabled();
    let mut bill = sbom(&[("anvil", "1"), ("bolt", "1")]);
    bill["components"][1]["version"] = "1\0".into();
    bill["components"][1]["purl"] = "pkg:pypi/bolt".into();
    scan(&t, INSTANCE, bill);
    t.step();
    assert_eq!(software(&t, ADMINISTRATOR), ["anvil 1 1"]);
}

#[test]
fn what_was_scanned_before_there_was_this_comes_in_later() {
    let t = enabled();
    scanned(&t, INSTANCE, &[("anvil", "1")]);
    scanned(&t, FUNCTION, &[("bolt", "1")]);
    let before = |tx: &mut Tx<'_>| -> Result<(), balefire_store::Error> {
        tx.execute("DELETE FROM software", &[])?;
        migrate_rows(
            tx,
            include_str!("../../../migrations/0027_scanned_software.sql"),
        )
    };
    t.store.write_blocking("", before).unwrap().unwrap();
    assert_eq!(software(&t, ADMINISTRATOR), [""; 0]);
    t.step();
    assert_eq!(software(&t, ADMINISTRATOR), ["anvil 1 1", "bolt 1 1"]);
}
