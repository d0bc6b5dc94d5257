//! Random findings of every origin, what is done to them, and what is asked.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::{finding_of, own_product};
use crate::securityhub::asff;
use crate::securityhub::finding::tests::document_of;
use crate::testing::{ADMINISTRATOR, MEMBER};

/// What is done to the store.
#[derive(Clone, Debug)]
pub enum Deed {
    /// ASFF of an account, as its provider sends it.
    ImportAsff(&'static str, Value),
    /// OCSF.
    Import(Value),
    /// Through the first version, by account and id.
    Update(&'static str, String, Value),
    /// Through the second version; the number chooses the finding.
    UpdateV2(usize, Value),
}

fn pick<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = T> {
    prop::sample::select(values)
}

/// One of these values, or nothing.
fn some(values: Value) -> BoxedStrategy<Option<Value>> {
    let values: Vec<Value> = values.as_array().unwrap().clone();
    prop::option::weighted(0.35, pick(values)).boxed()
}

/// An object of members that are there or not.
fn object(members: Vec<(&'static str, Value)>) -> BoxedStrategy<Value> {
    let (names, values): (Vec<&str>, Vec<_>) = members
        .into_iter()
        .map(|(name, values)| (name, some(values)))
        .unzip();
    let set = move |values: Vec<Option<Value>>| {
        let members = names.iter().zip(values);
        let members = members.filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
        Value::Object(members.collect::<Map<_, _>>())
    };
    values.prop_map(set).boxed()
}

fn account() -> impl Strategy<Value = &'static str> {
    pick(vec![ADMINISTRATOR, MEMBER])
}

fn id() -> impl Strategy<Value = String> {
    (0..8_u8).prop_map(|number| format!("f{number}"))
}

fn times() -> Value {
    json!([
        "2025-12-01T00:00:00Z",
        "2025-12-02T00:00:00.250Z",
        "2025-12-20T00:00:00+02:00",
        "2025-12-31T00:00:00Z",
    ])
}

fn asff_set() -> BoxedStrategy<Value> {
    let severity = json!([
        {"Label": "LOW"}, {"Label": "HIGH", "Normalized": 75}, {"Normalized": 95}, {"Label": "INFORMATIONAL"},
        {"Original": "x"}, {"Label": "CRITICAL", "Normalized": 3},
    ]);
    let provider = json!([
        {"Severity": {"Label": "HIGH"}}, {"Severity": {"Original": "y"}},
        {"Severity": {"Label": "LOW", "Original": "z"}, "Confidence": 7},
    ]);
    let resources = json!([
        [{"Type": "AwsS3Bucket", "Id": "r1", "Region": "eu-central-1", "Tags": {"k": "a", "l": "b"}}],
        [{"Type": "AWS::S3::Bucket", "Id": "r1"}, {"Type": "AwsS3Bucket", "Id": "r2", "Partition": "aws"}],
        [{"Type": "AwsEc2EIP", "Id": "r2"}, {"Type": "Other", "Id": "r2"}],
        [{"Type": "AwsAccount", "Id": "AWS::::Account:111111111111"}],
    ]);
    let compliance = json!([
        {"Status": "FAILED", "SecurityControlId": "S3.1", "AssociatedStandards": [{"StandardsId": "s/1"}]},
        {"Status": "PASSED"}, {"SecurityControlId": "S3.2"}, {"Status": "NOT_AVAILABLE"},
    ]);
    let vulnerabilities =
        json!([[{"Id": "CVE-1", "FixAvailable": "YES", "ExploitAvailable": "NO"}]]);
    object(vec![
        ("Severity", severity),
        ("FindingProviderFields", provider),
        ("RecordState", json!(["ACTIVE", "ARCHIVED"])),
        (
            "Workflow",
            json!([{"Status": "NEW"}, {"Status": "RESOLVED"}, {"Status": "SUPPRESSED"}]),
        ),
        ("Compliance", compliance),
        ("Resources", resources),
        ("Region", json!(["eu-central-1", "us-east-1"])),
        ("Title", json!(["t", "a title"])),
        ("Description", json!(["d", "a text"])),
        ("GeneratorId", json!(["g", "scanner"])),
        ("Types", json!([["A/B"], ["A/C", "D"]])),
        ("SourceUrl", json!(["https://a.example"])),
        ("UpdatedAt", times()),
        ("CreatedAt", times()),
        ("LastObservedAt", times()),
        ("Vulnerabilities", vulnerabilities),
        ("AwsAccountName", json!(["one"])),
    ])
}

fn ocsf_set() -> BoxedStrategy<Value> {
    let resources = json!([
        [], [{"uid": "r1", "type": "AWS::S3::Bucket", "region": "us-east-1", "cloud_partition": "mars"}],
        [{"uid": "r1", "type": "AwsS3Bucket"}, {"uid": "r2", "type": "AWS::S3::Bucket"}],
        [{"name": "r2", "type": "AwsS3Bucket"}], [{"type": "Other"}], [{"uid": "r1"}], [{"uid": 5, "type": 6}],
        [{"uid": "r3", "type": "", "tags": [{"name": "k", "value": "a"}, {"name": "k", "value": "b"}]}],
    ]);
    let compliance = json!([
        {"status_id": 3, "control": "S3.1", "standards": ["s/1", "s/2"]}, {"status_id": 1},
        {"status_id": 99}, {"control": 4}, {"status_id": "3", "standards": "s/1"}, {"standards": ["", "s/2"]},
    ]);
    let unmapped = json!([
        {"Workflow": {"Status": "RESOLVED"}}, {"Severity": {"Normalized": 75}}, {"Region": "us-east-1"}, 5,
        {"Severity": {"Normalized": 1}}, {"Resources": [{"Id": "r2"}]}, {"Compliance": {"Status": "PASSED"}},
        {"GeneratorId": "g", "Title": "t", "ProductFields": {"a": "b"}}, {"RecordState": "ARCHIVED"},
    ]);
    let product = json!([
        {"uid": "prowler", "name": "Prowler", "vendor_name": ""}, {"uid": "My Tool", "feature": {"uid": "g"}},
        {"uid": "arn:aws:securityhub:eu-central-1::productv2/a/b", "vendor_name": "A"},
        {"uid": "arn:aws:securityhub:eu-central-1::product/a/b", "name": 7},
        {"uid": own_product(ADMINISTRATOR), "feature": {"uid": ["g"]}},
    ]);
    let tops = object(vec![
        ("severity_id", json!([0, 1, 2, 4, 5, 6, 99])),
        ("status_id", json!([0, 1, 2, 3, 4, 5, 6, 99])),
        ("resources", resources),
        ("compliance", compliance),
        ("comment", json!(["n"])),
        ("message", json!(["a text"])),
        ("vendor_attributes", json!([{"severity_id": 4}])),
        ("unmapped", unmapped),
        (
            "vulnerabilities",
            json!([[{"cve": {"uid": "CVE-1"}, "is_fix_available": true}], []]),
        ),
        ("remediation", json!([{"desc": "do it"}, {"desc": " "}])),
    ]);
    let info = object(vec![
        ("title", json!(["t", "a title"])),
        ("desc", json!(["d", "", " ", 5, "a text"])),
        (
            "created_time",
            json!([1_764_547_200_000_i64, "2025-12-02T00:00:00Z"]),
        ),
        (
            "created_time_dt",
            json!(["2025-12-20T00:00:00Z", "x", "", 1_764_547_200_000_i64]),
        ),
        ("modified_time", json!([1_767_139_200_000_i64])),
        ("modified_time_dt", json!(["2025-12-31T00:00:00Z", "never"])),
        ("last_seen_time", json!([1_767_139_200_000_i64])),
        ("analytic", json!([{"uid": "scanner"}, [{"uid": "g"}]])),
        ("src_url", json!(["https://a.example", ""])),
    ]);
    let cloud = object(vec![
        ("region", json!(["eu-central-1", "us-east-1", "", 5])),
        ("account", json!([{"name": ""}, {"name": "one"}])),
    ]);
    let versions = json!(["2018-10-08", 1]);
    let parts = (
        tops,
        info,
        cloud,
        some(product),
        some(versions),
        pick(vec![1, 2, 3]),
    );
    parts
        .prop_map(|(mut set, info, cloud, product, log_version, activity)| {
            set["finding_info"] = info;
            set["cloud"] = cloud;
            set["activity_id"] = json!(activity);
            let product = product.unwrap_or_else(|| json!({"uid": "prowler"}));
            set["metadata"] = json!({"product": product});
            if let Some(version) = log_version {
                set["metadata"]["log_version"] = version;
            }
            set
        })
        .boxed()
}

/// A document of the second version with what is set in it.
fn ocsf(account: &str, id: &str, mut set: Value) -> Value {
    set["finding_info"]["uid"] = id.into();
    let title = set["finding_info"].get("title").cloned();
    set["finding_info"]["title"] = title.unwrap_or_else(|| "t".into());
    set["cloud"]["account"]["uid"] = account.into();
    let has_severity = set.get("severity_id").is_some();
    let mut document = document_of(account, id, set);
    let members = document.as_object_mut().unwrap();
    for derived in ["activity_name", "type_uid", "type_name"] {
        members.remove(derived);
    }
    if has_severity {
        members.remove("severity");
    }
    if members.contains_key("status_id") {
        members.remove("status");
    }
    document
}

pub fn deed() -> impl Strategy<Value = Deed> {
    let asff = (account(), id(), asff_set());
    let asff = asff.prop_map(|(account, id, set)| (account, finding_of(account, &id, set)));
    let asff = asff.boxed();
    let file = asff.clone().prop_filter_map("converted", |(_, finding)| {
        Some(Deed::Import(asff::to_ocsf(&finding).ok()?))
    });
    let second = (account(), id(), ocsf_set());
    let second = second.prop_map(|(account, id, set)| Deed::Import(ocsf(account, &id, set)));
    let set = object(vec![
        (
            "Severity",
            json!([{"Label": "LOW"}, {"Normalized": 77}, {"Product": 3.5}]),
        ),
        (
            "Workflow",
            json!([{"Status": "NOTIFIED"}, {"Status": "NEW"}]),
        ),
        ("Types", json!([["A/B"], ["E"]])),
        ("Note", json!([{"Text": "n", "UpdatedBy": "me"}])),
        ("Confidence", json!([5])),
    ]);
    let update =
        (account(), id(), set).prop_map(|(account, id, set)| Deed::Update(account, id, set));
    let second_set = object(vec![
        ("SeverityId", json!([0, 1, 5, 6, 99])),
        ("StatusId", json!([0, 1, 2, 4, 5, 99])),
        ("Comment", json!(["n", "m"])),
    ]);
    let update_v2 = (any::<usize>(), second_set);
    let update_v2 = update_v2.prop_map(|(place, set)| Deed::UpdateV2(place, set));
    prop_oneof![
        4 => asff.prop_map(|(account, finding)| Deed::ImportAsff(account, finding)),
        1 => file,
        5 => second,
        1 => update,
        2 => update_v2,
    ]
}
