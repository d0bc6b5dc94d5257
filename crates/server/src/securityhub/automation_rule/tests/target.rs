//! The connector that a rule names is there when it is named.

use super::*;

const PLACE: &str = "/Actions/0/ExternalIntegrationConfiguration/ConnectorArn";

/// A connector's ARN, at home.
fn connector(t: &Testing) -> String {
    let home = json!({"RegionLinkingMode": "ALL_REGIONS"});
    call(t, "CreateAggregatorV2", home).unwrap();
    let jira = json!({"Name": "tickets", "Provider": {"JiraCloud": {"ProjectKey": "OPS"}}});
    let made = call(t, "CreateConnectorV2", jira).unwrap();
    made["ConnectorArn"].as_str().unwrap().to_owned()
}

fn tickets_of(arn: &str) -> Value {
    let configuration = json!({"ConnectorArn": arn});
    json!([{
        "Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": configuration,
    }])
}

#[test]
fn a_connector_that_the_account_does_not_have_here_is_refused() {
    let t = enabled();
    let arn = connector(&t);
    let quiet = create(&t, json!({}));
    for wrong in [
        arn.replace(ADMINISTRATOR, MEMBER),
        arn.replace(REGION, "us-east-1"),
        format!("{arn}0"),
        arn.replace("connectorv2/", "connectorv2/x/"),
    ] {
        let actions = tickets_of(&wrong);
        let update = json!({"Identifier": quiet, "Actions": actions});
        for refused in [
            call(
                &t,
                "CreateAutomationRuleV2",
                rule(json!({"Actions": actions})),
            ),
            call(&t, "UpdateAutomationRuleV2", update),
        ] {
            let refused = refused.unwrap_err();
            assert!(matches!(refused, Failure::Invalid(_)), "{wrong}");
            assert!(refused.message().contains(PLACE), "{}", refused.message());
        }
    }
    let others = rule(json!({"Actions": tickets_of(&arn)}));
    let refused = call_as(&t, MEMBER, "CreateAutomationRuleV2", others).unwrap_err();
    assert!(refused.message().contains(PLACE), "{}", refused.message());
    let made = create(&t, json!({"Actions": tickets_of(&arn)}));
    let update = json!({"Identifier": quiet, "Actions": tickets_of(&arn)});
    call(&t, "UpdateAutomationRuleV2", update).unwrap();
    // Once the connector is gone a rule can still be told apart, or turned off.
    call(&t, "DeleteConnectorV2", json!({"ConnectorId": arn})).unwrap();
    let off = json!({"Identifier": made, "RuleStatus": "DISABLED", "RuleName": "lost"});
    call(&t, "UpdateAutomationRuleV2", off).unwrap();
    assert_eq!(get(&t, &made)["RuleStatus"], "DISABLED");
}
