//! One aggregator an account, set up by the administrator and changed at home.

use std::sync::Arc;

use balefire_api::generated::securityhub::operations as op;
use balefire_api::generated::securityhub::{
    CreateAggregatorV2Request, DeleteAggregatorV2Request, EnableSecurityHubV2Request,
    GetAggregatorV2Request, UpdateAggregatorV2Request,
};
use serde_json::{Value, json};

use crate::context::Caller;
use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

fn call(t: &Testing, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call("securityhub", operation, input)
}

fn enabled() -> Testing {
    let t = Testing::new();
    for account in [ADMINISTRATOR, MEMBER] {
        t.call_as(account, "securityhub", "EnableSecurityHubV2", json!({}))
            .unwrap();
    }
    t
}

fn all_regions() -> Value {
    json!({"RegionLinkingMode": "ALL_REGIONS"})
}

#[test]
fn it_is_made_read_changed_and_deleted() {
    let t = enabled();
    assert_eq!(
        call(&t, "ListAggregatorsV2", json!({})).unwrap()["AggregatorsV2"],
        json!([])
    );
    let linked = json!(["us-east-1", "eu-west-1"]);
    let create = json!({"RegionLinkingMode": "SPECIFIED_REGIONS", "LinkedRegions": linked});
    let made = call(&t, "CreateAggregatorV2", create).unwrap();
    let arn = made["AggregatorV2Arn"].as_str().unwrap();
    assert!(arn.starts_with(&format!(
        "arn:aws:securityhub:{REGION}:{ADMINISTRATOR}:aggregatorv2/"
    )));
    assert_eq!(made["AggregationRegion"], REGION);
    let get = json!({"AggregatorV2Arn": arn});
    assert_eq!(call(&t, "GetAggregatorV2", get.clone()).unwrap(), made);
    let listed = call(&t, "ListAggregatorsV2", json!({})).unwrap();
    assert_eq!(listed["AggregatorsV2"], json!([{"AggregatorV2Arn": arn}]));

    let mut update = all_regions();
    update["AggregatorV2Arn"] = arn.into();
    let updated = call(&t, "UpdateAggregatorV2", update).unwrap();
    let expected = json!({
        "AggregatorV2Arn": arn, "AggregationRegion": REGION, "RegionLinkingMode": "ALL_REGIONS",
    });
    assert_eq!(updated, expected);
    assert_eq!(call(&t, "GetAggregatorV2", get.clone()).unwrap(), expected);

    call(&t, "DeleteAggregatorV2", get.clone()).unwrap();
    for operation in ["GetAggregatorV2", "DeleteAggregatorV2"] {
        let gone = call(&t, operation, get.clone()).unwrap_err();
        assert!(matches!(gone, Failure::NotFound { .. }), "{gone:?}");
    }
}

#[test]
fn an_account_has_one_at_most() {
    let t = enabled();
    let made = call(&t, "CreateAggregatorV2", all_regions()).unwrap();
    let second = call(&t, "CreateAggregatorV2", all_regions()).unwrap_err();
    assert!(matches!(second, Failure::Conflict { .. }), "{second:?}");
    let arn = made["AggregatorV2Arn"].as_str().unwrap();
    assert!(second.message().contains(arn));
}

#[test]
fn a_token_makes_one_of_two_calls() {
    let t = enabled();
    let mut create = all_regions();
    create["ClientToken"] = "once".into();
    let made = call(&t, "CreateAggregatorV2", create.clone()).unwrap();
    assert_eq!(call(&t, "CreateAggregatorV2", create).unwrap(), made);
}

#[test]
fn it_needs_the_hub() {
    let t = Testing::new();
    let off = call(&t, "CreateAggregatorV2", all_regions()).unwrap_err();
    assert!(matches!(off, Failure::NotFound { .. }), "{off:?}");
    let off = call(&t, "ListAggregatorsV2", json!({})).unwrap_err();
    assert!(matches!(off, Failure::Denied(_)), "{off:?}");
}

#[test]
fn members_set_up_none_and_see_none_but_their_own() {
    let t = enabled();
    let made = call(&t, "CreateAggregatorV2", all_regions()).unwrap();
    let arn = &made["AggregatorV2Arn"];
    let member = |operation, input| t.call_as(MEMBER, "securityhub", operation, input);
    let mut update = all_regions();
    update["AggregatorV2Arn"] = arn.clone();
    let named = json!({"AggregatorV2Arn": arn});
    for (operation, input) in [
        ("CreateAggregatorV2", all_regions()),
        ("UpdateAggregatorV2", update),
        ("DeleteAggregatorV2", named.clone()),
    ] {
        let denied = member(operation, input).unwrap_err();
        assert!(
            matches!(denied, Failure::Denied(_)),
            "{operation}: {denied:?}"
        );
    }
    let unseen = member("GetAggregatorV2", named.clone()).unwrap_err();
    assert!(matches!(unseen, Failure::NotFound { .. }), "{unseen:?}");
    let listed = member("ListAggregatorsV2", json!({})).unwrap();
    assert_eq!(listed["AggregatorsV2"], json!([]));
    assert_eq!(call(&t, "GetAggregatorV2", named).unwrap(), made);
}

#[test]
fn it_is_seen_from_everywhere_and_changed_at_home() {
    let t = enabled();
    let made = call(&t, "CreateAggregatorV2", all_regions()).unwrap();
    let arn = made["AggregatorV2Arn"].as_str().unwrap();
    let caller = Arc::new(Caller {
        account: ADMINISTRATOR.into(),
        arn: format!("arn:aws:iam::{ADMINISTRATOR}:user/tester"),
        user_id: "AKIATEST".into(),
        administrator: true,
    });
    const ELSEWHERE: &str = "us-east-1";
    t.wait(t.pipeline.call::<op::EnableSecurityHubV2>(
        caller.clone(),
        ELSEWHERE,
        EnableSecurityHubV2Request::default(),
    ))
    .unwrap();
    let get = GetAggregatorV2Request {
        aggregator_v2_arn: arn.into(),
    };
    let seen = t.wait(
        t.pipeline
            .call::<op::GetAggregatorV2>(caller.clone(), ELSEWHERE, get),
    );
    assert_eq!(seen.unwrap().aggregation_region.as_deref(), Some(REGION));
    let create = CreateAggregatorV2Request {
        region_linking_mode: "ALL_REGIONS".into(),
        ..CreateAggregatorV2Request::default()
    };
    let second = t.wait(t.pipeline.call::<op::CreateAggregatorV2>(
        caller.clone(),
        ELSEWHERE,
        create,
    ));
    assert!(matches!(second, Err(Failure::Conflict { .. })));
    let update = UpdateAggregatorV2Request {
        aggregator_v2_arn: arn.into(),
        linked_regions: None,
        region_linking_mode: "ALL_REGIONS".into(),
    };
    let away = t.wait(
        t.pipeline
            .call::<op::UpdateAggregatorV2>(caller.clone(), ELSEWHERE, update),
    );
    assert!(matches!(&away, Err(Failure::Invalid(_))), "{away:?}");
    let delete = DeleteAggregatorV2Request {
        aggregator_v2_arn: arn.into(),
    };
    let away = t.wait(
        t.pipeline
            .call::<op::DeleteAggregatorV2>(caller, ELSEWHERE, delete),
    );
    assert!(away.unwrap_err().message().contains(REGION));
}
