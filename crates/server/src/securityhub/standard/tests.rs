//! There are no standards, and nobody has turned one on.

use serde_json::json;

use crate::failure::Failure;
use crate::testing::Testing;

#[test]
fn there_are_none() {
    let t = Testing::new();
    for operation in ["DescribeStandards", "GetEnabledStandards"] {
        let off = t.call("securityhub", operation, json!({}));
        assert!(matches!(off, Err(Failure::NotSubscribed(_))), "{off:?}");
    }
    t.call("securityhub", "EnableSecurityHub", json!({}))
        .unwrap();
    for (operation, list) in [
        ("DescribeStandards", "Standards"),
        ("GetEnabledStandards", "StandardsSubscriptions"),
    ] {
        let answer = t.call("securityhub", operation, json!({})).unwrap();
        assert_eq!(answer, json!({ list: [] }));
    }
    let named = json!({"StandardsSubscriptionArns": ["arn:none", "arn:neither"]});
    let refused = t.call("securityhub", "GetEnabledStandards", named);
    let message = refused.unwrap_err().message();
    assert!(
        message.contains("/StandardsSubscriptionArns/1"),
        "{message}"
    );
}
