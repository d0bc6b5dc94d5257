//! Connectors are made at home by the administrator, under names of their own.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

fn call(t: &Testing, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call("securityhub", operation, input)
}

/// With a hub, and a home region.
fn at_home() -> Testing {
    let t = Testing::new();
    for account in [ADMINISTRATOR, MEMBER] {
        t.call_as(account, "securityhub", "EnableSecurityHubV2", json!({}))
            .unwrap();
    }
    let aggregator = json!({"RegionLinkingMode": "ALL_REGIONS"});
    call(&t, "CreateAggregatorV2", aggregator).unwrap();
    t
}

fn jira(name: &str) -> Value {
    json!({"Name": name, "Provider": {"JiraCloud": {"ProjectKey": "OPS"}}})
}

fn service_now(name: &str) -> Value {
    let secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:now";
    let provider = json!({"ServiceNow": {"InstanceName": "shop", "SecretArn": secret}});
    json!({"Name": name, "Provider": provider})
}

fn created(t: &Testing, input: Value) -> String {
    let made = call(t, "CreateConnectorV2", input).unwrap();
    made["ConnectorId"].as_str().unwrap().to_owned()
}

#[test]
fn it_is_made_read_changed_and_deleted() {
    let t = at_home();
    let mut create = jira("tickets");
    create["Description"] = "ours".into();
    create["KmsKeyArn"] = "arn:aws:kms:eu-central-1:111111111111:key/1".into();
    let made = call(&t, "CreateConnectorV2", create).unwrap();
    assert_eq!(made["ConnectorStatus"], "PENDING_AUTHORIZATION");
    let id = made["ConnectorId"].as_str().unwrap();
    let arn = format!("arn:aws:securityhub:{REGION}:{ADMINISTRATOR}:connectorv2/{id}");
    assert_eq!(made["ConnectorArn"], arn);
    let get = json!({"ConnectorId": id});
    let shown = call(&t, "GetConnectorV2", get.clone()).unwrap();
    let at = "2026-01-01T00:00:00Z";
    let expected = json!({
        "ConnectorArn": arn, "ConnectorId": id, "Name": "tickets", "Description": "ours",
        "KmsKeyArn": "arn:aws:kms:eu-central-1:111111111111:key/1",
        "CreatedAt": at, "LastUpdatedAt": at,
        "Health": {
            "ConnectorStatus": "PENDING_AUTHORIZATION", "LastCheckedAt": at,
            "Message": super::health::UNCHECKED,
        },
        "ProviderDetail": {"JiraCloud": {"ProjectKey": "OPS"}},
    });
    assert_eq!(shown, expected);
    let by_arn = call(&t, "GetConnectorV2", json!({"ConnectorId": arn})).unwrap();
    assert_eq!(by_arn, shown);

    t.advance_ms(60_000);
    let provider = json!({"JiraCloud": {"ProjectKey": "SEC"}});
    let update = json!({"ConnectorId": id, "Provider": provider});
    call(&t, "UpdateConnectorV2", update).unwrap();
    let shown = call(&t, "GetConnectorV2", get.clone()).unwrap();
    assert_eq!(shown["ProviderDetail"], provider);
    assert_eq!(shown["Description"], "ours");
    assert_eq!(shown["LastUpdatedAt"], "2026-01-01T00:01:00Z");

    call(&t, "DeleteConnectorV2", get.clone()).unwrap();
    for operation in ["GetConnectorV2", "UpdateConnectorV2", "DeleteConnectorV2"] {
        let gone = call(&t, operation, get.clone()).unwrap_err();
        assert!(matches!(gone, Failure::NotFound { .. }), "{gone:?}");
    }
    created(&t, jira("tickets"));
}

#[test]
fn names_are_unique() {
    let t = at_home();
    created(&t, jira("tickets"));
    let second = call(&t, "CreateConnectorV2", service_now("tickets")).unwrap_err();
    assert!(matches!(second, Failure::Conflict { .. }), "{second:?}");
}

#[test]
fn what_the_model_cannot_say_is_refused() {
    let t = at_home();
    let cloud = |scope: &str, regions: &str| {
        json!({
            "AWSConfigConnectorArn": "arn:aws:config:x", regions: ["westeurope"],
            "ScopeConfiguration": {"ScopeType": scope},
        })
    };
    let now = |instance: &str, secret: &str| {
        let named = json!({"InstanceName": instance, "SecretArn": secret});
        json!({"ServiceNow": named})
    };
    let secret = "arn:aws:secretsmanager:x";
    for (provider, said) in [
        (
            json!({"Azure": cloud("TENANT", "AzureRegions")}),
            "not offered",
        ),
        (
            json!({"GCP": cloud("ORGANIZATION", "GCPRegions")}),
            "not offered",
        ),
        (json!({"JiraCloud": {"ProjectKey": "../x"}}), "ProjectKey"),
        (json!({"JiraCloud": {"ProjectKey": "ops"}}), "ProjectKey"),
        (now("a.b", secret), "InstanceName"),
        (now("shop", "password"), "SecretArn"),
    ] {
        let input = json!({"Name": "x", "Provider": provider});
        let refused = call(&t, "CreateConnectorV2", input).unwrap_err();
        assert!(matches!(refused, Failure::Invalid(_)), "{refused:?}");
        assert!(refused.message().contains(said), "{}", refused.message());
    }
    let id = created(&t, jira("tickets"));
    let other = json!({"ServiceNow": {"SecretArn": secret}});
    let update = json!({"ConnectorId": id, "Provider": other});
    let refused = call(&t, "UpdateConnectorV2", update).unwrap_err();
    assert!(refused.message().contains("JIRA_CLOUD"), "{refused:?}");
}

#[test]
fn lists_are_filtered_and_paged() {
    let t = at_home();
    for n in 0..5 {
        created(&t, jira(&format!("jira-{n}")));
    }
    created(&t, service_now("now"));
    let list = |input: Value| call(&t, "ListConnectorsV2", input).unwrap();
    let names = |answer: &Value| -> Vec<String> {
        let connectors = answer["Connectors"].as_array().unwrap();
        let name = |connector: &Value| connector["Name"].as_str().unwrap().to_owned();
        connectors.iter().map(name).collect()
    };
    let whole = names(&list(json!({})));
    assert_eq!(whole.len(), 6);
    let mut paged = Vec::new();
    let mut input = json!({"MaxResults": 4});
    loop {
        let page = list(input.clone());
        paged.extend(names(&page));
        match page.get("NextToken").filter(|token| token.is_string()) {
            Some(token) => input["NextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(paged, whole);
    for (filter, count) in [
        (json!({"ProviderName": "SERVICENOW"}), 1),
        (json!({"ProviderName": "JIRA_CLOUD"}), 5),
        (json!({"ProviderName": "AZURE"}), 0),
        (json!({"ConnectorStatus": "PENDING_CONFIGURATION"}), 1),
        (json!({"ConnectorStatus": "CONNECTED"}), 0),
        (json!({"EnablementStatus": "ENABLED"}), 0),
    ] {
        assert_eq!(names(&list(filter.clone())).len(), count, "{filter}");
    }
    let now = &list(json!({"ProviderName": "SERVICENOW"}))["Connectors"][0];
    assert_eq!(now["ProviderSummary"]["ProviderName"], "SERVICENOW");
    let shown = &now["ProviderSummary"]["ProviderConfiguration"]["ServiceNow"];
    assert_eq!(shown["InstanceName"], "shop");
}

#[test]
fn it_needs_hub_and_home() {
    let t = Testing::new();
    let off = call(&t, "CreateConnectorV2", jira("tickets")).unwrap_err();
    assert!(matches!(off, Failure::NotFound { .. }), "{off:?}");
    let off = call(&t, "ListConnectorsV2", json!({})).unwrap_err();
    assert!(matches!(off, Failure::Denied(_)), "{off:?}");
    call(&t, "EnableSecurityHubV2", json!({})).unwrap();
    let homeless = call(&t, "CreateConnectorV2", jira("tickets")).unwrap_err();
    assert!(matches!(homeless, Failure::Conflict { .. }), "{homeless:?}");
    assert!(homeless.message().contains("CreateAggregatorV2"));
}

#[test]
fn members_set_up_none_and_see_none_but_their_own() {
    let t = at_home();
    let id = created(&t, jira("tickets"));
    let named = json!({"ConnectorId": id});
    let before = call(&t, "GetConnectorV2", named.clone()).unwrap();
    let member = |operation, input| t.call_as(MEMBER, "securityhub", operation, input);
    for (operation, input) in [
        ("CreateConnectorV2", jira("tickets")),
        (
            "UpdateConnectorV2",
            json!({"ConnectorId": id, "Description": "theirs"}),
        ),
        ("DeleteConnectorV2", named.clone()),
        (
            "RegisterConnectorV2",
            json!({"AuthCode": "a", "AuthState": "b"}),
        ),
    ] {
        let denied = member(operation, input).unwrap_err();
        assert!(
            matches!(denied, Failure::Denied(_)),
            "{operation}: {denied:?}"
        );
    }
    let unseen = member("GetConnectorV2", named.clone()).unwrap_err();
    assert!(matches!(unseen, Failure::NotFound { .. }), "{unseen:?}");
    let listed = member("ListConnectorsV2", json!({})).unwrap();
    assert_eq!(listed["Connectors"], json!([]));
    assert_eq!(call(&t, "GetConnectorV2", named).unwrap(), before);
}

#[test]
fn an_authorization_that_was_never_begun_is_not_finished() {
    let t = at_home();
    created(&t, jira("tickets"));
    let register = json!({"AuthCode": "code", "AuthState": "state"});
    let refused = call(&t, "RegisterConnectorV2", register).unwrap_err();
    assert!(matches!(refused, Failure::Invalid(_)), "{refused:?}");
    assert!(refused.message().contains("[connectors.NAME]"));
}
