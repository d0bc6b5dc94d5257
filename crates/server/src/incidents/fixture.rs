//! What tests of incidents begin with.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::settings::Settings;
use crate::testing::{REGION, Testing};

pub const SERVICE: &str = "ssm-incidents";

/// A store with a replication set and one plan, whose template is given.
pub fn with_plan(template: Value) -> (Testing, String) {
    with_plan_and(Settings::default(), template)
}

/// As `with_plan`, with what an operator has set.
pub fn with_plan_and(settings: Settings, template: Value) -> (Testing, String) {
    let t = Testing::with_settings(settings);
    t.call(
        SERVICE,
        "CreateReplicationSet",
        json!({"regions": {REGION: {}}}),
    )
    .unwrap();
    let input = json!({"name": "plan", "incidentTemplate": template});
    let arn = t.call(SERVICE, "CreateResponsePlan", input).unwrap()["arn"]
        .as_str()
        .unwrap()
        .to_owned();
    (t, arn)
}

pub fn start(t: &Testing, plan: &str, more: Value) -> Result<String, Failure> {
    let mut input = json!({"responsePlanArn": plan});
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let output = t.call(SERVICE, "StartIncident", input)?;
    Ok(output["incidentRecordArn"].as_str().unwrap().to_owned())
}

pub fn record(t: &Testing, arn: &str) -> Value {
    t.call(SERVICE, "GetIncidentRecord", json!({"arn": arn}))
        .unwrap()["incidentRecord"]
        .clone()
}

pub fn event_types(t: &Testing, arn: &str) -> Vec<String> {
    let input = json!({"incidentRecordArn": arn, "sortOrder": "ASCENDING"});
    let output = t.call(SERVICE, "ListTimelineEvents", input).unwrap();
    let events = output["eventSummaries"].as_array().unwrap().iter();
    events
        .map(|event| event["eventType"].as_str().unwrap().to_owned())
        .collect()
}

/// The ids of a timeline's events, the oldest first, under these filters.
pub fn event_ids(t: &Testing, arn: &str, filters: Value) -> Vec<String> {
    let input = json!({"incidentRecordArn": arn, "sortOrder": "ASCENDING", "filters": filters});
    let output = t.call(SERVICE, "ListTimelineEvents", input).unwrap();
    let events = output["eventSummaries"].as_array().unwrap().iter();
    events
        .map(|event| event["eventId"].as_str().unwrap().to_owned())
        .collect()
}

/// The place of the first thing that is wrong with an input.
pub fn wrong_at(refused: Result<Value, Failure>) -> String {
    match refused {
        Err(Failure::Invalid(violations)) => violations[0].path.clone(),
        other => panic!("not refused as invalid: {other:?}"),
    }
}

/// The kind of what was not found.
pub fn missing(refused: Result<Value, Failure>) -> &'static str {
    match refused {
        Err(Failure::NotFound { kind, .. }) => kind,
        other => panic!("not refused as unknown: {other:?}"),
    }
}
