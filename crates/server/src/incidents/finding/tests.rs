//! Deployments become findings by their times, in whatever order their events come.

mod form;
mod ranking;

use serde_json::{Value, json};

use crate::testing::{MEMBER, REGION, Testing};

const SERVICE: &str = "ssm-incidents";
const MINUTE_MS: i64 = 60_000;

fn ready() -> (Testing, String) {
    ready_with(Testing::new())
}

fn ready_with(t: Testing) -> (Testing, String) {
    for account in [crate::testing::ADMINISTRATOR, MEMBER] {
        t.call_as(
            account,
            SERVICE,
            "CreateReplicationSet",
            json!({"regions": {REGION: {}}}),
        )
        .unwrap();
    }
    let input = json!({"name": "plan", "incidentTemplate": {"title": "Down", "impact": 2}});
    let arn = t.call(SERVICE, "CreateResponsePlan", input).unwrap()["arn"]
        .as_str()
        .unwrap()
        .to_owned();
    (t, arn)
}

/// Sends an event of a stack and lets the engine take it in.
fn stack_event(t: &Testing, account: &str, status: &str, at_ms: i64, token: &str) {
    let detail = json!({
        "stack-id": "arn:aws:cloudformation:eu-central-1:111111111111:stack/shop/1",
        "status-details": {"status": status},
        "client-request-token": token,
    });
    let entry = json!({
        "Source": "aws.cloudformation",
        "DetailType": "CloudFormation Stack Status Change",
        "Time": at_ms as f64 / 1000.0,
        "Detail": detail.to_string(),
    });
    let put = t
        .call_as(account, "events", "PutEvents", json!({"Entries": [entry]}))
        .unwrap();
    assert_eq!(put["FailedEntryCount"], 0);
    t.step();
}

fn start(t: &Testing, plan: &str) -> String {
    let output = t
        .call(SERVICE, "StartIncident", json!({"responsePlanArn": plan}))
        .unwrap();
    output["incidentRecordArn"].as_str().unwrap().to_owned()
}

fn findings(t: &Testing, arn: &str) -> Vec<Value> {
    let list = t
        .call(
            SERVICE,
            "ListIncidentFindings",
            json!({"incidentRecordArn": arn}),
        )
        .unwrap();
    let ids: Vec<&Value> = list["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["id"])
        .collect();
    let input = json!({"incidentRecordArn": arn, "findingIds": ids});
    let batch = t.call(SERVICE, "BatchGetIncidentFindings", input).unwrap();
    assert_eq!(batch["errors"], json!([]));
    batch["findings"].as_array().unwrap().clone()
}

#[test]
fn what_began_in_the_hour_before_or_while_open_counts() {
    let (t, plan) = ready();
    let opened = t.now().0 + 100 * MINUTE_MS;
    for (minutes, token) in [
        (-61, "too-early"),
        (-60, "just-in"),
        (-5, "before"),
        (1, "while-open"),
    ] {
        stack_event(
            &t,
            crate::testing::ADMINISTRATOR,
            "UPDATE_IN_PROGRESS",
            opened + minutes * MINUTE_MS,
            token,
        );
    }
    stack_event(&t, MEMBER, "UPDATE_IN_PROGRESS", opened, "another-accounts");
    t.advance_ms(100 * MINUTE_MS);
    let arn = start(&t, &plan);
    assert_eq!(
        findings(&t, &arn).len(),
        2,
        "what has not begun is no finding yet"
    );
    t.advance_ms(2 * MINUTE_MS);
    assert_eq!(findings(&t, &arn).len(), 3);
    t.call(
        SERVICE,
        "UpdateIncidentRecord",
        json!({"arn": arn, "status": "RESOLVED"}),
    )
    .unwrap();
    t.advance_ms(MINUTE_MS);
    stack_event(
        &t,
        crate::testing::ADMINISTRATOR,
        "UPDATE_IN_PROGRESS",
        t.now().0,
        "after",
    );
    assert_eq!(
        findings(&t, &arn).len(),
        3,
        "what began after the end is none"
    );
}

#[test]
fn an_end_completes_the_finding_and_keeps_its_id() {
    let (t, plan) = ready();
    let began = t.now().0;
    stack_event(
        &t,
        crate::testing::ADMINISTRATOR,
        "UPDATE_IN_PROGRESS",
        began,
        "a",
    );
    t.advance_ms(MINUTE_MS);
    let arn = start(&t, &plan);
    let before = findings(&t, &arn)[0].clone();
    assert_eq!(
        before["details"]["cloudFormationStackUpdate"].get("endTime"),
        None
    );
    t.advance_ms(MINUTE_MS);
    stack_event(
        &t,
        crate::testing::ADMINISTRATOR,
        "UPDATE_COMPLETE",
        t.now().0,
        "a",
    );
    let after = findings(&t, &arn)[0].clone();
    assert_eq!(after["id"], before["id"]);
    assert_eq!(
        after["details"]["cloudFormationStackUpdate"]["endTime"],
        json!(t.now().0 / 1000)
    );
    assert_eq!(
        after["details"]["cloudFormationStackUpdate"]["startTime"],
        json!(began / 1000)
    );
    assert!(after["lastModifiedTime"].as_f64() > before["lastModifiedTime"].as_f64());
    // The same event again, and one that comes late, change nothing and correct the start.
    stack_event(
        &t,
        crate::testing::ADMINISTRATOR,
        "UPDATE_COMPLETE",
        t.now().0,
        "a",
    );
    stack_event(
        &t,
        crate::testing::ADMINISTRATOR,
        "UPDATE_IN_PROGRESS",
        began - MINUTE_MS,
        "a",
    );
    let corrected = findings(&t, &arn);
    assert_eq!(corrected.len(), 1);
    let start = &corrected[0]["details"]["cloudFormationStackUpdate"]["startTime"];
    assert_eq!(*start, json!((began - MINUTE_MS) / 1000));
}

#[test]
fn a_stack_without_a_token_has_one_update_at_a_time() {
    let (t, plan) = ready();
    let arn = start(&t, &plan);
    for status in [
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ] {
        stack_event(&t, crate::testing::ADMINISTRATOR, status, t.now().0, "");
        t.advance_ms(1000);
    }
    stack_event(
        &t,
        crate::testing::ADMINISTRATOR,
        "UPDATE_IN_PROGRESS",
        t.now().0,
        "",
    );
    let found = findings(&t, &arn);
    assert_eq!(found.len(), 2);
    assert!(
        found[0]["details"]["cloudFormationStackUpdate"]
            .get("endTime")
            .is_some()
    );
    assert!(
        found[1]["details"]["cloudFormationStackUpdate"]
            .get("endTime")
            .is_none()
    );
}

#[test]
fn unknown_and_repeated_ids_are_answered_once() {
    let (t, plan) = ready();
    let arn = start(&t, &plan);
    stack_event(
        &t,
        crate::testing::ADMINISTRATOR,
        "CREATE_IN_PROGRESS",
        t.now().0,
        "a",
    );
    let id = findings(&t, &arn)[0]["id"].clone();
    let input = json!({"incidentRecordArn": arn, "findingIds": [id, "none", id, "none"]});
    let batch = t.call(SERVICE, "BatchGetIncidentFindings", input).unwrap();
    assert_eq!(batch["findings"].as_array().unwrap().len(), 1);
    assert_eq!(batch["errors"][0]["findingId"], "none");
    assert_eq!(batch["errors"][0]["code"], "ResourceNotFoundException");
    assert_eq!(batch["errors"].as_array().unwrap().len(), 1);
}

#[test]
fn without_a_token_an_update_is_one_finding_to_the_end_of_its_clean_up() {
    let (t, plan) = ready();
    let own = crate::testing::ADMINISTRATOR;
    for status in [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
        "UPDATE_COMPLETE",
    ] {
        stack_event(&t, own, status, t.now().0, "");
        t.advance_ms(MINUTE_MS);
    }
    let arn = start(&t, &plan);
    assert_eq!(findings(&t, &arn).len(), 1);
    stack_event(&t, own, "UPDATE_IN_PROGRESS", t.now().0, "");
    assert_eq!(findings(&t, &arn).len(), 2, "the next one");
    t.advance_ms(25 * 60 * MINUTE_MS);
    stack_event(&t, own, "UPDATE_FAILED", t.now().0, "");
    t.advance_ms(25 * 60 * MINUTE_MS);
    stack_event(&t, own, "UPDATE_FAILED", t.now().0, "");
    assert_eq!(
        findings(&t, &arn).len(),
        3,
        "the beginning of the last was never told"
    );
}

#[test]
fn without_a_token_events_that_come_twice_or_late_hide_no_later_update() {
    const OWN: &str = crate::testing::ADMINISTRATOR;
    let replay: &[(&str, i64)] = &[
        ("UPDATE_IN_PROGRESS", -120),
        ("UPDATE_COMPLETE", -118),
        ("UPDATE_IN_PROGRESS", -120),
    ];
    let order: &[(&str, i64)] = &[("UPDATE_COMPLETE", -118), ("UPDATE_IN_PROGRESS", -120)];
    let lost_end: &[(&str, i64)] = &[("UPDATE_IN_PROGRESS", -120)];
    let lost_start: &[(&str, i64)] = &[("UPDATE_IN_PROGRESS", -5), ("UPDATE_COMPLETE", -118)];
    for before in [replay, order, lost_end, lost_start] {
        let (t, plan) = ready();
        t.advance_ms(120 * MINUTE_MS);
        let now = t.now().0;
        let updated = [
            ("UPDATE_IN_PROGRESS", -5),
            ("UPDATE_COMPLETE", -3),
            ("UPDATE_IN_PROGRESS", -5),
        ];
        for (status, minutes) in before.iter().chain(&updated) {
            stack_event(&t, OWN, status, now + minutes * MINUTE_MS, "");
        }
        let arn = start(&t, &plan);
        let found = findings(&t, &arn);
        assert_eq!(found.len(), 1, "{before:?}");
        let update = &found[0]["details"]["cloudFormationStackUpdate"];
        assert_eq!(
            update["startTime"],
            (now - 5 * MINUTE_MS) / 1000,
            "{before:?}"
        );
        assert_eq!(
            update["endTime"],
            (now - 3 * MINUTE_MS) / 1000,
            "{before:?}"
        );
        assert_eq!(t.count("deployment"), 2, "{before:?}");
    }
}

#[test]
fn without_a_token_a_beginning_that_is_told_last_belongs_to_its_clean_up_and_end() {
    const OWN: &str = crate::testing::ADMINISTRATOR;
    let told: &[(&str, i64)] = &[
        ("UPDATE_IN_PROGRESS", -30),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", -20),
        ("UPDATE_COMPLETE", -19),
    ];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let (t, plan) = ready();
        t.advance_ms(120 * MINUTE_MS);
        let now = t.now().0;
        for (status, minutes) in order.map(|place| told[place]) {
            stack_event(&t, OWN, status, now + minutes * MINUTE_MS, "");
        }
        let found = findings(&t, &start(&t, &plan));
        assert_eq!(found.len(), 1, "{order:?}");
        let update = &found[0]["details"]["cloudFormationStackUpdate"];
        let times = [&update["startTime"], &update["endTime"]];
        let expected = [-30, -19].map(|minutes| json!((now + minutes * MINUTE_MS) / 1000));
        assert_eq!(times, [&expected[0], &expected[1]], "{order:?}");
    }
}

#[test]
fn what_is_nested_too_deep_to_be_kept_is_refused_at_once() {
    let (t, _) = ready();
    let put = |depth: usize| {
        let detail = format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        let entries = json!([{"Source": "a", "DetailType": "b", "Detail": detail}]);
        t.call("events", "PutEvents", json!({"Entries": entries}))
            .unwrap()["Entries"][0]
            .clone()
    };
    assert!(put(125)["EventId"].is_string());
    t.step();
    assert_eq!(put(126)["ErrorCode"], "MalformedDetail");
    assert_eq!(t.count("job"), 0);
}

#[test]
fn entries_are_refused_one_by_one() {
    let (t, _) = ready();
    let entries = json!([
        {"Source": "a", "DetailType": "b", "Detail": "{}"},
        {"DetailType": "b", "Detail": "{}"},
        {"Source": "a", "DetailType": "b", "Detail": "[]"},
        {"Source": "a", "DetailType": "b", "Detail": "{\"a\":"},
    ]);
    let put = t
        .call("events", "PutEvents", json!({"Entries": entries}))
        .unwrap();
    assert_eq!(put["FailedEntryCount"], 3);
    assert!(put["Entries"][0]["EventId"].is_string());
    assert_eq!(put["Entries"][1]["ErrorCode"], "InvalidArgument");
    assert_eq!(put["Entries"][2]["ErrorCode"], "MalformedDetail");
    assert_eq!(put["Entries"][3]["ErrorCode"], "MalformedDetail");
}
