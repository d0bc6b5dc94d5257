//! In which order an incident's findings are listed, and which window they are of.

use serde_json::{Value, json};

use super::{MINUTE_MS, SERVICE, findings, ready};
use crate::configuration::Configuration;
use crate::settings::Limits;
use crate::testing::Testing;

const TABLE: &str = "arn:aws:dynamodb:eu-central-1:111111111111:table/carts";
const QUEUE: &str = "arn:aws:sqs:eu-central-1:111111111111:orders";

/// Sends the plain form, with the id as the name of the service too.
fn deployed(t: &Testing, id: &str, at_ms: i64, resources: &[&str]) {
    let detail = json!({"id": id, "service": id, "status": "started", "resources": resources});
    let entry = json!({
        "Source": "ci",
        "DetailType": "Deployment State Change",
        "Time": at_ms as f64 / 1000.0,
        "Detail": detail.to_string(),
    });
    let put = t.call("events", "PutEvents", json!({"Entries": [entry]}));
    assert_eq!(put.unwrap()["FailedEntryCount"], 0);
    t.step();
}

fn start(t: &Testing, plan: &str, involved: &[&str]) -> String {
    let items: Vec<Value> = involved
        .iter()
        .map(|arn| json!({"identifier": {"type": "INVOLVED_RESOURCE", "value": {"arn": arn}}}))
        .collect();
    let input = json!({"responsePlanArn": plan, "relatedItems": items});
    let output = t.call(SERVICE, "StartIncident", input).unwrap();
    output["incidentRecordArn"].as_str().unwrap().to_owned()
}

fn names(findings: &[Value]) -> Vec<&str> {
    let id =
        |finding: &'_ Value| finding["details"]["codeDeployDeployment"]["deploymentId"].clone();
    let known = ["far", "near", "queue", "both", "after"];
    findings
        .iter()
        .map(|finding| *known.iter().find(|name| id(finding) == **name).unwrap())
        .collect()
}

/// An incident at minute 60 after deployments that stand in another order than they began.
fn four(t: &Testing) {
    let began = t.now().0;
    deployed(t, "far", began + 10 * MINUTE_MS, &[]);
    deployed(t, "both", began + 20 * MINUTE_MS, &[TABLE, QUEUE]);
    deployed(t, "queue", began + 30 * MINUTE_MS, &[QUEUE]);
    deployed(t, "near", began + 50 * MINUTE_MS, &[]);
    t.advance_ms(60 * MINUTE_MS);
}

#[test]
fn what_began_nearest_comes_first() {
    let (t, plan) = ready();
    four(&t);
    let arn = start(&t, &plan, &[]);
    t.advance_ms(25 * MINUTE_MS);
    deployed(&t, "after", t.now().0, &[]);
    let found = findings(&t, &arn);
    assert_eq!(names(&found), ["near", "after", "queue", "both", "far"]);
}

#[test]
fn what_shares_more_resources_comes_before_what_is_nearer() {
    let (t, plan) = ready();
    four(&t);
    let arn = start(&t, &plan, &[TABLE, QUEUE]);
    let found = findings(&t, &arn);
    assert_eq!(names(&found), ["both", "queue", "near", "far"]);
    // Items of another type involve nothing, and one of another incident does not count.
    let item = json!({"identifier": {"type": "OTHER", "value": {"arn": TABLE}}});
    let input = json!({"responsePlanArn": plan, "relatedItems": [item]});
    let other = t.call(SERVICE, "StartIncident", input).unwrap();
    let found = findings(&t, other["incidentRecordArn"].as_str().unwrap());
    assert_eq!(names(&found), ["near", "queue", "both", "far"]);
}

#[test]
fn a_deployment_may_say_later_what_it_touched_and_keeps_its_id() {
    let (t, plan) = ready();
    four(&t);
    let arn = start(&t, &plan, &[TABLE]);
    let before = findings(&t, &arn);
    assert_eq!(names(&before), ["both", "near", "queue", "far"]);
    deployed(&t, "far", t.now().0, &[TABLE]);
    let after = findings(&t, &arn);
    assert_eq!(names(&after), ["both", "far", "near", "queue"]);
    assert_eq!(after[1], before[3], "the finding itself tells no resources");
}

#[test]
fn pages_go_on_behind_the_last_finding_whatever_joins() {
    let (t, plan) = ready();
    four(&t);
    let arn = start(&t, &plan, &[QUEUE]);
    let all: Vec<Value> = findings(&t, &arn).iter().map(|f| f["id"].clone()).collect();
    let page = |token: &Value| {
        let mut input = json!({"incidentRecordArn": arn, "maxResults": 2});
        if token.is_string() {
            input["nextToken"] = token.clone();
        }
        let list = t.call(SERVICE, "ListIncidentFindings", input).unwrap();
        let findings = list["findings"].as_array().unwrap();
        let ids: Vec<Value> = findings.iter().map(|f| f["id"].clone()).collect();
        (ids, list["nextToken"].clone())
    };
    let (first, token) = page(&Value::Null);
    assert_eq!(first, all[..2]);
    // One that ranks before what was listed.
    deployed(&t, "after", t.now().0, &[QUEUE]);
    let (second, token) = page(&token);
    assert_eq!(second, all[2..]);
    assert_eq!(token, Value::Null);
}

#[test]
fn the_window_is_as_configured() {
    let text = "[incidents]\ndeployment_window = \"40m\"";
    let configuration = Configuration::parse(text).expect("a configuration");
    let settings = configuration.settings(Limits::None);
    assert_eq!(settings.deployment_window_ms, 40 * MINUTE_MS);
    let (t, plan) = super::ready_with(Testing::with_settings(settings));
    four(&t);
    let arn = start(&t, &plan, &[]);
    assert_eq!(names(&findings(&t, &arn)), ["near", "queue", "both"]);
}
