//! Rules of automation through their operations: what is kept, and what is refused.

mod applying;
mod back_test;
mod newness;
mod order;
mod target;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::securityhub::finding::tests::enabled;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

fn call_as(t: &Testing, account: &str, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call_as(account, "securityhub", operation, input)
}

fn call(t: &Testing, operation: &str, input: Value) -> Result<Value, Failure> {
    call_as(t, ADMINISTRATOR, operation, input)
}

/// Criteria that a text matches.
pub(crate) fn equals(field: &str, value: &str) -> Value {
    let filter = json!({"FieldName": field, "Filter": {"Comparison": "EQUALS", "Value": value}});
    json!({"OcsfFindingCriteria": {"CompositeFilters": [{"StringFilters": [filter]}]}})
}

pub(crate) fn setting(update: Value) -> Value {
    json!([{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": update}])
}

/// A rule that archives what is of medium severity; `set` replaces its members.
fn rule(set: Value) -> Value {
    let mut rule = json!({
        "RuleName": "quiet", "Description": "Archives", "RuleOrder": 10.0,
        "Criteria": equals("severity", "Medium"), "Actions": setting(json!({"StatusId": 5})),
    });
    for (name, value) in set.as_object().unwrap() {
        rule[name] = value.clone();
    }
    rule
}

fn create_as(t: &Testing, account: &str, set: Value) -> String {
    let made = call_as(t, account, "CreateAutomationRuleV2", rule(set)).unwrap();
    made["RuleArn"].as_str().unwrap().to_owned()
}

fn create(t: &Testing, set: Value) -> String {
    create_as(t, ADMINISTRATOR, set)
}

fn get(t: &Testing, identifier: &str) -> Value {
    call(t, "GetAutomationRuleV2", json!({"Identifier": identifier})).unwrap()
}

#[test]
fn a_rule_is_made_read_changed_and_deleted() {
    let t = enabled();
    let made = call(
        &t,
        "CreateAutomationRuleV2",
        rule(json!({"Tags": {"team": "a"}})),
    )
    .unwrap();
    let (arn, id) = (
        made["RuleArn"].as_str().unwrap(),
        made["RuleId"].as_str().unwrap(),
    );
    assert_eq!(
        arn,
        format!("arn:aws:securityhub:{REGION}:{ADMINISTRATOR}:automation-rulev2/{id}")
    );
    let read = get(&t, arn);
    assert_eq!(get(&t, id), read);
    let mut expected = rule(json!({"RuleStatus": "ENABLED", "RuleArn": arn, "RuleId": id}));
    for name in ["CreatedAt", "UpdatedAt"] {
        assert_eq!(read[name], "2026-01-01T00:00:00Z");
        expected[name] = read[name].clone();
    }
    assert_eq!(read, expected);

    // What changes nothing does not move its time.
    t.advance_ms(1000);
    let update = |set: Value| {
        let mut input = set;
        input["Identifier"] = id.into();
        let output = call(&t, "UpdateAutomationRuleV2", input).unwrap();
        assert_eq!(output, json!({}));
    };
    update(json!({}));
    update(json!({"RuleName": "quiet", "RuleOrder": 10}));
    assert_eq!(get(&t, id), expected);
    update(json!({"RuleStatus": "DISABLED", "RuleOrder": 1000}));
    expected["RuleStatus"] = "DISABLED".into();
    expected["RuleOrder"] = 1000.0.into();
    expected["UpdatedAt"] = "2026-01-01T00:00:01Z".into();
    assert_eq!(get(&t, id), expected);

    let listed = call(&t, "ListAutomationRulesV2", json!({})).unwrap();
    let mut summary = expected.clone();
    summary.as_object_mut().unwrap().remove("Criteria");
    summary["Actions"] = json!([{"Type": "FINDING_FIELDS_UPDATE"}]);
    assert_eq!(listed, json!({"Rules": [summary]}));

    let one = json!({"Identifier": arn});
    call(&t, "DeleteAutomationRuleV2", one.clone()).unwrap();
    for operation in [
        "GetAutomationRuleV2",
        "DeleteAutomationRuleV2",
        "UpdateAutomationRuleV2",
    ] {
        let gone = call(&t, operation, one.clone()).unwrap_err();
        assert!(matches!(gone, Failure::NotFound { .. }), "{operation}");
    }
    assert_eq!(
        call(&t, "ListAutomationRulesV2", json!({})).unwrap(),
        json!({"Rules": []})
    );
}

#[test]
fn what_breaks_a_rule_is_refused_by_its_place() {
    let t = enabled();
    let arn = create(&t, json!({}));
    let plan = format!("arn:aws:ssm-incidents::{ADMINISTRATOR}:response-plan/p");
    let resources = json!({"ResourceCriteria": {}});
    let tell = |arn: &str| {
        let configuration = json!({"ConnectorArn": arn});
        json!([{
            "Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": configuration,
        }])
    };
    let rate = json!([{"Type": "RESOURCE_FIELDS_UPDATE", "ResourceFieldsUpdate": {"Criticality": "High"}}]);
    let both = json!([{
        "Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 1},
        "ExternalIntegrationConfiguration": {"ConnectorArn": plan},
    }]);
    let mut word = equals("severity", "x");
    let place = "/OcsfFindingCriteria/CompositeFilters/0/StringFilters/0/Filter/Comparison";
    *word.pointer_mut(place).unwrap() = "CONTAINS_WORD".into();
    let cases = [
        (json!({"RuleOrder": 0.99}), "/RuleOrder"),
        (json!({"RuleOrder": 1000.5}), "/RuleOrder"),
        (json!({"RuleOrder": "NaN"}), "/RuleOrder"),
        (json!({"Actions": []}), "/Actions"),
        (
            json!({"Actions": [setting(json!({"StatusId": 1}))[0], rate[0]]}),
            "/Actions",
        ),
        (
            json!({"Actions": [{"Type": "FINDING_FIELDS_UPDATE"}]}),
            "/Actions/0/FindingFieldsUpdate",
        ),
        (
            json!({"Actions": both}),
            "/Actions/0/ExternalIntegrationConfiguration",
        ),
        (json!({"Actions": setting(json!({}))}), "one of SeverityId"),
        (
            json!({"Actions": setting(json!({"StatusId": 6}))}),
            "FindingFieldsUpdate/StatusId",
        ),
        (
            json!({"Actions": setting(json!({"SeverityId": 7}))}),
            "FindingFieldsUpdate/SeverityId",
        ),
        (
            json!({"Actions": setting(json!({"Comment": "x".repeat(513)}))}),
            "512",
        ),
        (
            json!({"Actions": tell("arn:aws:s3:::bucket")}),
            "ConnectorArn",
        ),
        (
            json!({"Actions": tell(&plan.replace(ADMINISTRATOR, MEMBER))}),
            "own account",
        ),
        (json!({"Actions": rate}), "/Criteria"),
        (json!({"Criteria": resources}), "/Criteria"),
        (json!({"Criteria": word}), place),
    ];
    let before = get(&t, &arn);
    for (set, why) in cases {
        let refused = call(&t, "CreateAutomationRuleV2", rule(set.clone())).unwrap_err();
        assert!(matches!(refused, Failure::Invalid(_)), "{set}");
        assert!(
            refused.message().contains(why),
            "{set}: {}",
            refused.message()
        );
        let mut update = set.clone();
        update["Identifier"] = arn.as_str().into();
        let refused = call(&t, "UpdateAutomationRuleV2", update).unwrap_err();
        assert!(
            refused.message().contains(why),
            "{set}: {}",
            refused.message()
        );
    }
    assert_eq!(get(&t, &arn), before);
    for set in [
        json!({"Actions": tell(&plan)}),
        json!({"Actions": rate, "Criteria": resources}),
        json!({"Criteria": {"OcsfFindingCriteria": {}}, "RuleOrder": 1}),
    ] {
        create(&t, set);
    }
}

#[test]
fn criteria_over_resources_are_checked_too() {
    let t = enabled();
    let rate = json!([{"Type": "RESOURCE_FIELDS_UPDATE", "ResourceFieldsUpdate": {"Criticality": "High"}}]);
    let text = |comparison: &str| {
        let filter = json!({"Comparison": comparison, "Value": "AWS::S3::Bucket"});
        json!({"StringFilters": [{"FieldName": "ResourceType", "Filter": filter}]})
    };
    let nested = |inner: Value| json!({"NestedCompositeFilters": [inner]});
    let number = |filter: Value| {
        let field = "FindingsSummary.TotalFindings";
        json!({"NumberFilters": [{"FieldName": field, "Filter": filter}]})
    };
    let cases = [
        (text("EQUALS"), None),
        (text("CONTAINS"), None),
        (text("CONTAINS_WORD"), Some("Comparison")),
        (nested(text("EQUALS")), None),
        (
            nested(nested(text("EQUALS"))),
            Some("NestedCompositeFilters"),
        ),
        (number(json!({"Gte": 1})), None),
        (number(json!({})), Some("NumberFilters/0/Filter")),
    ];
    for (composite, refused) in cases {
        let criteria = json!({"ResourceCriteria": {"CompositeFilters": [composite]}});
        let input = rule(json!({"Actions": rate, "Criteria": criteria}));
        let made = call(&t, "CreateAutomationRuleV2", input);
        match (made, refused) {
            (Ok(_), None) => {}
            (Err(failure), Some(at)) => {
                let message = failure.message();
                assert!(message.contains("/Criteria/ResourceCriteria"), "{message}");
                assert!(message.contains(at), "{message}");
            }
            (made, _) => panic!("{composite}: {made:?}"),
        }
    }
}

#[test]
fn rules_are_of_an_account_whose_hub_is_on_and_bounded() {
    let t = enabled();
    let arn = create(&t, json!({}));
    let one = json!({"Identifier": arn});
    let foreign = call_as(&t, MEMBER, "GetAutomationRuleV2", one.clone()).unwrap_err();
    assert!(matches!(foreign, Failure::NotFound { .. }));
    let id = json!({"Identifier": arn.rsplit('/').next().unwrap()});
    let foreign = call_as(&t, MEMBER, "DeleteAutomationRuleV2", id).unwrap_err();
    assert!(matches!(foreign, Failure::NotFound { .. }));
    let none = call_as(&t, MEMBER, "ListAutomationRulesV2", json!({})).unwrap();
    assert_eq!(none, json!({"Rules": []}));

    for _ in 1..100 {
        create(&t, json!({}));
    }
    let full = call(&t, "CreateAutomationRuleV2", rule(json!({}))).unwrap_err();
    assert!(matches!(full, Failure::Limit { .. }));
    let page = call(&t, "ListAutomationRulesV2", json!({"MaxResults": 60})).unwrap();
    assert_eq!(page["Rules"].as_array().unwrap().len(), 60);

    call(&t, "DisableSecurityHubV2", json!({})).unwrap();
    for (operation, input) in [
        ("CreateAutomationRuleV2", rule(json!({}))),
        ("GetAutomationRuleV2", one.clone()),
        ("UpdateAutomationRuleV2", one.clone()),
        ("DeleteAutomationRuleV2", one),
        ("ListAutomationRulesV2", json!({})),
    ] {
        let denied = call(&t, operation, input).unwrap_err();
        assert!(matches!(denied, Failure::Denied(_)), "{operation}");
    }
}
