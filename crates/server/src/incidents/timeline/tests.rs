//! The rules of events that users write, and the ways to find events.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::incidents::fixture::{SERVICE, event_ids, missing, start, with_plan, wrong_at};
use crate::testing::{MEMBER, Testing};

const OTHER_ARN: &str = "arn:aws:ec2:eu-central-1:111111111111:instance/i-1";
const ITEM: &str = "related-item/OTHER/0123456789ABCDEF0123456789ABCDEF";

fn with_incident() -> (Testing, String) {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2}));
    let arn = start(&t, &plan, json!({})).unwrap();
    t.advance_ms(1000);
    (t, arn)
}

fn create(t: &Testing, arn: &str, more: Value) -> Result<Value, Failure> {
    let mut input = json!({
        "incidentRecordArn": arn, "eventType": "Note", "eventData": "\"seen\"", "eventTime": 1_767_000_000,
    });
    let members = input.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    t.call(SERVICE, "CreateTimelineEvent", input)
}

fn created(t: &Testing, arn: &str, more: Value) -> String {
    let output = create(t, arn, more).unwrap();
    assert_eq!(output["incidentRecordArn"], *arn);
    output["eventId"].as_str().unwrap().to_owned()
}

fn get(t: &Testing, arn: &str, id: &str) -> Value {
    let input = json!({"incidentRecordArn": arn, "eventId": id});
    t.call(SERVICE, "GetTimelineEvent", input).unwrap()["event"].clone()
}

fn change(
    t: &Testing,
    operation: &str,
    arn: &str,
    id: &str,
    more: Value,
) -> Result<Value, Failure> {
    let mut input = json!({"incidentRecordArn": arn, "eventId": id});
    let members = input.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    t.call(SERVICE, operation, input)
}

#[test]
fn an_event_is_kept_as_it_was_given() {
    let (t, arn) = with_incident();
    let references =
        json!([{"resource": OTHER_ARN}, {"resource": OTHER_ARN}, {"relatedItemId": ITEM}]);
    let given = json!({"eventType": "Custom Event", "eventData": "no JSON {", "eventReferences": references});
    let event = get(&t, &arn, &created(&t, &arn, given));
    assert_eq!(event["eventData"], "no JSON {");
    assert_eq!(event["eventType"], "Custom Event");
    assert_eq!(event["eventTime"], 1_767_000_000);
    assert_eq!(event["eventUpdatedTime"], t.now().0 / 1000);
    assert_eq!(event["eventReferences"], references);
    let plain = get(&t, &arn, &created(&t, &arn, json!({})));
    assert_eq!(plain.get("eventReferences"), None);
    let longest = created(&t, &arn, json!({"eventData": "ä".repeat(12_000)}));
    assert_eq!(get(&t, &arn, &longest)["eventData"], "ä".repeat(12_000));
}

#[test]
fn a_token_makes_one_event() {
    let (t, arn) = with_incident();
    let first = created(&t, &arn, json!({"clientToken": "t"}));
    assert_eq!(created(&t, &arn, json!({"clientToken": "t"})), first);
    let other = create(&t, &arn, json!({"clientToken": "t", "eventData": "x"}));
    assert!(matches!(other, Err(Failure::Conflict { .. })), "{other:?}");
    assert_eq!(event_ids(&t, &arn, json!([])).len(), 2);
}

#[test]
fn only_what_users_write_is_theirs_to_change() {
    let (t, arn) = with_incident();
    let automatic = &event_ids(&t, &arn, json!([]))[0];
    for wrong in ["SSM Incident Trigger", "note", "", "Custom"] {
        let refused = create(&t, &arn, json!({"eventType": wrong}));
        assert_eq!(wrong_at(refused), "/eventType");
    }
    let own = created(&t, &arn, json!({}));
    let to_automatic = json!({"eventType": "SSM Incident Start"});
    let refused = change(&t, "UpdateTimelineEvent", &arn, &own, to_automatic);
    assert_eq!(wrong_at(refused), "/eventType");
    let before = get(&t, &arn, automatic);
    for operation in ["UpdateTimelineEvent", "DeleteTimelineEvent"] {
        assert_eq!(
            wrong_at(change(&t, operation, &arn, automatic, json!({}))),
            "/eventId"
        );
    }
    assert_eq!(get(&t, &arn, automatic), before);
}

#[test]
fn an_update_replaces_what_is_given() {
    let (t, arn) = with_incident();
    let first = json!({"eventReferences": [{"resource": OTHER_ARN}]});
    let id = created(&t, &arn, first);
    let before = get(&t, &arn, &id);
    t.advance_ms(5000);
    let update = |more| change(&t, "UpdateTimelineEvent", &arn, &id, more).unwrap();
    update(json!({"eventTime": 1_766_000_000, "eventData": "y", "eventType": "Custom Event"}));
    let moved = get(&t, &arn, &id);
    assert_eq!(
        moved["eventReferences"], before["eventReferences"],
        "what is absent stays"
    );
    assert_eq!(
        (&moved["eventData"], &moved["eventType"]),
        (&json!("y"), &json!("Custom Event"))
    );
    assert_eq!(moved["eventTime"], 1_766_000_000);
    assert_eq!(moved["eventUpdatedTime"], t.now().0 / 1000);
    assert_eq!(event_ids(&t, &arn, refers_to(OTHER_ARN)), [id.as_str()]);
    update(json!({"eventReferences": [{"relatedItemId": ITEM}]}));
    assert_eq!(
        get(&t, &arn, &id)["eventReferences"],
        json!([{"relatedItemId": ITEM}])
    );
    assert_eq!(event_ids(&t, &arn, refers_to(OTHER_ARN)), [""; 0]);
    assert_eq!(event_ids(&t, &arn, refers_to(ITEM)), [id.as_str()]);
    update(json!({"eventReferences": []}));
    assert_eq!(event_ids(&t, &arn, refers_to(ITEM)), [""; 0]);
    let unknown = change(
        &t,
        "UpdateTimelineEvent",
        &arn,
        "x",
        json!({"eventData": "z"}),
    );
    assert_eq!(missing(unknown), "TIMELINE_EVENT");
}

#[test]
fn a_deleted_event_is_gone_and_may_be_deleted_again() {
    let (t, arn) = with_incident();
    let id = created(&t, &arn, json!({"eventReferences": [{"resource": arn}]}));
    for _ in 0..2 {
        change(&t, "DeleteTimelineEvent", &arn, &id, json!({})).unwrap();
    }
    let gone = change(&t, "GetTimelineEvent", &arn, &id, json!({}));
    assert_eq!(missing(gone), "TIMELINE_EVENT");
    assert_eq!(event_ids(&t, &arn, json!([])).len(), 1);
    assert_eq!(t.count("timeline_reference"), 0);
}

fn refers_to(reference: &str) -> Value {
    equals("eventReference", json!([reference]))
}

fn equals(key: &str, values: Value) -> Value {
    json!([{"key": key, "condition": {"equals": {"stringValues": values}}}])
}

#[test]
fn filters_find_events_by_time_type_and_reference() {
    let (t, arn) = with_incident();
    let automatic = event_ids(&t, &arn, json!([]))[0].clone();
    let at = |time: i64, references: Value| {
        created(
            &t,
            &arn,
            json!({"eventTime": time, "eventReferences": references}),
        )
    };
    let old = at(1_000, json!([{"resource": arn}]));
    let new = at(
        2_000_000_000,
        json!([{"resource": OTHER_ARN}, {"relatedItemId": ITEM}]),
    );
    let ids = |filters| event_ids(&t, &arn, filters);
    assert_eq!(ids(json!([])), [&old, &automatic, &new].map(Clone::clone));
    let time =
        |condition: &str, time: i64| json!({"key": "eventTime", "condition": {condition: time}});
    assert_eq!(
        ids(json!([time("after", 1_000)])),
        [automatic.as_str(), new.as_str()],
        "strict"
    );
    let between = json!([time("after", 999), time("before", 1_001)]);
    assert_eq!(ids(between), [old.as_str()]);
    let of_type = |types: Value| equals("eventType", types);
    assert_eq!(ids(of_type(json!(["Note"]))), [old.as_str(), new.as_str()]);
    assert_eq!(
        ids(of_type(json!(["SSM Incident Start", "x"]))),
        [automatic.as_str()]
    );
    assert_eq!(ids(refers_to(OTHER_ARN)), [new.as_str()]);
    assert_eq!(ids(refers_to(ITEM)), [new.as_str()]);
    assert_eq!(
        ids(refers_to(&arn)),
        [old.as_str(), automatic.as_str()],
        "automatic events refer to their incident"
    );
    let both = json!([refers_to(&arn)[0], of_type(json!(["Note"]))[0]]);
    assert_eq!(ids(both), [old.as_str()]);
    let both_references = json!([refers_to(OTHER_ARN)[0], refers_to(ITEM)[0]]);
    assert_eq!(ids(both_references), [new.as_str()]);
    let typed = json!([refers_to(ITEM)[0], of_type(json!(["Custom Event"]))[0]]);
    assert_eq!(ids(typed), [""; 0]);
    let timed = json!([refers_to(ITEM)[0], time("before", 1_001)]);
    assert_eq!(ids(timed), [""; 0]);
    let any = equals("eventReference", json!([ITEM, "x", OTHER_ARN]));
    assert_eq!(ids(any), [new.as_str()], "an event is listed once");
    for (key, condition) in [
        ("eventTime", json!({"equals": {"stringValues": ["1"]}})),
        ("eventType", json!({"before": 1})),
        ("eventReference", json!({"equals": {"stringValues": []}})),
    ] {
        let input =
            json!({"incidentRecordArn": arn, "filters": [{"key": key, "condition": condition}]});
        let refused = t.call(SERVICE, "ListTimelineEvents", input);
        assert_eq!(wrong_at(refused), "/filters/0/condition");
    }
}

#[test]
fn pages_join_to_the_whole_in_both_orders() {
    let (t, arn) = with_incident();
    for number in 0..9 {
        // Three events share each time.
        let references = json!([{"resource": OTHER_ARN}]);
        created(
            &t,
            &arn,
            json!({"eventTime": 1_000 + number / 3, "eventReferences": references}),
        );
    }
    let unfiltered = event_ids(&t, &arn, json!([]));
    assert_eq!(unfiltered.iter().collect::<BTreeSet<_>>().len(), 10);
    for (filters, all) in [
        (json!([]), &unfiltered[..]),
        (equals("eventType", json!(["Note"])), &unfiltered[..9]),
        (
            equals("eventReference", json!([OTHER_ARN])),
            &unfiltered[..9],
        ),
    ] {
        pages_join_to(&t, &arn, &filters, all);
    }
}

fn pages_join_to(t: &Testing, arn: &str, filters: &Value, all: &[String]) {
    for order in ["ASCENDING", "DESCENDING"] {
        let (mut seen, mut token) = (Vec::new(), Value::Null);
        loop {
            let input = json!({
                "incidentRecordArn": arn, "sortBy": "EVENT_TIME", "sortOrder": order, "maxResults": 4,
                "nextToken": token, "filters": filters,
            });
            let page = t.call(SERVICE, "ListTimelineEvents", input).unwrap();
            let events = page["eventSummaries"].as_array().unwrap().iter();
            seen.extend(events.map(|event| event["eventId"].as_str().unwrap().to_owned()));
            token = page["nextToken"].clone();
            if token.is_null() {
                break;
            }
        }
        if order == "DESCENDING" {
            seen.reverse();
        }
        assert_eq!(seen, all, "{order}");
    }
}

#[test]
fn no_account_writes_in_anothers_timeline() {
    let (t, arn) = with_incident();
    let id = created(&t, &arn, json!({}));
    let foreign = |operation, more: Value| {
        let mut input = json!({"incidentRecordArn": arn});
        let members = input.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        t.call_as(MEMBER, SERVICE, operation, input)
    };
    let event = json!({"eventType": "Note", "eventData": "x", "eventTime": 1});
    assert_eq!(
        missing(foreign("CreateTimelineEvent", event)),
        "INCIDENT_RECORD"
    );
    let update = json!({"eventId": id, "eventData": "x"});
    assert_eq!(
        missing(foreign("UpdateTimelineEvent", update)),
        "INCIDENT_RECORD"
    );
    foreign("DeleteTimelineEvent", json!({"eventId": id})).unwrap();
    assert_eq!(get(&t, &arn, &id)["eventData"], "\"seen\"");
    assert_eq!(event_ids(&t, &arn, json!([])).len(), 2);
}

#[test]
fn events_are_found_by_a_long_reference_as_a_version_before_kept_it() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2}));
    let incident = start(&t, &plan, json!({})).unwrap();
    let long = format!("arn:aws:s3:::{}", "é".repeat(900));
    let event = json!({
        "incidentRecordArn": incident, "eventType": "Note", "eventData": "x", "eventTime": 7,
        "eventReferences": [{"resource": long}],
    });
    let event = t.call(SERVICE, "CreateTimelineEvent", event).unwrap()["eventId"].clone();
    let kept = long.clone();
    let keep = move |tx: &mut balefire_store::Tx<'_>| {
        let sql = "UPDATE timeline_reference SET reference = $1 WHERE event_ms = 7000";
        tx.execute(sql, &[kept.as_str().into()])
    };
    assert_eq!(t.store.write_blocking("", keep).unwrap().unwrap(), 1);
    let by = json!([{"key": "eventReference", "condition": {"equals": {"stringValues": [long]}}}]);
    assert_eq!(
        event_ids(&t, &incident, by.clone()),
        [event.as_str().unwrap()]
    );
    let update = json!({"incidentRecordArn": incident, "eventId": event, "eventReferences": []});
    t.call(SERVICE, "UpdateTimelineEvent", update).unwrap();
    assert_eq!(event_ids(&t, &incident, by), [""; 0]);
}
