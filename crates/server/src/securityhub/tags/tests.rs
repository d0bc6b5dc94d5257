//! Tags of every kind of thing that may have them.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

fn call(t: &Testing, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call("securityhub", operation, input)
}

/// One thing of each kind, with the tag that it was made with.
fn things(t: &Testing) -> Vec<String> {
    let tags = json!({"team": "blue"});
    let hub = call(t, "EnableSecurityHubV2", json!({"Tags": tags})).unwrap();
    call(t, "EnableSecurityHub", json!({"Tags": tags})).unwrap();
    let hub_v1 = call(t, "DescribeHub", json!({})).unwrap();
    let aggregator = json!({"RegionLinkingMode": "ALL_REGIONS", "Tags": tags});
    let aggregator = call(t, "CreateAggregatorV2", aggregator).unwrap();
    let connector = json!({"Name": "jira", "Provider": {"JiraCloud": {}}, "Tags": tags});
    let connector = call(t, "CreateConnectorV2", connector).unwrap();
    [
        &hub["HubV2Arn"],
        &hub_v1["HubArn"],
        &aggregator["AggregatorV2Arn"],
        &connector["ConnectorArn"],
    ]
    .map(|arn| arn.as_str().unwrap().to_owned())
    .into()
}

fn tags_of(t: &Testing, arn: &str) -> Value {
    call(t, "ListTagsForResource", json!({"ResourceArn": arn})).unwrap()["Tags"].clone()
}

#[test]
fn tags_are_kept_merged_and_taken_off() {
    let t = Testing::new();
    for arn in things(&t) {
        assert_eq!(tags_of(&t, &arn), json!({"team": "blue"}), "{arn}");
        let more = json!({"ResourceArn": arn, "Tags": {"team": "red", "env": "live"}});
        call(&t, "TagResource", more).unwrap();
        assert_eq!(tags_of(&t, &arn), json!({"team": "red", "env": "live"}));
        let less = json!({"ResourceArn": arn, "TagKeys": ["team", "absent"]});
        call(&t, "UntagResource", less).unwrap();
        assert_eq!(tags_of(&t, &arn), json!({"env": "live"}));
    }
}

#[test]
fn fifty_are_the_most() {
    let t = Testing::new();
    let arn = things(&t).remove(0);
    let fifty: serde_json::Map<String, Value> = (0..50)
        .map(|n| {
            (
                format!("k{n}").replace(|c: char| c.is_numeric(), "a") + &"b".repeat(n),
                json!(""),
            )
        })
        .collect();
    let refused = call(
        &t,
        "TagResource",
        json!({"ResourceArn": arn, "Tags": fifty}),
    )
    .unwrap_err();
    assert!(matches!(refused, Failure::Invalid(_)), "{refused:?}");
    assert!(refused.message().contains("51"), "{}", refused.message());
    assert_eq!(tags_of(&t, &arn), json!({"team": "blue"}));
}

#[test]
fn only_what_is_there_and_the_callers_has_tags() {
    let t = Testing::new();
    let mut arns = things(&t);
    for arn in &arns {
        for (operation, input) in [
            ("ListTagsForResource", json!({"ResourceArn": arn})),
            (
                "TagResource",
                json!({"ResourceArn": arn, "Tags": {"a": "b"}}),
            ),
            (
                "UntagResource",
                json!({"ResourceArn": arn, "TagKeys": ["team"]}),
            ),
        ] {
            let foreign = t
                .call_as(MEMBER, "securityhub", operation, input)
                .unwrap_err();
            assert!(matches!(foreign, Failure::NotFound { .. }), "{foreign:?}");
        }
        assert_eq!(tags_of(&t, arn), json!({"team": "blue"}));
    }
    // The same ids, elsewhere or of another kind.
    let elsewhere = |arn: &String| arn.replace(REGION, "us-east-1");
    let mut others: Vec<String> = arns.iter().map(elsewhere).collect();
    others.push(arns[0].replace("hubv2", "aggregatorv2"));
    others.push(arns[0].replace("hubv2", "planetv2"));
    others.push(format!("{}x", arns.remove(0)));
    for arn in others {
        let failure = call(&t, "ListTagsForResource", json!({"ResourceArn": arn})).unwrap_err();
        assert!(
            matches!(failure, Failure::NotFound { .. }),
            "{arn}: {failure:?}"
        );
    }
    let whole = format!("arn:aws:securityhub:{REGION}:{ADMINISTRATOR}");
    let failure = call(
        &t,
        "ListTagsForResource",
        json!({"ResourceArn": whole + ":x"}),
    )
    .unwrap_err();
    assert!(matches!(failure, Failure::Invalid(_)), "{failure:?}");
}

#[test]
fn tags_go_with_their_thing() {
    let t = Testing::new();
    let arns = things(&t);
    let id = arns[3].rsplit('/').next().unwrap();
    call(&t, "DeleteConnectorV2", json!({"ConnectorId": id})).unwrap();
    call(
        &t,
        "DeleteAggregatorV2",
        json!({"AggregatorV2Arn": arns[2]}),
    )
    .unwrap();
    call(&t, "DisableSecurityHub", json!({})).unwrap();
    call(&t, "DisableSecurityHubV2", json!({})).unwrap();
    let count = |tx: &mut balefire_store::Tx<'_>| -> Result<i64, balefire_store::Error> {
        tx.query("SELECT COUNT(*) FROM tag", &[])?[0].int(0)
    };
    assert_eq!(t.store.read_blocking(count).unwrap().unwrap(), 0);
}
