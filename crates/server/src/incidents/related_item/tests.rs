//! The rules of adding and removing items, and what an incident takes along when it goes.

mod adding;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::incidents::fixture::{
    SERVICE, event_ids, event_types, missing, record, start, with_plan, wrong_at,
};
use crate::testing::{MEMBER, Testing};

fn with_incident() -> (Testing, String) {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2, "incidentTags": {"a": "b"}}));
    let arn = start(&t, &plan, json!({})).unwrap();
    t.advance_ms(1000);
    (t, arn)
}

fn url(number: u32) -> Value {
    json!({"type": "OTHER", "value": {"url": format!("https://example.org/{number}")}})
}

fn update(t: &Testing, arn: &str, update: Value) -> Result<Value, Failure> {
    let input = json!({"incidentRecordArn": arn, "relatedItemsUpdate": update});
    t.call(SERVICE, "UpdateRelatedItems", input)
}

fn items(t: &Testing, arn: &str) -> Vec<Value> {
    let listed = t.call(
        SERVICE,
        "ListRelatedItems",
        json!({"incidentRecordArn": arn}),
    );
    listed.unwrap()["relatedItems"].as_array().unwrap().clone()
}

#[test]
fn one_item_comes_or_goes_and_the_timeline_tells_it() {
    let (t, arn) = with_incident();
    let add = json!({"itemToAdd": {"identifier": url(1), "title": "Wiki"}});
    update(&t, &arn, add.clone()).unwrap();
    let listed = items(&t, &arn);
    assert_eq!(
        (&listed[0]["title"], &listed[0]["identifier"]),
        (&json!("Wiki"), &url(1))
    );
    assert!(
        listed[0]["generatedId"]
            .as_str()
            .unwrap()
            .starts_with("related-item/OTHER/")
    );
    assert_eq!(record(&t, &arn)["lastModifiedTime"], t.now().0 / 1000);
    assert_eq!(
        event_types(&t, &arn),
        ["SSM Incident Start", "SSM Incident Record Update"]
    );
    let id = event_ids(&t, &arn, json!([]))[1].clone();
    let event = t.call(
        SERVICE,
        "GetTimelineEvent",
        json!({"incidentRecordArn": arn, "eventId": id}),
    );
    let data: Value =
        serde_json::from_str(event.unwrap()["event"]["eventData"].as_str().unwrap()).unwrap();
    let told = &data["modifiedAttributes"][0];
    assert_eq!(told["attributeName"], "relatedItems");
    let told: Value = serde_json::from_str(told["newValue"].as_str().unwrap()).unwrap();
    assert_eq!(told, add);
    let other_type = json!({"type": "METRIC", "value": {"url": "https://example.org/1"}});
    update(&t, &arn, json!({"itemToRemove": other_type})).unwrap();
    assert_eq!(items(&t, &arn).len(), 1, "type and value must both match");
    update(&t, &arn, json!({"itemToRemove": url(1)})).unwrap();
    assert_eq!(items(&t, &arn), [json!(null); 0]);
    assert_eq!(event_types(&t, &arn).len(), 3);
}

#[test]
fn what_is_so_already_changes_nothing() {
    let (t, arn) = with_incident();
    let add = |title: Value| json!({"itemToAdd": {"identifier": url(1), "title": title}});
    update(&t, &arn, add(json!("Wiki"))).unwrap();
    let before = (record(&t, &arn), items(&t, &arn));
    t.advance_ms(1000);
    update(&t, &arn, add(json!("Wiki"))).unwrap();
    update(&t, &arn, add(json!(null))).unwrap();
    update(&t, &arn, json!({"itemToRemove": url(2)})).unwrap();
    assert_eq!((record(&t, &arn), items(&t, &arn)), before);
    assert_eq!(event_types(&t, &arn).len(), 2);
    update(&t, &arn, add(json!("The wiki"))).unwrap();
    let after = items(&t, &arn);
    assert_eq!(after[0]["title"], "The wiki");
    assert_eq!(after[0]["generatedId"], before.1[0]["generatedId"]);
    assert_eq!(event_types(&t, &arn).len(), 3);
}

#[test]
fn an_incident_has_fifty_items_at_most() {
    let (t, arn) = with_incident();
    for number in 0..50 {
        update(&t, &arn, json!({"itemToAdd": {"identifier": url(number)}})).unwrap();
    }
    let one_more = update(&t, &arn, json!({"itemToAdd": {"identifier": url(50)}}));
    assert_eq!(wrong_at(one_more), "/relatedItemsUpdate/itemToAdd");
    update(&t, &arn, json!({"itemToRemove": url(7)})).unwrap();
    update(&t, &arn, json!({"itemToAdd": {"identifier": url(50)}})).unwrap();
    assert_eq!(items(&t, &arn).len(), 50);
    let given = "related-item/OTHER/0123456789ABCDEF0123456789ABCDEF";
    let refused = update(
        &t,
        &arn,
        json!({"itemToAdd": {"identifier": url(1), "generatedId": given}}),
    );
    assert_eq!(
        wrong_at(refused),
        "/relatedItemsUpdate/itemToAdd/generatedId"
    );
}

#[test]
fn a_definition_that_escapes_badly_still_fits_the_timeline() {
    let (t, arn) = with_incident();
    let definition = "\"\\".repeat(2000);
    let identifier = json!({"type": "METRIC", "value": {"metricDefinition": definition}});
    update(&t, &arn, json!({"itemToAdd": {"identifier": identifier}})).unwrap();
    assert_eq!(items(&t, &arn)[0]["identifier"], identifier);
    let id = event_ids(&t, &arn, json!([]))[1].clone();
    // The test's call checks every output against the model, and with it the length.
    t.call(
        SERVICE,
        "GetTimelineEvent",
        json!({"incidentRecordArn": arn, "eventId": id}),
    )
    .unwrap();
}

#[test]
fn no_account_changes_anothers_items() {
    let (t, arn) = with_incident();
    let add = json!({"itemToAdd": {"identifier": url(1)}});
    let input = json!({"incidentRecordArn": arn, "relatedItemsUpdate": add});
    let foreign = t.call_as(MEMBER, SERVICE, "UpdateRelatedItems", input);
    assert_eq!(missing(foreign), "INCIDENT_RECORD");
    assert_eq!(items(&t, &arn), [json!(null); 0]);
}

#[test]
fn an_incident_goes_with_all_that_is_its_own() {
    let (t, arn) = with_incident();
    let plan = arn.replace("incident-record", "response-plan");
    let plan = plan.rsplit_once('/').unwrap().0;
    let other = start(&t, plan, json!({})).unwrap();
    for incident in [&arn, &other] {
        update(&t, incident, json!({"itemToAdd": {"identifier": url(1)}})).unwrap();
        let event = json!({
            "incidentRecordArn": incident, "eventType": "Note", "eventData": "x", "eventTime": 1,
            "eventReferences": [{"resource": incident}],
        });
        t.call(SERVICE, "CreateTimelineEvent", event).unwrap();
    }
    t.call(
        SERVICE,
        "UpdateIncidentRecord",
        json!({"arn": arn, "status": "RESOLVED"}),
    )
    .unwrap();
    t.call_as(MEMBER, SERVICE, "DeleteIncidentRecord", json!({"arn": arn}))
        .unwrap();
    assert_eq!(
        record(&t, &arn)["status"],
        "RESOLVED",
        "another's delete deletes nothing"
    );
    for incident in [&arn, &arn, &other] {
        t.call(SERVICE, "DeleteIncidentRecord", json!({"arn": incident}))
            .unwrap();
        let gone = t.call(SERVICE, "GetIncidentRecord", json!({"arn": incident}));
        assert_eq!(missing(gone), "INCIDENT_RECORD");
        if incident == &arn {
            assert_eq!(
                event_types(&t, &other).len(),
                3,
                "the other incident stays whole"
            );
            assert_eq!(items(&t, &other).len(), 1);
        }
    }
    for table in [
        "incident",
        "timeline_event",
        "timeline_reference",
        "related_item",
        "tag",
    ] {
        assert_eq!(t.count(table), 0, "{table}");
    }
}
