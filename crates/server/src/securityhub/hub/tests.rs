//! The hub is on or off for each account and region, and data calls know it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::context::Caller;
use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

fn call(t: &Testing, operation: &str) -> Result<Value, Failure> {
    t.call("securityhub", operation, json!({}))
}

fn log_len(t: &Testing) -> i64 {
    let count = |tx: &mut balefire_store::Tx<'_>| -> Result<i64, balefire_store::Error> {
        tx.query("SELECT COUNT(*) FROM log", &[])?[0].int(0)
    };
    t.store.read_blocking(count).unwrap().unwrap()
}

fn tags_len(t: &Testing) -> i64 {
    let count = |tx: &mut balefire_store::Tx<'_>| -> Result<i64, balefire_store::Error> {
        tx.query("SELECT COUNT(*) FROM tag", &[])?[0].int(0)
    };
    t.store.read_blocking(count).unwrap().unwrap()
}

#[test]
fn it_is_turned_on_once_and_off_once() {
    let t = Testing::new();
    let off = call(&t, "DescribeSecurityHubV2").unwrap_err();
    assert!(matches!(off, Failure::NotFound { .. }), "{off:?}");
    assert_eq!(call(&t, "DisableSecurityHubV2").unwrap(), json!({}));
    assert_eq!(log_len(&t), 0);

    let tags = json!({"Tags": {"team": "blue"}});
    let on = t.call("securityhub", "EnableSecurityHubV2", tags).unwrap();
    let arn = on["HubV2Arn"].as_str().unwrap();
    let start = format!("arn:aws:securityhub:{REGION}:{ADMINISTRATOR}:hubv2/");
    assert!(arn.starts_with(&start), "{arn}");
    assert_eq!((log_len(&t), tags_len(&t)), (1, 1));
    t.advance_ms(60_000);
    assert_eq!(call(&t, "EnableSecurityHubV2").unwrap(), on);
    assert_eq!(log_len(&t), 1);

    let described = call(&t, "DescribeSecurityHubV2").unwrap();
    let feature = json!({"FeatureStatus": "DISABLED", "UpdatedAt": "2026-01-01T00:00:00Z"});
    let expected = json!({
        "HubV2Arn": arn, "SubscribedAt": "2026-01-01T00:00:00Z",
        "Features": {"NETWORK_SCANNING": feature},
    });
    assert_eq!(described, expected);

    assert_eq!(call(&t, "DisableSecurityHubV2").unwrap(), json!({}));
    assert_eq!((log_len(&t), tags_len(&t)), (2, 0));
    assert!(call(&t, "DescribeSecurityHubV2").is_err());
    assert_ne!(call(&t, "EnableSecurityHubV2").unwrap(), on);
}

#[test]
fn a_hub_that_is_on_gets_the_tags_of_another_call() {
    let t = Testing::new();
    let enable = |tags: Value| t.call("securityhub", "EnableSecurityHubV2", json!({"Tags": tags}));
    let on = enable(json!({"team": "blue", "stage": "test"})).unwrap();
    assert_eq!(enable(json!({"team": "red", "cost": "1"})).unwrap(), on);
    let listed = || {
        let arn = json!({"ResourceArn": on["HubV2Arn"]});
        t.call("securityhub", "ListTagsForResource", arn).unwrap()
    };
    let expected = json!({"Tags": {"team": "red", "stage": "test", "cost": "1"}});
    assert_eq!(listed(), expected);
    assert_eq!(log_len(&t), 2);
    assert_eq!(enable(json!({"cost": "1"})).unwrap(), on);
    assert_eq!(log_len(&t), 2, "they are there already");
    let many: serde_json::Map<String, Value> = (0..48)
        .map(|number| (format!("k{number}"), json!("v")))
        .collect();
    let refused = enable(many.into()).unwrap_err();
    assert!(matches!(refused, Failure::Invalid(_)), "{refused:?}");
    assert_eq!(listed(), expected);
}

#[test]
fn each_account_has_its_own() {
    let t = Testing::new();
    call(&t, "EnableSecurityHubV2").unwrap();
    let described = t.call_as(MEMBER, "securityhub", "DescribeSecurityHubV2", json!({}));
    assert!(matches!(described, Err(Failure::NotFound { .. })));
    t.call_as(MEMBER, "securityhub", "DisableSecurityHubV2", json!({}))
        .unwrap();
    assert!(call(&t, "DescribeSecurityHubV2").is_ok());
}

#[test]
fn data_calls_are_denied_where_it_is_off() {
    let t = Testing::new();
    let update = json!({"MetadataUids": ["x"], "StatusId": 1});
    let calls = [
        ("securityhub", "GetFindingsV2", json!({})),
        ("securityhub", "BatchUpdateFindingsV2", update),
    ];
    let denied = |account: &str| {
        calls.iter().all(|(service, operation, input)| {
            let answer = t.call_as(account, service, operation, input.clone());
            let says = |why: &str| why.contains("EnableSecurityHubV2") && why.contains(REGION);
            matches!(answer, Err(Failure::Denied(why)) if says(&why))
        })
    };
    assert!(denied(ADMINISTRATOR) && denied(MEMBER));
    call(&t, "EnableSecurityHubV2").unwrap();
    assert!(!denied(ADMINISTRATOR) && denied(MEMBER));
}

#[test]
fn findings_are_taken_while_it_is_off_and_shown_once_it_is_on() {
    let t = Testing::new();
    let document = crate::securityhub::finding::tests::document("f", json!({}));
    let import = json!({"Findings": [document]});
    let taken = t.call("balefire", "ImportFindings", import).unwrap();
    assert_eq!(taken["Created"], 1);
    call(&t, "EnableSecurityHubV2").unwrap();
    let shown = call(&t, "GetFindingsV2").unwrap();
    assert_eq!(shown["Findings"].as_array().unwrap().len(), 1);
}

#[test]
fn findings_are_seen_from_every_region_where_it_is_on() {
    let t = Testing::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let caller = Arc::new(Caller {
        account: ADMINISTRATOR.into(),
        arn: format!("arn:aws:iam::{ADMINISTRATOR}:user/tester"),
        user_id: "AKIATEST".into(),
        administrator: true,
    });
    call(&t, "EnableSecurityHubV2").unwrap();
    let document = crate::securityhub::finding::tests::document("f", json!({}));
    t.call(
        "balefire",
        "ImportFindings",
        json!({"Findings": [document]}),
    )
    .unwrap();
    use balefire_api::generated::securityhub::operations as op;
    use balefire_api::generated::securityhub::{EnableSecurityHubV2Request, GetFindingsV2Request};
    let get = || {
        let input = GetFindingsV2Request::default();
        runtime.block_on(
            t.pipeline
                .call::<op::GetFindingsV2>(caller.clone(), "us-east-1", input),
        )
    };
    assert!(matches!(get(), Err(Failure::Denied(_))));
    let enable = t.pipeline.call::<op::EnableSecurityHubV2>(
        caller.clone(),
        "us-east-1",
        EnableSecurityHubV2Request::default(),
    );
    runtime.block_on(enable).unwrap();
    assert_eq!(get().unwrap().findings.unwrap().len(), 1);
}

#[test]
fn features_are_turned_on_and_off_and_go_with_the_hub() {
    let t = Testing::new();
    let turn = |operation: &str| {
        t.call(
            "securityhub",
            operation,
            json!({"FeatureName": "NETWORK_SCANNING"}),
        )
    };
    let (enable, disable) = ("EnableSecurityHubFeatureV2", "DisableSecurityHubFeatureV2");
    for operation in [enable, disable] {
        let off = turn(operation).unwrap_err();
        assert!(matches!(off, Failure::NotFound { .. }), "{off:?}");
    }
    call(&t, "EnableSecurityHubV2").unwrap();
    let feature =
        || call(&t, "DescribeSecurityHubV2").unwrap()["Features"]["NETWORK_SCANNING"].clone();
    let expected = |status: &str, at: &str| json!({"FeatureStatus": status, "UpdatedAt": at});
    t.advance_ms(60_000);
    turn(disable).unwrap();
    assert_eq!(feature(), expected("DISABLED", "2026-01-01T00:00:00Z"));
    for _ in 0..2 {
        turn(enable).unwrap();
        assert_eq!(feature(), expected("ENABLED", "2026-01-01T00:01:00Z"));
        t.advance_ms(60_000);
    }
    turn(disable).unwrap();
    assert_eq!(feature(), expected("DISABLED", "2026-01-01T00:03:00Z"));
    turn(enable).unwrap();
    let members = t.call_as(
        MEMBER,
        "securityhub",
        enable,
        json!({"FeatureName": "NETWORK_SCANNING"}),
    );
    assert!(matches!(members, Err(Failure::NotFound { .. })));
    assert_eq!(log_len(&t), 4);

    call(&t, "DisableSecurityHubV2").unwrap();
    call(&t, "EnableSecurityHubV2").unwrap();
    assert_eq!(feature(), expected("DISABLED", "2026-01-01T00:03:00Z"));
}
