//! What adding to an incident that has items already does.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::incidents::related_item::involved_resource;
use crate::testing::{REGION, Testing};

const SERVICE: &str = "ssm-incidents";

/// A store with a plan whose incidents fold into one.
fn ready() -> (Testing, Value) {
    let t = Testing::new();
    let regions = json!({"regions": {REGION: {}}});
    t.call(SERVICE, "CreateReplicationSet", regions).unwrap();
    let template = json!({"title": "Down", "impact": 2, "dedupeString": "shop"});
    let input = json!({"name": "plan", "incidentTemplate": template});
    let plan = t.call(SERVICE, "CreateResponsePlan", input).unwrap()["arn"].clone();
    (t, plan)
}

fn item(number: usize) -> Value {
    let url = format!("https://example.org/{number}");
    json!({"identifier": {"type": "OTHER", "value": {"url": url}}})
}

fn items(t: &Testing, incident: &Value) -> Vec<Value> {
    let input = json!({"incidentRecordArn": incident});
    let listed = t.call(SERVICE, "ListRelatedItems", input).unwrap();
    listed["relatedItems"].as_array().unwrap().clone()
}

#[test]
fn a_call_that_brings_too_many_is_refused_whole() {
    let (t, plan) = ready();
    let start = |numbers: std::ops::Range<usize>| {
        let related: Vec<Value> = numbers.map(item).collect();
        let input = json!({"responsePlanArn": plan, "relatedItems": related});
        t.call(SERVICE, "StartIncident", input)
    };
    let incident = start(0..30).unwrap()["incidentRecordArn"].clone();
    let refused = start(20..51);
    assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");
    let events = t.call(
        SERVICE,
        "ListTimelineEvents",
        json!({"incidentRecordArn": incident}),
    );
    assert_eq!(
        events.unwrap()["eventSummaries"].as_array().unwrap().len(),
        1
    );
    assert_eq!(items(&t, &incident).len(), 30);
    start(20..50).unwrap();
    assert_eq!(items(&t, &incident).len(), 50);
}

#[test]
fn only_a_title_that_is_given_replaces_the_title() {
    let (t, plan) = ready();
    let mut incident = Value::Null;
    let mut ids = Vec::new();
    for (given, kept) in [(Some("a"), "a"), (None, "a"), (Some("b"), "b")] {
        let mut item = item(1);
        if let Some(title) = given {
            item["title"] = json!(title);
        }
        let input = json!({"responsePlanArn": plan, "relatedItems": [item]});
        let started = t.call(SERVICE, "StartIncident", input).unwrap();
        incident = started["incidentRecordArn"].clone();
        let items = items(&t, &incident);
        assert_eq!((items.len(), &items[0]["title"]), (1, &json!(kept)));
        ids.push(items[0]["generatedId"].clone());
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{incident}: {ids:?}");
}

#[test]
fn only_arns_are_involved() {
    for (text, expected) in [
        ("arn:aws:s3:::shop", true),
        ("arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-1", true),
        ("i-0123456789", false),
        ("", false),
        ("arn:aws:s3:::", false),
    ] {
        assert_eq!(involved_resource(text).is_some(), expected, "{text}");
    }
    let long = format!("arn:aws:s3:::{}", "b".repeat(1000));
    assert!(involved_resource(&long).is_none());
}
