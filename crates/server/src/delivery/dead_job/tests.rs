//! Dead jobs, as their account, another one and the administrator see them.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

const TOPIC: &str = "arn:aws:sns:eu-central-1:222222222222:on-call";

/// So many incidents of an account, each with a message that nothing is set for.
fn with_dead(account: &str, count: usize) -> Testing {
    let t = Testing::new();
    let call = |operation, input| {
        t.call_as(account, "ssm-incidents", operation, input)
            .unwrap()
    };
    call("CreateReplicationSet", json!({"regions": {REGION: {}}}));
    let targets = json!([{"snsTopicArn": TOPIC}]);
    let template = json!({"title": "Down", "impact": 1, "notificationTargets": targets});
    let plan = json!({"name": "shop", "incidentTemplate": template});
    let made = call("CreateResponsePlan", plan);
    for _ in 0..count {
        call("StartIncident", json!({"responsePlanArn": made["arn"]}));
    }
    t.advance_ms(1000);
    t.step();
    t
}

fn own(t: &Testing, account: &str, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call_as(account, "balefire", operation, input)
}

fn listed(t: &Testing, account: &str, input: Value) -> Vec<Value> {
    let output = own(t, account, "ListDeadJobs", input).unwrap();
    output["DeadJobs"].as_array().unwrap().clone()
}

#[test]
fn a_dead_job_tells_what_and_why_and_nothing_of_its_payload() {
    let t = with_dead(MEMBER, 1);
    let dead = listed(&t, MEMBER, json!({}));
    let id = dead[0]["Id"].as_str().unwrap();
    let reason = dead[0]["Reason"].as_str().unwrap();
    assert!(reason.contains("balefire.toml"), "{reason}");
    let expected = json!({
        "Id": id, "Kind": "notify", "Account": MEMBER, "Subject": TOPIC, "Reason": reason, "Attempts": 1,
        "CreatedTime": "2026-01-01T00:00:00Z", "DiedTime": "2026-01-01T00:00:01Z",
    });
    assert_eq!(dead, [expected]);
}

#[test]
fn pages_follow_each_other_and_kinds_are_told_apart() {
    let t = with_dead(MEMBER, 5);
    let mut seen = Vec::new();
    let mut input = json!({"MaxResults": 2});
    loop {
        let page = own(&t, MEMBER, "ListDeadJobs", input.clone()).unwrap();
        seen.extend(
            page["DeadJobs"]
                .as_array()
                .unwrap()
                .iter()
                .map(|job| job["Id"].to_string()),
        );
        if page["NextToken"].is_null() {
            break;
        }
        input["NextToken"] = page["NextToken"].clone();
    }
    assert!(seen.len() == 5 && seen.is_sorted(), "{seen:?}");
    assert_eq!(listed(&t, MEMBER, json!({"Kind": "notify"})).len(), 5);
    assert!(listed(&t, MEMBER, json!({"Kind": "take_event"})).is_empty());
}

#[test]
fn a_retry_forgets_the_attempts_and_fails_again_while_nothing_is_mended() {
    let t = with_dead(MEMBER, 2);
    let id = listed(&t, MEMBER, json!({}))[0]["Id"].clone();
    own(&t, MEMBER, "RetryDeadJob", json!({"Id": id})).unwrap();
    assert_eq!(listed(&t, MEMBER, json!({})).len(), 1);
    // It lives now, so there is nothing to retry.
    let again = own(&t, MEMBER, "RetryDeadJob", json!({"Id": id}));
    assert!(matches!(again, Err(Failure::NotFound { .. })), "{again:?}");
    t.advance_ms(5000);
    t.step();
    let dead = listed(&t, MEMBER, json!({}));
    assert_eq!((dead.len(), &dead[0]["Attempts"]), (2, &json!(1)));
    assert_eq!(dead[0]["DiedTime"], "2026-01-01T00:00:06Z");
    let other = json!({"Kind": "take_event"});
    assert_eq!(
        own(&t, MEMBER, "RetryDeadJobs", other).unwrap()["Retried"],
        0
    );
    let all = own(&t, MEMBER, "RetryDeadJobs", json!({})).unwrap();
    assert_eq!(all["Retried"], 2);
    assert!(listed(&t, MEMBER, json!({})).is_empty());
}

#[test]
fn what_is_dropped_is_gone() {
    let t = with_dead(MEMBER, 1);
    let id = listed(&t, MEMBER, json!({}))[0]["Id"].clone();
    own(&t, MEMBER, "DropDeadJob", json!({"Id": id})).unwrap();
    for operation in ["DropDeadJob", "RetryDeadJob"] {
        let gone = own(&t, MEMBER, operation, json!({"Id": id}));
        assert!(matches!(gone, Err(Failure::NotFound { .. })), "{gone:?}");
    }
    t.advance_ms(5000);
    t.step();
    assert!(listed(&t, MEMBER, json!({})).is_empty());
}

#[test]
fn a_member_sees_its_own_and_the_administrator_all() {
    let t = with_dead(ADMINISTRATOR, 1);
    let id = listed(&t, ADMINISTRATOR, json!({}))[0]["Id"].clone();
    assert!(listed(&t, MEMBER, json!({})).is_empty());
    for operation in ["RetryDeadJob", "DropDeadJob"] {
        let refused = own(&t, MEMBER, operation, json!({"Id": id}));
        assert!(
            matches!(refused, Err(Failure::NotFound { .. })),
            "{refused:?}"
        );
    }
    assert_eq!(
        own(&t, MEMBER, "RetryDeadJobs", json!({})).unwrap()["Retried"],
        0
    );
    assert_eq!(listed(&t, ADMINISTRATOR, json!({})).len(), 1);

    let t = with_dead(MEMBER, 1);
    let id = listed(&t, ADMINISTRATOR, json!({}))[0]["Id"].clone();
    own(&t, ADMINISTRATOR, "RetryDeadJob", json!({"Id": id})).unwrap();
    assert!(listed(&t, MEMBER, json!({})).is_empty());
}
