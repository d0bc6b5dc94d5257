//! Incidents for tests of what they cause.

use balefire_store::DeadJobs;
use serde_json::{Value, json};

use super::Testing;
use crate::incidents::replication_set::DELAY_SETTING;
use crate::setting;

pub const SERVICE: &str = "ssm-incidents";

/// Opens an incident by a plan of its own, which has these members besides the required ones.
pub fn open(t: &Testing, members: Value) -> String {
    open_with(t, members, json!({}))
}

/// The same, by a call with these members.
pub fn open_with(t: &Testing, members: Value, mut call: Value) -> String {
    let regions = json!({"regions": {"eu-central-1": {}}});
    t.call(SERVICE, "CreateReplicationSet", regions).unwrap();
    let mut plan = json!({
        "name": "shop",
        "incidentTemplate": {"title": "Shop is down", "impact": 1},
    });
    plan.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    let made = t.call(SERVICE, "CreateResponsePlan", plan).unwrap();
    call["responsePlanArn"] = made["arn"].clone();
    let started = t.call(SERVICE, "StartIncident", call).unwrap();
    started["incidentRecordArn"].as_str().unwrap().to_owned()
}

pub fn record(t: &Testing, arn: &str) -> Value {
    let found = t.call(SERVICE, "GetIncidentRecord", json!({"arn": arn}));
    found.unwrap()["incidentRecord"].clone()
}

pub fn items(t: &Testing, arn: &str) -> Vec<Value> {
    let listed = t.call(
        SERVICE,
        "ListRelatedItems",
        json!({"incidentRecordArn": arn}),
    );
    listed.unwrap()["relatedItems"].as_array().unwrap().clone()
}

/// The data of the incident's events of a type, the oldest first.
pub fn told(t: &Testing, arn: &str, kind: &str) -> Vec<Value> {
    let asked = json!({"incidentRecordArn": arn, "sortOrder": "ASCENDING", "sortBy": "EVENT_TIME"});
    let listed = t.call(SERVICE, "ListTimelineEvents", asked).unwrap();
    let events = listed["eventSummaries"].as_array().unwrap().iter();
    let of_kind = events.filter(|event| event["eventType"] == kind);
    of_kind
        .map(|event| {
            let asked = json!({"incidentRecordArn": arn, "eventId": event["eventId"]});
            let found = t.call(SERVICE, "GetTimelineEvent", asked).unwrap();
            serde_json::from_str(found["event"]["eventData"].as_str().unwrap()).unwrap()
        })
        .collect()
}

/// Why jobs were given up.
pub fn given_up(t: &Testing) -> Vec<String> {
    let dead = t
        .store
        .read_blocking(|tx| tx.dead_jobs(&DeadJobs::default(), 100, None));
    let dead = dead.unwrap().unwrap();
    dead.into_iter().map(|job| job.last_error).collect()
}

/// Puts the replication set on the move, for so long: nothing of Incident Manager can be used meanwhile.
pub fn move_replication_set(t: &Testing, delay_ms: i64) {
    let delay =
        move |tx: &mut balefire_store::Tx<'_>| setting::set_number(tx, DELAY_SETTING, delay_ms);
    t.store.write_blocking("", delay).unwrap().unwrap();
    let sets = t.call(SERVICE, "ListReplicationSets", json!({})).unwrap();
    let action = json!({"addRegionAction": {"regionName": "eu-west-3"}});
    let input = json!({"arn": sets["replicationSetArns"][0], "actions": [action]});
    t.call(SERVICE, "UpdateReplicationSet", input).unwrap();
}
