//! The rules of opening, folding, changing and listing incidents.

mod concurrent;
mod isolation;
mod list;
mod plan;
mod start;
mod update;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

const SERVICE: &str = "ssm-incidents";

/// A store with a replication set and one plan, whose template is given.
fn with_plan(template: Value) -> (Testing, String) {
    let t = Testing::new();
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

fn start(t: &Testing, plan: &str, more: Value) -> Result<String, Failure> {
    let mut input = json!({"responsePlanArn": plan});
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let output = t.call(SERVICE, "StartIncident", input)?;
    Ok(output["incidentRecordArn"].as_str().unwrap().to_owned())
}

fn record(t: &Testing, arn: &str) -> Value {
    t.call(SERVICE, "GetIncidentRecord", json!({"arn": arn}))
        .unwrap()["incidentRecord"]
        .clone()
}

fn event_types(t: &Testing, arn: &str) -> Vec<String> {
    let input = json!({"incidentRecordArn": arn, "sortOrder": "ASCENDING"});
    let output = t.call(SERVICE, "ListTimelineEvents", input).unwrap();
    let events = output["eventSummaries"].as_array().unwrap().iter();
    events
        .map(|event| event["eventType"].as_str().unwrap().to_owned())
        .collect()
}
