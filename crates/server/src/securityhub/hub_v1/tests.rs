//! The hub is on or off for each account and region.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

fn call(t: &Testing, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call("securityhub", operation, input)
}

#[test]
fn it_is_turned_on_once_described_and_turned_off() {
    let t = Testing::new();
    for operation in [
        "DescribeHub",
        "DisableSecurityHub",
        "UpdateSecurityHubConfiguration",
    ] {
        let off = call(&t, operation, json!({})).unwrap_err();
        let says = |why: &str| why.contains(REGION) && why.contains(ADMINISTRATOR);
        assert!(matches!(&off, Failure::NotSubscribed(why) if says(why)));
    }
    assert_eq!(call(&t, "EnableSecurityHub", json!({})).unwrap(), json!({}));
    let again = call(&t, "EnableSecurityHub", json!({})).unwrap_err();
    assert!(matches!(again, Failure::Conflict { .. }), "{again:?}");
    let arn = format!("arn:aws:securityhub:{REGION}:{ADMINISTRATOR}:hub/default");
    let expected = json!({
        "HubArn": arn, "SubscribedAt": "2026-01-01T00:00:00Z", "AutoEnableControls": true,
        "ControlFindingGenerator": "SECURITY_CONTROL",
    });
    let described = call(&t, "DescribeHub", json!({"HubArn": arn})).unwrap();
    assert_eq!(described, expected);
    let other = call(&t, "DescribeHub", json!({"HubArn": "arn:x"})).unwrap_err();
    assert!(matches!(other, Failure::NotFound { .. }));

    let change = json!({"AutoEnableControls": false});
    call(&t, "UpdateSecurityHubConfiguration", change).unwrap();
    let described = call(&t, "DescribeHub", json!({})).unwrap();
    assert_eq!(described["AutoEnableControls"], false);
    assert_eq!(described["ControlFindingGenerator"], "SECURITY_CONTROL");

    let member = t.call_as(MEMBER, "securityhub", "DescribeHub", json!({}));
    assert!(matches!(member, Err(Failure::NotSubscribed(_))));
    call(&t, "DisableSecurityHub", json!({})).unwrap();
    assert!(call(&t, "DescribeHub", json!({})).is_err());
}
