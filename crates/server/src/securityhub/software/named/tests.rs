//! What documents name.

use serde_json::{Value, json};

use super::super::installed::Attributes;
use super::*;

const FIELDS: [&str; 12] = [
    "PackageName",
    "PackageVersion",
    "PackageType",
    "AccountId",
    "Region",
    "ResourceId",
    "ResourceType",
    "ResourceProvider",
    "ResourceOwnerAccountId",
    "ResourceOwnerOrgId",
    "ResourceCloudPartition",
    "ResourceRegion",
];

/// All attributes of what a document names, in one text each.
fn named_in(document: &Value) -> Vec<String> {
    let found = named("111111111111", &document.to_string()).unwrap();
    let mut texts: Vec<String> = found
        .values()
        .map(|installed| FIELDS.map(|field| installed.value(field)).join("|"))
        .collect();
    texts.sort();
    texts
}

fn document(resources: Value, packages: Value) -> Value {
    json!({"status_id": 1, "activity_id": 1, "resources": resources,
           "vulnerabilities": [{"affected_packages": packages}]})
}

#[test]
fn everything_that_is_told_is_taken() {
    let owner = json!({"account": {"uid": "222222222222"}, "org": {"uid": "o-1"}});
    let told = json!({
        "uid": "vm-1", "type": "VirtualMachine", "provider": "Azure", "region": "westus2",
        "cloud_partition": "public", "owner": owner,
    });
    let package = json!({"name": "openssl", "version": "3.0.8", "package_manager": "RPM"});
    let mut event = document(json!([told]), json!([package]));
    event["cloud"] = json!({"region": "eu-central-1", "provider": "AWS"});
    assert_eq!(
        named_in(&event),
        [
            "openssl|3.0.8|operating-system|111111111111|eu-central-1|vm-1|VirtualMachine|Azure|\
             222222222222|o-1|public|westus2"
        ]
    );
}

#[test]
fn what_is_not_told_follows_from_the_arn_or_is_left_empty() {
    let package = json!([{"name": "left-pad"}]);
    for (resource, cloud, expected) in [
        (
            json!({"uid": "arn:aws-cn:ec2:cn-north-1:1:instance/i-1"}),
            Value::Null,
            "cn-north-1|arn:aws-cn:ec2:cn-north-1:1:instance/i-1|Other||||aws-cn|cn-north-1",
        ),
        (
            json!({"uid": "i-1", "uid_alt": "arn:aws:ec2:eu-west-1:1:instance/i-1"}),
            json!({"region": "eu-central-1", "provider": "AWS"}),
            "eu-central-1|i-1|Other|AWS|||aws|eu-west-1",
        ),
        (
            json!({"uid": "arn:aws:iam::1:role/r", "type": "AWS::IAM::Role"}),
            Value::Null,
            "global|arn:aws:iam::1:role/r|AWS::IAM::Role||||aws|",
        ),
        (
            json!({"name": "shop:1.2"}),
            Value::Null,
            "global|shop:1.2|Other|||||",
        ),
        (
            json!({"uid": "", "uid_alt": "alt", "owner": "me", "region": ["x"]}),
            json!("none"),
            "global|alt|Other|||||",
        ),
        (json!({"uid": 7}), Value::Null, "global|7|Other|||||"),
    ] {
        let mut event = document(json!([resource]), package.clone());
        event["cloud"] = cloud;
        let expected = format!("left-pad||unknown|111111111111|{expected}");
        assert_eq!(named_in(&event), [expected], "{event}");
    }
}

#[test]
fn each_package_is_on_each_resource_once() {
    let resources =
        json!([{"uid": "a"}, {"uid": "b"}, {"uid": "a", "type": "Again"}, {"type": "Nameless"}]);
    let packages = json!([
        {"name": "x", "version": "1"}, {"name": "x", "version": 2}, {"version": "nameless"},
        {"name": "x", "version": "1", "architecture": "arm64"}, "no object", [{"name": "nested"}],
    ]);
    let mut event = document(resources, packages);
    let vulnerabilities = event["vulnerabilities"].as_array_mut().unwrap();
    vulnerabilities.push(json!({"affected_packages": {"name": "alone"}}));
    let found = named("1", &event.to_string()).unwrap();
    let mut found: Vec<String> = found
        .values()
        .map(|one| {
            ["PackageName", "PackageVersion", "ResourceId"]
                .map(|field| one.value(field))
                .join(" ")
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "alone  a",
            "alone  b",
            "nested  a",
            "nested  b",
            "x 1 a",
            "x 1 b",
            "x 2 a",
            "x 2 b"
        ]
    );
}

/// As filters over findings read it.
#[test]
fn a_version_that_is_a_number_is_its_text_in_json() {
    let packages = json!([
        {"name": "a", "version": 3.0}, {"name": "b", "version": 1e-7}, {"name": "c", "version": 7},
    ]);
    let event = document(json!([{"uid": "r"}]), packages);
    let versions: Vec<String> = named_in(&event)
        .iter()
        .map(|text| text.split('|').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(versions, ["3.0", "1e-7", "7"]);
}

#[test]
fn findings_that_are_over_name_nothing() {
    let open = document(json!([{"uid": "a"}]), json!([{"name": "x"}]));
    for (name, value, count) in [
        ("status_id", 1, 1),
        ("status_id", 2, 1),
        ("status_id", 3, 1),
        ("status_id", 4, 0),
        ("status_id", 5, 0),
        ("status_id", 6, 0),
        ("status_id", 99, 1),
        ("activity_id", 3, 0),
    ] {
        let mut event = open.clone();
        event[name] = json!(value);
        assert_eq!(named_in(&event).len(), count, "{name} {value}");
    }
}

#[test]
fn what_could_not_be_kept_is_left_out() {
    let long = "x".repeat(1025);
    let resource = json!([{"uid": "a", "type": long, "region": "a\u{0}b"}]);
    let packages = json!([{"name": long}, {"name": "nul\u{0}"}, {"name": "x", "version": long}]);
    assert_eq!(
        named_in(&document(resource, packages)),
        ["x||unknown|111111111111|global|a|Other|||||"]
    );
    let many = |name: &str, count: usize| -> Value {
        (0..count)
            .map(|number| json!({name: format!("n{number}")}))
            .collect()
    };
    let event = document(many("uid", 50), many("name", 50));
    assert_eq!(named_in(&event).len(), INSTALLED_MAX);
}

#[test]
fn a_member_that_is_there_twice_counts_with_its_last_value() {
    let text = r#"{"resources": [{"uid": "a", "uid": "b"}],
                   "vulnerabilities": [{"affected_packages": [{"name": "x", "name": "y",
                                                               "version": 1.5}]}]}"#;
    let found = named("1", text).unwrap();
    let found: Vec<_> = found
        .values()
        .map(|one| ["PackageName", "PackageVersion", "ResourceId"].map(|field| one.value(field)))
        .collect();
    assert_eq!(found, [["y", "1.5", "b"]]);
}

#[test]
fn ids_never_change_and_those_of_a_resource_are_together() {
    let packages = json!([{"name": "x", "version": "1"}, {"name": "x1"}]);
    let event = document(json!([{"uid": "a"}, {"uid": "b"}]), packages);
    let found = named("111111111111", &event.to_string()).unwrap();
    let ids: Vec<(&str, &str)> = found.keys().map(|id| id.split_at(16)).collect();
    let expected = [
        ("24eacab692380271", "2fdeaf76052c6b78"),
        ("24eacab692380271", "5dc1d7105419f6d7"),
        ("4f8d261fa2d79036", "0228370a9f3af3d5"),
        ("4f8d261fa2d79036", "cacd9f745be0d326"),
    ];
    assert_eq!(ids, expected);
}
