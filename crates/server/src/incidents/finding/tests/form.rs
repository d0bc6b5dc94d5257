//! The plain form of a deployment: its findings, and what PutEvents refuses.

use serde_json::{Value, json};

use super::{SERVICE, findings, ready, start};
use crate::testing::{MEMBER, Testing};

fn put(t: &Testing, account: &str, detail: Value) -> Value {
    let entry = json!({
        "Source": "ci", "DetailType": "Deployment State Change", "Detail": detail.to_string(),
        "Time": t.now().0 as f64 / 1000.0,
    });
    let input = json!({"Entries": [entry]});
    let put = t.call_as(account, "events", "PutEvents", input).unwrap();
    t.step();
    put["Entries"][0].clone()
}

fn form(status: &str, service: &str) -> Value {
    json!({"id": "42", "service": service, "environment": "blue", "status": status})
}

#[test]
fn a_deployment_starts_and_ends_as_one_finding() {
    let (t, plan) = ready();
    let began = t.now().0;
    put(&t, crate::testing::ADMINISTRATOR, form("started", "shop"));
    let arn = start(&t, &plan);
    let before = findings(&t, &arn)[0].clone();
    let group = "arn:aws:codedeploy:eu-central-1:111111111111:deploymentgroup:shop/blue";
    let running = json!({
        "deploymentGroupArn": group, "deploymentId": "42", "startTime": began / 1000,
    });
    assert_eq!(before["details"], json!({"codeDeployDeployment": running}));
    t.advance_ms(90_000);
    put(&t, crate::testing::ADMINISTRATOR, form("failed", "shop"));
    let after = findings(&t, &arn);
    assert_eq!(after.len(), 1);
    assert_eq!(after[0]["id"], before["id"]);
    let ended = &after[0]["details"]["codeDeployDeployment"]["endTime"];
    assert_eq!(*ended, json!(t.now().0 / 1000));
}

#[test]
fn the_same_id_of_another_service_or_account_is_another_deployment() {
    let (t, plan) = ready();
    put(&t, crate::testing::ADMINISTRATOR, form("started", "shop"));
    put(&t, crate::testing::ADMINISTRATOR, form("started", "cart"));
    put(&t, MEMBER, form("started", "shop"));
    let arn = start(&t, &plan);
    assert_eq!(findings(&t, &arn).len(), 2);
}

#[test]
fn a_stack_is_a_stack_update() {
    let (t, plan) = ready();
    let mut detail = form("succeeded", "network");
    detail["kind"] = json!("stack");
    put(&t, crate::testing::ADMINISTRATOR, detail);
    let arn = start(&t, &plan);
    let update = &findings(&t, &arn)[0]["details"]["cloudFormationStackUpdate"];
    let stack = "arn:aws:cloudformation:eu-central-1:111111111111:stack/network/blue";
    assert_eq!(update["stackArn"], stack);
    assert_eq!(update["endTime"], update["startTime"]);
}

#[test]
fn a_wrong_form_is_refused_at_once() {
    let (t, plan) = ready();
    let entry = put(&t, crate::testing::ADMINISTRATOR, form("done", "shop"));
    assert_eq!(entry["ErrorCode"], "MalformedDetail");
    let message = entry["ErrorMessage"].as_str().unwrap();
    assert!(message.contains("status must be 'started'"), "{message}");
    let arn = start(&t, &plan);
    let input = json!({"incidentRecordArn": arn});
    let list = t.call(SERVICE, "ListIncidentFindings", input).unwrap();
    assert_eq!(list["findings"], json!([]));
}

#[test]
fn an_id_with_a_slash_is_of_its_own_service() {
    let (t, plan) = ready();
    let of = |id: &str, service: &str, environment: &str| {
        let mut form = form("started", service);
        (form["id"], form["environment"]) = (id.into(), environment.into());
        form
    };
    for detail in [
        of("release/42", "acme", "web"),
        of("42", "acme/web", "release"),
    ] {
        put(&t, crate::testing::ADMINISTRATOR, detail);
    }
    let arn = start(&t, &plan);
    assert_eq!(findings(&t, &arn).len(), 2);
}

#[test]
fn what_is_told_again_without_a_time_moves_no_end() {
    let (t, plan) = ready();
    let tell = |t: &Testing| {
        let mut detail = form("succeeded", "shop");
        // As templates write nothing.
        detail["time"] = json!(null);
        let entry = json!({
            "Source": "ci", "DetailType": "Deployment State Change", "Detail": detail.to_string(),
        });
        t.call("events", "PutEvents", json!({"Entries": [entry]}))
            .unwrap();
        t.step();
    };
    tell(&t);
    let arn = start(&t, &plan);
    let before = findings(&t, &arn);
    t.advance_ms(90_000);
    tell(&t);
    assert_eq!(findings(&t, &arn), before);
}
