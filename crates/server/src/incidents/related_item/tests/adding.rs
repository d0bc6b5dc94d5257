//! What adding to an incident that has items already does.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::incidents::related_item::involved_resource;
use crate::testing::incident::told;
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
fn what_finds_no_room_is_left_out_and_told_and_the_call_is_answered() {
    let (t, plan) = ready();
    let start = |numbers: std::ops::Range<usize>| {
        let related: Vec<Value> = numbers.map(item).collect();
        let input = json!({"responsePlanArn": plan, "relatedItems": related});
        t.call(SERVICE, "StartIncident", input)
    };
    let incident = start(0..30).unwrap()["incidentRecordArn"].clone();
    // How many there are afterwards, and how many the timeline says were left out.
    for (brought, kept, left_out) in [
        (20..51, 50, json!(1)),
        (0..50, 50, Value::Null),
        (49..53, 50, json!(3)),
    ] {
        assert_eq!(start(brought).unwrap()["incidentRecordArn"], incident);
        assert_eq!(items(&t, &incident).len(), kept);
        let told = told(&t, incident.as_str().unwrap(), "SSM Incident Trigger");
        assert_eq!(told.last().unwrap()["relatedItemsLeftOut"], left_out);
        t.advance_ms(1000);
    }
    // A call that no incident could take whole is the caller's mistake.
    let refused = start(0..51);
    assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");
}

#[test]
fn a_new_incident_tells_of_a_trigger_that_brought_too_much() {
    let (t, plan) = ready();
    let related: Vec<Value> = (0..52).map(item).collect();
    let trigger = json!({
        "ResponsePlanArn": plan, "Source": "tests", "Cause": "disk", "RelatedItems": related,
    });
    let opened = t.call("balefire", "TriggerIncident", trigger).unwrap();
    assert_eq!(opened["RelatedItemsLeftOut"], 2);
    let arn = opened["IncidentArn"].as_str().unwrap();
    let told = told(&t, arn, "SSM Incident Trigger");
    assert_eq!(told[0]["relatedItemsLeftOut"], 2);
}

#[test]
fn however_many_are_brought_all_are_counted() {
    let (t, plan) = ready();
    let related: Vec<Value> = (0..20_000).map(item).collect();
    let trigger = json!({"ResponsePlanArn": plan, "Source": "tests", "RelatedItems": related});
    let opened = t.call("balefire", "TriggerIncident", trigger).unwrap();
    assert_eq!(opened["RelatedItemsLeftOut"], 19_950);
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
