//! The rules of targets.

use serde_json::{Value, json};

use crate::events::fixture::{PLAN, ROLE, call, invalid, not_found, put, with_target};
use crate::failure::Failure;
use crate::testing::Testing;

#[test]
fn targets_are_put_by_id_and_listed() {
    let t = Testing::new();
    with_target(&t);
    let target = json!({"Id": "1", "Arn": PLAN, "RoleArn": ROLE, "InputPath": "$.detail"});
    call(
        &t,
        "PutTargets",
        json!({"Rule": "alarms", "Targets": [target]}),
    )
    .unwrap();
    let listed = call(&t, "ListTargetsByRule", json!({"Rule": "alarms"})).unwrap();
    assert_eq!(listed, json!({"Targets": [target]}));
    put(&t, "other");
    let empty = call(&t, "ListTargetsByRule", json!({"Rule": "other"})).unwrap();
    assert_eq!(empty["Targets"], json!([]));
    let two = json!([{"Id": "x", "Arn": PLAN}, {"Id": "y", "Arn": PLAN}]);
    call(&t, "PutTargets", json!({"Rule": "other", "Targets": two})).unwrap();
    let names = call(&t, "ListRuleNamesByTarget", json!({"TargetArn": PLAN})).unwrap();
    assert_eq!(names, json!({"RuleNames": ["alarms", "other"]}));
    let first = call(
        &t,
        "ListRuleNamesByTarget",
        json!({"TargetArn": PLAN, "Limit": 1}),
    )
    .unwrap();
    let token = &first["NextToken"];
    let input = json!({"TargetArn": PLAN, "Limit": 1, "NextToken": token});
    let second = call(&t, "ListRuleNamesByTarget", input).unwrap();
    assert_eq!(second, json!({"RuleNames": ["other"]}));
    let input = json!({"Rule": "other", "Ids": ["x", "z"]});
    let removed = call(&t, "RemoveTargets", input).unwrap();
    assert_eq!(removed["FailedEntryCount"], 1);
    assert_eq!(removed["FailedEntries"][0]["TargetId"], "z");
    let left = call(&t, "ListTargetsByRule", json!({"Rule": "other"})).unwrap();
    assert_eq!(left["Targets"], json!([{"Id": "y", "Arn": PLAN}]));
}

#[test]
fn targets_that_cannot_be_acted_upon_are_refused_by_entry() {
    let t = Testing::new();
    with_target(&t);
    let plan = |more: Value| {
        let mut target = json!({"Id": "2", "Arn": PLAN});
        target
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        target
    };
    for (target, reason) in [
        (
            plan(json!({"Arn": "arn:aws:lambda:eu-central-1:111111111111:function:f"})),
            "Only response plans",
        ),
        (
            plan(json!({"Arn": "arn:aws:ssm-incidents::222222222222:response-plan/plan"})),
            "of this account",
        ),
        (
            plan(json!({"InputTransformer": {"InputTemplate": "x"}})),
            "InputTransformer is not supported",
        ),
        (
            plan(json!({"RetryPolicy": {}})),
            "RetryPolicy is not supported",
        ),
        (
            plan(json!({"DeadLetterConfig": {}})),
            "DeadLetterConfig is not supported",
        ),
        (plan(json!({"Input": "{"})), "Input must be JSON"),
        (
            plan(json!({"InputPath": "detail"})),
            "InputPath must be a path",
        ),
        (plan(json!({"Input": "1", "InputPath": "$"})), "Only one of"),
        (plan(json!({"RoleArn": "role"})), "ARN of a role"),
    ] {
        let good = json!({"Id": "3", "Arn": PLAN});
        let input = json!({"Rule": "alarms", "Targets": [target, good]});
        let output = call(&t, "PutTargets", input).unwrap();
        assert_eq!(output["FailedEntryCount"], 1, "{output}");
        let entry = &output["FailedEntries"][0];
        assert_eq!(
            (&entry["TargetId"], &entry["ErrorCode"]),
            (&json!("2"), &json!("ValidationException"))
        );
        assert!(
            entry["ErrorMessage"].as_str().unwrap().contains(reason),
            "{entry}"
        );
    }
    let listed = call(&t, "ListTargetsByRule", json!({"Rule": "alarms"})).unwrap();
    let ids: Vec<&Value> = listed["Targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| &t["Id"])
        .collect();
    assert_eq!(ids, ["1", "3"]);
}

#[test]
fn a_rule_has_five_targets_at_most() {
    let t = Testing::new();
    with_target(&t);
    let targets = |ids: &[&str]| {
        let targets = ids.iter().map(|id| json!({"Id": id, "Arn": PLAN}));
        json!({"Rule": "alarms", "Targets": targets.collect::<Vec<_>>()})
    };
    let six = call(&t, "PutTargets", targets(&["2", "3", "4", "5", "6"]));
    assert!(matches!(six, Err(Failure::Limit { .. })), "{six:?}");
    let listed = call(&t, "ListTargetsByRule", json!({"Rule": "alarms"})).unwrap();
    assert_eq!(
        listed["Targets"].as_array().unwrap().len(),
        1,
        "all or none"
    );
    call(&t, "PutTargets", targets(&["1", "2", "3", "4", "5"])).unwrap();
    invalid(call(&t, "PutTargets", targets(&["1", "1"])));
    invalid(call(&t, "PutTargets", targets(&[])));
    not_found(
        call(
            &t,
            "PutTargets",
            json!({"Rule": "none", "Targets": [{"Id": "1", "Arn": PLAN}]}),
        ),
        "RULE",
    );
}
