//! Members are told of their administrator, and the administrator of its members.

use serde_json::{Value, json};

use crate::access::Account;
use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

const SECOND: &str = "333333333333";
const JOINED: &str = "1970-01-01T00:00:00Z";
const ENABLED: &str = "2026-01-01T00:00:00Z";

fn call(t: &Testing, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call("securityhub", operation, input)
}

fn as_member(t: &Testing, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call_as(MEMBER, "securityhub", operation, input)
}

/// The hub of the administrator and of one of two members is on.
fn organization() -> Testing {
    let t = Testing::new();
    let second = Account {
        id: SECOND.into(),
        name: String::new(),
        administrator: false,
        created_ms: 0,
    };
    let insert = t.store.write_blocking(SECOND, move |tx| tx.insert(&second));
    insert.unwrap().unwrap();
    for account in [ADMINISTRATOR, MEMBER] {
        t.call_as(account, "securityhub", "EnableSecurityHub", json!({}))
            .unwrap();
    }
    t
}

fn member(id: &str, status: &str, updated: &str) -> Value {
    json!({
        "AccountId": id, "AdministratorId": ADMINISTRATOR, "MasterId": ADMINISTRATOR,
        "MemberStatus": status, "InvitedAt": JOINED, "UpdatedAt": updated,
    })
}

#[test]
fn a_member_is_told_of_its_administrator() {
    let t = organization();
    for (operation, name) in [
        ("GetAdministratorAccount", "Administrator"),
        ("GetMasterAccount", "Master"),
    ] {
        let expected = json!({name: {
            "AccountId": ADMINISTRATOR, "InvitedAt": JOINED, "MemberStatus": "Enabled",
        }});
        assert_eq!(as_member(&t, operation, json!({})).unwrap(), expected);
        assert_eq!(call(&t, operation, json!({})).unwrap(), json!({}));
        let off = t.call_as(SECOND, "securityhub", operation, json!({}));
        assert!(matches!(off, Err(Failure::NotSubscribed(_))), "{off:?}");
    }
}

#[test]
fn the_administrator_is_told_of_its_members() {
    let t = organization();
    let (on, off) = (
        member(MEMBER, "Enabled", ENABLED),
        member(SECOND, "Created", JOINED),
    );
    let associated = call(&t, "ListMembers", json!({})).unwrap();
    assert_eq!(associated, json!({"Members": [on]}));
    let all = json!({"OnlyAssociated": false});
    let listed = call(&t, "ListMembers", all.clone()).unwrap();
    assert_eq!(listed["Members"], json!([on, off]));

    let first = call(
        &t,
        "ListMembers",
        json!({"OnlyAssociated": false, "MaxResults": 1}),
    );
    let first = first.unwrap();
    assert_eq!(first["Members"], json!([on]));
    let second = json!({
        "OnlyAssociated": false, "MaxResults": 1, "NextToken": first["NextToken"],
    });
    let second = call(&t, "ListMembers", second).unwrap();
    assert_eq!(second, json!({"Members": [off]}));

    let asked = json!({"AccountIds": [SECOND, "444444444444", SECOND, ADMINISTRATOR]});
    let got = call(&t, "GetMembers", asked).unwrap();
    assert_eq!(got["Members"], json!([off]));
    let unprocessed = got["UnprocessedAccounts"].as_array().unwrap();
    let ids: Vec<&Value> = unprocessed.iter().map(|one| &one["AccountId"]).collect();
    assert_eq!(ids, ["444444444444", ADMINISTRATOR]);
}

#[test]
fn a_member_has_no_members() {
    let t = organization();
    for input in [json!({}), json!({"OnlyAssociated": false})] {
        let listed = as_member(&t, "ListMembers", input).unwrap();
        assert_eq!(listed, json!({"Members": []}));
    }
    let asked = json!({"AccountIds": [SECOND]});
    let got = as_member(&t, "GetMembers", asked).unwrap();
    assert_eq!(got["Members"], json!([]));
    assert_eq!(got["UnprocessedAccounts"][0]["AccountId"], SECOND);
}

#[test]
fn the_administrator_alone_is_told_of_the_organization() {
    let t = organization();
    let admins = call(&t, "ListOrganizationAdminAccounts", json!({})).unwrap();
    let expected = json!([{"AccountId": ADMINISTRATOR, "Status": "ENABLED"}]);
    assert_eq!(admins["AdminAccounts"], expected);
    assert_eq!(admins["Feature"], "SecurityHub");
    let v2 = json!({"Feature": "SecurityHubV2"});
    let admins = call(&t, "ListOrganizationAdminAccounts", v2).unwrap();
    assert_eq!(admins["Feature"], "SecurityHubV2");

    let configuration = call(&t, "DescribeOrganizationConfiguration", json!({})).unwrap();
    let expected = json!({
        "AutoEnable": false, "AutoEnableStandards": "NONE", "MemberAccountLimitReached": false,
        "OrganizationConfiguration": {"ConfigurationType": "LOCAL", "Status": "ENABLED"},
    });
    assert_eq!(configuration, expected);
    for operation in [
        "ListOrganizationAdminAccounts",
        "DescribeOrganizationConfiguration",
    ] {
        let denied = as_member(&t, operation, json!({}));
        assert!(matches!(denied, Err(Failure::Denied(_))), "{denied:?}");
    }
    call(&t, "DisableSecurityHub", json!({})).unwrap();
    let off = call(&t, "DescribeOrganizationConfiguration", json!({}));
    assert!(matches!(off, Err(Failure::NotSubscribed(_))), "{off:?}");
}
