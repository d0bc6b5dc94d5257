//! Action targets are made, changed, shown and forgotten.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

#[test]
fn action_targets_live_and_die() {
    let t = Testing::new();
    for account in [ADMINISTRATOR, MEMBER] {
        t.call_as(account, "securityhub", "EnableSecurityHub", json!({}))
            .unwrap();
    }
    let call = |operation: &str, input: Value| t.call("securityhub", operation, input);
    let new = |id: &str| json!({"Id": id, "Name": "Open a ticket", "Description": "d"});
    let arn = format!("arn:aws:securityhub:{REGION}:{ADMINISTRATOR}:action/custom/ticket");
    let created = call("CreateActionTarget", new("ticket")).unwrap();
    assert_eq!(created["ActionTargetArn"], arn);
    let again = call("CreateActionTarget", new("ticket"));
    assert!(matches!(again, Err(Failure::Conflict { .. })));
    let mut long = new("a");
    long["Name"] = "x".repeat(21).into();
    for input in [new("a-b"), new(&"x".repeat(21)), long] {
        assert!(matches!(
            call("CreateActionTarget", input),
            Err(Failure::Invalid(_))
        ));
    }
    let change = json!({"ActionTargetArn": arn, "Description": "other"});
    call("UpdateActionTarget", change).unwrap();
    let expected =
        json!([{"ActionTargetArn": arn, "Name": "Open a ticket", "Description": "other"}]);
    for input in [json!({}), json!({"ActionTargetArns": [arn]})] {
        assert_eq!(
            call("DescribeActionTargets", input).unwrap()["ActionTargets"],
            expected
        );
    }
    let named = json!({"ActionTargetArn": arn});
    for operation in ["UpdateActionTarget", "DeleteActionTarget"] {
        let foreign = t.call_as(MEMBER, "securityhub", operation, named.clone());
        assert!(
            matches!(foreign, Err(Failure::NotFound { .. })),
            "{operation}"
        );
    }
    let theirs = t
        .call_as(MEMBER, "securityhub", "DescribeActionTargets", json!({}))
        .unwrap();
    assert_eq!(theirs["ActionTargets"], json!([]));
    assert_eq!(call("DeleteActionTarget", named.clone()).unwrap(), named);
    assert!(matches!(
        call("DeleteActionTarget", named),
        Err(Failure::NotFound { .. })
    ));
    for number in 0..50 {
        call("CreateActionTarget", new(&format!("t{number}"))).unwrap();
    }
    assert!(matches!(
        call("CreateActionTarget", new("more")),
        Err(Failure::Limit { .. })
    ));
    let conflict = call("CreateActionTarget", new("t1"));
    assert!(matches!(conflict, Err(Failure::Conflict { .. })));
    let all = call("DescribeActionTargets", json!({"MaxResults": 20})).unwrap();
    assert_eq!(all["ActionTargets"].as_array().unwrap().len(), 20);
    assert!(all["NextToken"].is_string());
}
