//! What tests of rules and targets begin with.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::Testing;

pub const RULE_ARN: &str = "arn:aws:events:eu-central-1:111111111111:rule/alarms";
pub const PLAN: &str = "arn:aws:ssm-incidents::111111111111:response-plan/plan";
pub const ROLE: &str = "arn:aws:iam::111111111111:role/events";

pub fn call(t: &Testing, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call("events", operation, input)
}

/// A rule that no event matches by chance.
pub fn put(t: &Testing, name: &str) {
    let input = json!({"Name": name, "EventPattern": r#"{"source": ["s"]}"#});
    call(t, "PutRule", input).unwrap();
}

/// A rule with one target.
pub fn with_target(t: &Testing) {
    put(t, "alarms");
    let input = json!({"Rule": "alarms", "Targets": [{"Id": "1", "Arn": PLAN}]});
    assert_eq!(call(t, "PutTargets", input).unwrap()["FailedEntryCount"], 0);
}

/// The violations of an input that is refused.
pub fn invalid(result: Result<Value, Failure>) -> String {
    match result {
        Err(failure @ Failure::Invalid(_)) => failure.message(),
        other => panic!("{other:?}"),
    }
}

pub fn not_found(result: Result<Value, Failure>, kind: &str) {
    match result {
        Err(Failure::NotFound { kind: found, .. }) => assert_eq!(found, kind),
        other => panic!("{other:?}"),
    }
}
