//! What imports do to the inventory.

use super::*;
use crate::securityhub::finding::tests::update;

fn counted(rows: &[(&str, i64)]) -> Vec<(String, i64)> {
    rows.iter()
        .map(|(row, count)| ((*row).to_owned(), *count))
        .collect()
}

#[test]
fn rows_count_the_findings_that_name_them() {
    let t = filled();
    let expected = counted(&[
        ("anvil 1 a", 2),
        ("anvil 1 b", 1),
        ("anvil 2 b", 1),
        ("bolt 1 a", 1),
        ("anvil 1 c", 1),
    ]);
    assert_eq!(rows(&t), expected);
    // The same again, and in one call twice.
    let same = vulnerable("1", &[("anvil", "1")], &["a", "b"]);
    import(&t, &[same.clone(), same]);
    assert_eq!(rows(&t), expected);
}

#[test]
fn a_new_version_of_a_finding_names_what_it_names() {
    let t = filled();
    // An update of the package on one resource, and another finding that no longer names it.
    import(
        &t,
        &[
            vulnerable("1", &[("anvil", "1.1")], &["a"]),
            vulnerable("2", &[("bolt", "1")], &["a"]),
        ],
    );
    let expected = counted(&[
        ("anvil 1.1 a", 1),
        ("anvil 2 b", 1),
        ("bolt 1 a", 1),
        ("anvil 1 c", 1),
    ]);
    assert_eq!(rows(&t), expected);
    // Versions that follow each other in one call.
    import(
        &t,
        &[
            vulnerable("9", &[("nut", "1")], &["a"]),
            vulnerable("9", &[("nut", "2")], &["a"]),
            vulnerable("9", &[("nut", "3")], &["a"]),
        ],
    );
    let nuts: Vec<_> = rows(&t)
        .into_iter()
        .filter(|(row, _)| row.starts_with("nut"))
        .collect();
    assert_eq!(nuts, counted(&[("nut 3 a", 1)]));
}

#[test]
fn a_finding_that_its_provider_closes_counts_no_more_until_it_opens() {
    let t = filled();
    let open = vulnerable("3", &[("anvil", "2")], &["b"]);
    for (status_id, is_there) in [(4, false), (1, true), (3, true), (5, false), (2, true)] {
        let mut version = open.clone();
        version["status_id"] = json!(status_id);
        version["status"] = Value::Null;
        version.as_object_mut().unwrap().remove("status");
        import(&t, &[version]);
        let there = all(&t).contains(&"anvil 2 1".to_owned());
        assert_eq!(there, is_there, "status {status_id}");
    }
}

#[test]
fn what_customers_set_changes_nothing() {
    let t = filled();
    let before = rows(&t);
    update(&t, "3", json!({"StatusId": 4}));
    update(&t, "2", json!({"StatusId": 3, "SeverityId": 5}));
    assert_eq!(rows(&t), before);
    // The provider's next version is compared with its own.
    let mut next = vulnerable("3", &[("anvil", "2")], &["b"]);
    next["severity_id"] = json!(5);
    next["severity"] = json!("Critical");
    import(&t, &[next]);
    assert_eq!(rows(&t), before);
}

#[test]
fn the_newest_description_of_a_resource_stays() {
    let t = filled();
    let described = |t: &Testing| {
        let input = json!({"PackageName": "bolt"});
        let output = resources_as(t, ADMINISTRATOR, input).unwrap();
        output["SoftwareResources"][0]["ResourceType"].clone()
    };
    assert_eq!(described(&t), "AWS::EC2::Instance");
    let mut next = vulnerable("2", &[("anvil", "1"), ("bolt", "1")], &["a"]);
    next["resources"][0]["type"] = json!("Host");
    let before = rows(&t);
    import(&t, &[next]);
    assert_eq!((described(&t), rows(&t)), (json!("Host"), before));
}

#[test]
fn a_complete_report_takes_away_what_it_no_longer_names() {
    let t = enabled();
    let report = |run: &str, documents: &[Value]| {
        let input = json!({"Findings": documents, "Run": run});
        t.call("balefire", "ImportFindings", input).unwrap();
        t.advance_ms(1000);
        let closed = t.call("balefire", "CompleteImport", json!({"Run": run}));
        t.advance_ms(1000);
        closed.unwrap()["Closed"].clone()
    };
    let kept = vulnerable("1", &[("anvil", "1")], &["a"]);
    let gone = vulnerable("2", &[("anvil", "1"), ("bolt", "1")], &["a"]);
    assert_eq!(report("first", &[kept.clone(), gone]), 0);
    assert_eq!(report("second", &[kept]), 1);
    assert_eq!(rows(&t), counted(&[("anvil 1 a", 1)]));
}

#[test]
fn findings_of_the_first_version_count_too() {
    let t = enabled();
    t.call(HUB, "EnableSecurityHub", json!({})).unwrap();
    let product = format!(
        "arn:aws:securityhub:{}:{ADMINISTRATOR}:product/{ADMINISTRATOR}/default",
        crate::testing::REGION
    );
    let packages = json!([{"Name": "openssl", "Version": "3.0.8", "PackageManager": "OS"}]);
    let finding = |updated: &str, record: &str| {
        json!({
            "SchemaVersion": "2018-10-08", "Id": "1", "ProductArn": product, "GeneratorId": "probe",
            "AwsAccountId": ADMINISTRATOR, "Title": "Old", "Description": "Old.",
            "Severity": {"Label": "LOW"}, "CreatedAt": "2025-12-01T00:00:00Z", "UpdatedAt": updated,
            "RecordState": record, "Types": ["Software and Configuration Checks/Vulnerabilities/CVE"],
            "Resources": [{"Type": "AwsEc2Instance", "Id": "arn:aws:ec2:eu-west-1:111111111111:instance/i-1",
                           "Region": "eu-west-1"}],
            "Vulnerabilities": [{"Id": "CVE-2099-1", "VulnerablePackages": packages}],
        })
    };
    let import = |finding: Value| {
        let output = t.call(HUB, "BatchImportFindings", json!({"Findings": [finding]}));
        assert_eq!(output.unwrap()["SuccessCount"], 1);
    };
    import(finding("2025-12-01T00:00:00Z", "ACTIVE"));
    let output = list_as(&t, ADMINISTRATOR, json!({})).unwrap();
    let expected = json!({"PackageName": "openssl", "PackageVersion": "3.0.8",
                          "PackageType": "operating-system", "ResourceCount": 1});
    assert_eq!(output["Software"], json!([expected]));
    // The document in OCSF is written again, with what a customer set.
    let identifier = json!({"Id": "1", "ProductArn": product});
    let update = json!({"FindingIdentifiers": [identifier], "Confidence": 7, "Criticality": 9});
    let output = t.call(HUB, "BatchUpdateFindings", update).unwrap();
    assert_eq!(output["UnprocessedFindings"], json!([]));
    assert_eq!(all(&t), ["openssl 3.0.8 1"]);
    import(finding("2025-12-02T00:00:00Z", "ARCHIVED"));
    assert_eq!(all(&t), [""; 0]);
}

#[test]
fn a_package_whose_findings_open_and_end_in_one_call_leaves_no_row() {
    let t = enabled();
    let told = |uid: &str, kind: &str, set: Value| {
        let mut one = vulnerable(uid, &[("anvil", "1")], &["a"]);
        one["resources"][0]["type"] = kind.into();
        for (name, value) in set.as_object().unwrap() {
            one[name] = value.clone();
        }
        one
    };
    let over = json!({"status_id": 4, "status": "Resolved"});
    let history = [
        told("1", "Host", json!({})),
        told("2", "Machine", json!({})),
        told("2", "Machine", over.clone()),
        told("1", "Host", over),
    ];
    import(&t, &history);
    assert_eq!(rows(&t), []);
    import(&t, &history[..2]);
    assert_eq!(rows(&t), counted(&[("anvil 1 a", 2)]));
}
