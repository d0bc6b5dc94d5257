//! Starts that arrive at the same time.

use std::sync::Barrier;
use std::thread;

use super::*;

/// The answers to the same start from so many threads.
fn start_at_once(t: &Testing, plan: &str, count: usize, more: &Value) -> Vec<String> {
    let all_there = Barrier::new(count);
    let one = || {
        all_there.wait();
        start(t, plan, more.clone()).unwrap()
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..count).map(|_| scope.spawn(one)).collect();
        let answers = running.into_iter().map(|thread| thread.join().unwrap());
        answers.collect()
    })
}

/// Expects that every answer names the only incident there is, and gives its ARN.
fn only_incident(t: &Testing, answers: &[String]) -> String {
    let output = t.call(SERVICE, "ListIncidentRecords", json!({})).unwrap();
    let incidents = output["incidentRecordSummaries"].as_array().unwrap();
    assert_eq!(incidents.len(), 1);
    let arn = incidents[0]["arn"].as_str().unwrap().to_owned();
    assert!(answers.iter().all(|answer| *answer == arn), "{answers:?}");
    arn
}

/// The types of the events on all pages, oldest first.
fn all_event_types(t: &Testing, arn: &str) -> Vec<String> {
    let (mut types, mut token) = (Vec::new(), Value::Null);
    loop {
        let input = json!({"incidentRecordArn": arn, "sortOrder": "ASCENDING", "nextToken": token});
        let page = t.call(SERVICE, "ListTimelineEvents", input).unwrap();
        let events = page["eventSummaries"].as_array().unwrap().iter();
        types.extend(events.map(|event| event["eventType"].as_str().unwrap().to_owned()));
        token = page["nextToken"].clone();
        if token.is_null() {
            return types;
        }
    }
}

#[test]
fn one_client_token_from_many_opens_one_incident() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2}));
    let answers = start_at_once(&t, &plan, 32, &json!({"clientToken": "t"}));
    let arn = only_incident(&t, &answers);
    assert_eq!(event_types(&t, &arn), ["SSM Incident Start"]);
}

#[test]
fn one_deduplication_string_from_many_opens_one_incident_and_keeps_every_trigger() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2, "dedupeString": "db"}));
    let answers = start_at_once(&t, &plan, 1000, &json!({}));
    let arn = only_incident(&t, &answers);
    let types = all_event_types(&t, &arn);
    assert_eq!(types.len(), 1000);
    let triggers = types.iter().filter(|name| *name == "SSM Incident Trigger");
    assert_eq!(triggers.count(), 999, "the first one opened it");
}
