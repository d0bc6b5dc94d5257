//! Documents between the formats, and back again.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::securityhub::finding::tests::real_data;

fn finding(set: Value) -> Value {
    let mut finding = json!({
        "SchemaVersion": "2018-10-08", "Id": "f-1",
        "ProductArn": "arn:aws:securityhub:eu-central-1::product/a/b",
        "GeneratorId": "g", "AwsAccountId": "111111111111", "Title": "t", "Description": "d",
        "CreatedAt": "2026-01-01T00:00:00.123Z", "UpdatedAt": "2026-01-02T00:00:00Z",
        "Severity": {"Label": "HIGH", "Normalized": 70}, "RecordState": "ACTIVE",
        "Workflow": {"Status": "NEW"}, "WorkflowState": "NEW",
        "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::b"}],
    });
    for (name, value) in set.as_object().unwrap() {
        finding[name] = value.clone();
    }
    finding
}

#[test]
fn what_both_formats_have_has_its_place() {
    let cases = [
        (json!({}), "/class_uid", json!(2004)),
        (json!({}), "/type_uid", json!(200_402)),
        (
            json!({}),
            "/finding_info/created_time",
            json!(1_767_225_600_123_i64),
        ),
        (
            json!({}),
            "/finding_info/created_time_dt",
            json!("2026-01-01T00:00:00.123Z"),
        ),
        (json!({}), "/time", json!(1_767_312_000_000_i64)),
        (
            json!({}),
            "/metadata/product/uid",
            json!("arn:aws:securityhub:eu-central-1::product/a/b"),
        ),
        (json!({}), "/metadata/product/feature/uid", json!("g")),
        (json!({}), "/severity_id", json!(4)),
        (json!({}), "/severity", json!("High")),
        (json!({}), "/status", json!("New")),
        (json!({}), "/resources/0/type", json!("AWS::S3::Bucket")),
        (
            json!({}),
            "/resources/0/owner/account/uid",
            json!("111111111111"),
        ),
        (json!({}), "/unmapped", Value::Null),
        (
            json!({"Severity": {"Normalized": 39}}),
            "/severity",
            json!("Low"),
        ),
        (
            json!({"UpdatedAt": "2026-01-01T00:00:00.123Z"}),
            "/activity_id",
            json!(1),
        ),
        (json!({"RecordState": "ARCHIVED"}), "/activity_id", json!(3)),
        (
            json!({"RecordState": "ARCHIVED"}),
            "/status",
            json!("Archived"),
        ),
        (
            json!({"Workflow": {"Status": "NOTIFIED"}}),
            "/status",
            json!("In Progress"),
        ),
        (
            json!({"Compliance": {"Status": "FAILED"}}),
            "/compliance/status",
            json!("Fail"),
        ),
        (
            json!({"Compliance": {"Status": "FAILED"}}),
            "/class_uid",
            json!(2003),
        ),
        (
            json!({"Vulnerabilities": [{"Id": "CVE-2099-1"}]}),
            "/class_uid",
            json!(2002),
        ),
        (json!({"Compliance": {}}), "/class_uid", json!(2004)),
        (
            json!({"Compliance": {}, "Vulnerabilities": [{"Id": "CVE-2099-1"}]}),
            "/class_name",
            json!("Vulnerability Finding"),
        ),
        (
            json!({"ProductArn": "arn:aws:securityhub:x::product/aws/inspector", "Vulnerabilities": []}),
            "/class_uid",
            json!(2004),
        ),
        (
            json!({"Vulnerabilities": [{"Id": "CVE-2099-1", "EpssScore": 0.25, "FixAvailable": "PARTIAL"}]}),
            "/vulnerabilities/0",
            json!({
                "cve": {"uid": "CVE-2099-1", "epss": {"score": "0.25"}},
                "is_fix_available": true, "fix_coverage": "Partial",
            }),
        ),
        (
            json!({"Criticality": 7}),
            "/resources/0/criticality",
            json!("7"),
        ),
        (
            json!({"Note": {"Text": "n", "UpdatedBy": "me"}}),
            "/comment",
            json!("n"),
        ),
        (
            json!({"Note": {"Text": "n", "UpdatedBy": "me"}}),
            "/unmapped/Note",
            json!({"UpdatedBy": "me"}),
        ),
        (
            json!({"FindingProviderFields": {"Severity": {"Label": "LOW"}}}),
            "/vendor_attributes",
            json!({"severity_id": 2, "severity": "Low"}),
        ),
        (
            json!({"Network": {"Protocol": "tcp"}}),
            "/unmapped/Network/Protocol",
            json!("tcp"),
        ),
    ];
    for (set, place, expected) in cases {
        let ocsf = to_ocsf(&finding(set.clone())).unwrap();
        let found = ocsf.pointer(place).cloned().unwrap_or_default();
        assert_eq!(found, expected, "{place} of {set}");
    }
}

#[test]
fn every_partition_and_a_criticality_without_resources_come_back() {
    for partition in balefire_api::generated::securityhub::Partition::VALUES {
        let resource = json!({"Type": "AwsS3Bucket", "Id": "r", "Partition": partition});
        let asff = finding(json!({"Resources": [resource]}));
        assert_eq!(to_asff(&to_ocsf(&asff).unwrap()), asff);
    }
    for (resources, id) in [
        (json!([]), "AWS::::Account:111111111111"),
        (json!([{"Type": "Other", "Id": "r"}]), "r"),
    ] {
        let asff = finding(json!({"Resources": resources, "Criticality": 7}));
        let back = to_asff(&to_ocsf(&asff).unwrap());
        assert_eq!(
            (&back["Criticality"], &back["Resources"][0]["Id"]),
            (&json!(7), &json!(id))
        );
    }
}

#[test]
fn an_identifier_of_another_database_is_an_advisorys() {
    let vulnerability = json!({
        "Id": "GHSA-aaaa-bbbb-cccc", "Cvss": [{"BaseScore": 7.5, "Version": "3.1"}], "EpssScore": 0.25,
        "Vendor": {
            "Name": "GITHUB", "Url": "https://example.com/a", "VendorCreatedAt": "2025-12-01T00:00:00Z",
        },
    });
    let asff = finding(json!({"Vulnerabilities": [vulnerability]}));
    let ocsf = to_ocsf(&asff).unwrap();
    let expected = json!({
        "advisory": {
            "uid": "GHSA-aaaa-bbbb-cccc", "references": ["https://example.com/a"],
            "created_time_dt": "2025-12-01T00:00:00Z", "epss": {"score": "0.25"},
            "cvss": [{"base_score": 7.5, "version": "3.1"}],
        },
        "vendor_name": "GITHUB",
    });
    assert_eq!(ocsf["vulnerabilities"], json!([expected]));
    assert_eq!(to_asff(&ocsf)["Vulnerabilities"], asff["Vulnerabilities"]);
}

#[test]
fn what_is_missing_is_named() {
    let mut lacking = finding(json!({}));
    for name in ["Id", "UpdatedAt"] {
        lacking.as_object_mut().unwrap().remove(name);
    }
    let reason = to_ocsf(&lacking).unwrap_err();
    assert_eq!(reason, "the finding lacks Id, UpdatedAt");
    assert!(to_ocsf(&json!([])).is_err());
}

#[test]
fn a_document_that_never_was_asff_becomes_one() {
    let ocsf = json!({
        "class_uid": 2004, "activity_id": 1, "severity_id": 6, "status_id": 3, "time": 1_767_225_600_000_i64,
        "comment": "seen", "unmapped": {"Title": "other"},
        "metadata": {"product": {"uid": "prowler"}, "event_code": "check"},
        "finding_info": {"uid": "f", "title": "t"},
        "cloud": {"account": {"uid": "111111111111"}, "region": "eu-west-1"},
    });
    let asff = to_asff(&ocsf);
    let expected = json!({
        "SchemaVersion": "2018-10-08", "Id": "f", "GeneratorId": "check", "AwsAccountId": "111111111111",
        "ProductArn": "arn:aws:securityhub:eu-west-1::product/prowler/prowler", "Region": "eu-west-1",
        "Title": "t", "Description": "t",
        "CreatedAt": "2026-01-01T00:00:00Z", "UpdatedAt": "2026-01-01T00:00:00Z",
        "Severity": {"Label": "CRITICAL", "Normalized": 90}, "RecordState": "ACTIVE",
        "FindingProviderFields": {"Severity": {"Label": "CRITICAL"}},
        "Workflow": {"Status": "SUPPRESSED"}, "WorkflowState": "NEW",
        "Note": {
            "Text": "seen", "UpdatedAt": "2026-01-01T00:00:00Z",
            "UpdatedBy": "arn:aws:securityhub:eu-west-1::product/prowler/prowler",
        },
        "Resources": [{"Type": "AwsAccount", "Id": "AWS::::Account:111111111111"}],
    });
    assert_eq!(asff, expected);
}

fn maybe(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![Just(Value::Null), value].boxed()
}

fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::select(values).prop_map(Value::from)
}

prop_compose! {
    fn findings()(
        label in one_of(&["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"]),
        record in one_of(&["ACTIVE", "ARCHIVED"]),
        workflow in one_of(&["NEW", "NOTIFIED", "SUPPRESSED", "RESOLVED"]),
        compliance in maybe(one_of(&["PASSED", "WARNING", "FAILED", "NOT_AVAILABLE"])),
        reasons in 0..3_usize,
        kind in one_of(&["AwsRdsDbInstance", "AwsElbv2LoadBalancer", "Container"]),
        fix in maybe(one_of(&["YES", "NO", "PARTIAL"])),
        vendor in any::<bool>(),
        confidence in maybe((0..=100).prop_map(Value::from)),
        criticality in maybe((0..=100).prop_map(Value::from)),
        epoch in maybe(one_of(&["0", "1", "01", "x"])),
        fields in prop::collection::btree_map("[a-z/]{1,5}", "[a-z]{1,5}", 0..3),
        tags in prop::collection::btree_map("[a-z]{1,5}", "[a-z]{1,5}", 1..3),
    ) -> Value {
        let normalized = label.as_str().and_then(normalized_of_label);
        let mut resource = json!({"Type": kind, "Id": "r", "Tags": tags, "Details": {"Other": tags}});
        resource["ResourceRole"] = "Target".into();
        let mut vulnerability = json!({
            "Id": "CVE-2099-1", "FixAvailable": fix, "EpssScore": 0.5,
            "Cvss": [{"BaseScore": 9.5, "Version": "3.1", "Source": "NVD"}],
            "VulnerablePackages": [{"Name": "p", "Epoch": epoch, "SourceLayerHash": "h"}],
        });
        if vendor {
            let url = "https://nvd.example";
            vulnerability["Vendor"] = json!({"Name": "NVD", "Url": url, "VendorSeverity": "HIGH"});
        }
        let reasons: Vec<Value> = (0..reasons).map(|n| json!({"ReasonCode": format!("R{n}")})).collect();
        let checked = json!({
            "Status": compliance, "StatusReasons": reasons, "SecurityControlId": "S3.1",
            "AssociatedStandards": [{"StandardsId": "a"}, {"StandardsId": "b"}],
        });
        finding(json!({
            "Severity": {"Label": label, "Normalized": normalized, "Original": "o"},
            "FindingProviderFields": {
                "Severity": {"Label": label, "Original": "o"}, "Confidence": confidence,
            },
            "RecordState": record, "Workflow": {"Status": workflow}, "Compliance": checked,
            "Resources": [resource, {"Type": kind, "Id": "s", "Region": "x"}],
            "Vulnerabilities": [vulnerability, {"Id": "CVE-2099-2"}],
            "Confidence": confidence, "Criticality": criticality, "ProductFields": fields,
            "RelatedFindings": [{"Id": "i", "ProductArn": "p"}],
            "Remediation": {"Recommendation": {"Text": "do", "Url": "https://u.example"}},
        }))
    }
}

/// What says nothing is nowhere.
fn without_voids(mut value: Value) -> Value {
    rest::of(value.take()).unwrap_or_default()
}

proptest! {
    #[test]
    fn a_finding_comes_back_as_it_went(finding in findings()) {
        let finding = without_voids(finding);
        let ocsf = to_ocsf(&finding).unwrap();
        prop_assert_eq!(to_asff(&ocsf), finding, "{}", ocsf);
    }
}

#[test]
fn real_findings_come_back_with_what_they_had() {
    for file in [
        "asff/asff_public.jsonl.gz",
        "asff/prowler_moto_sample.jsonl.gz",
    ] {
        let Some(rows) = real_data::lines(file) else {
            return;
        };
        let (mut converted, mut refused, mut lost) = (0, 0, Vec::new());
        for row in rows {
            let sent = without_voids(row.get("data").cloned().unwrap_or(row));
            let Ok(ocsf) = to_ocsf(&sent) else {
                refused += 1;
                continue;
            };
            converted += 1;
            let back = to_asff(&ocsf);
            for (name, value) in sent.as_object().unwrap() {
                // Their form is made uniform.
                let is_uniform = matches!(name.as_str(), "Severity" | "Workflow" | "WorkflowState");
                if !is_uniform && &back[name] != value {
                    lost.push(format!("{name} {value} is {}", back[name]));
                }
            }
        }
        println!("{file}: {converted} converted, {refused} refused; lost: {lost:#?}");
        assert!(converted > refused * 10);
        // Types of resources that are OCSF's already, and partitions that the model does not know.
        assert!(lost.len() * 50 <= converted);
    }
}
