//! Which versions of findings are new to a rule, so that they call for an incident.

use super::*;
use crate::securityhub::finding::tests::{document, import};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A rule that opens incidents; `set` replaces its members.
fn page(t: &Testing, set: Value) -> String {
    let plan = format!("arn:aws:ssm-incidents::{ADMINISTRATOR}:response-plan/p");
    let actions = json!([{
        "Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": {"ConnectorArn": plan},
    }]);
    let mut rule = set;
    rule["Actions"] = actions;
    create(t, rule)
}

/// Imports the next version of the one finding, and says whether it calls for an incident.
fn calls(t: &Testing, extra: i64, set: Value) -> bool {
    t.advance_ms(1000);
    let before = openings(t);
    let mut version = document("f", set);
    version["extra"] = extra.into();
    import(t, &[version]);
    openings(t) > before
}

fn openings(t: &Testing) -> usize {
    let read = |tx: &mut balefire_store::Tx<'_>| {
        tx.query("SELECT id FROM job WHERE kind = 'open_rule_incidents'", &[])
    };
    t.store.read_blocking(read).unwrap().unwrap().len()
}

#[test]
fn what_came_while_the_hub_was_off_is_new_to_its_rules() {
    let t = enabled();
    page(&t, json!({}));
    call(&t, "DisableSecurityHubV2", json!({})).unwrap();
    assert!(!calls(&t, 1, json!({})), "rules of a hub that is off rest");
    t.advance_ms(1000);
    call(&t, "EnableSecurityHubV2", json!({})).unwrap();
    assert!(calls(&t, 2, json!({})));
    assert!(!calls(&t, 3, json!({})));
    // A hub that is on stays as it is.
    call(&t, "EnableSecurityHubV2", json!({})).unwrap();
    assert!(!calls(&t, 4, json!({})));
}

#[test]
fn a_finding_that_reaches_an_age_is_new() {
    let t = enabled();
    let older = json!({"Comparison": "OLDER_THAN", "Value": 1, "Unit": "DAYS"});
    let filter =
        json!({"FieldName": "finding_info.created_time_dt", "Filter": {"DateRange": older}});
    let nested = json!({"NestedCompositeFilters": [{"DateFilters": [filter]}]});
    for composite in [json!({"DateFilters": [filter]}), nested] {
        let criteria = json!({"OcsfFindingCriteria": {"CompositeFilters": [composite]}});
        let arn = page(&t, json!({"Criteria": criteria}));
        let created_ms = t.clock.now().0 + 3000 - DAY_MS;
        let created = balefire_api::Timestamp(created_ms).date_time();
        let info = json!({"uid": "f", "title": "Finding f", "created_time_dt": created});
        let set = json!({"finding_info": info});
        assert!(!calls(&t, 1, set.clone()), "it is not old enough");
        t.advance_ms(5000);
        assert!(calls(&t, 2, set.clone()));
        assert!(!calls(&t, 3, set), "the rule has seen it");
        call(&t, "DeleteAutomationRuleV2", json!({"Identifier": arn})).unwrap();
    }
}

#[test]
fn only_another_judgement_makes_new_what_a_rule_has_seen() {
    let t = enabled();
    let arn = page(&t, json!({}));
    assert!(calls(&t, 1, json!({})));
    let plan = format!("arn:aws:ssm-incidents::{ADMINISTRATOR}:response-plan/q");
    let other = json!([{
        "Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": {"ConnectorArn": plan},
    }]);
    let steps = [
        (json!({"Description": "Pages"}), false),
        (json!({"RuleName": "other"}), false),
        (json!({"RuleOrder": 20}), false),
        (json!({"Criteria": equals("status", "New")}), true),
        (
            json!({"Criteria": equals("status", "New"), "RuleOrder": 30}),
            false,
        ),
        (json!({"Actions": other}), true),
        (json!({"RuleStatus": "DISABLED"}), false),
        (json!({"Description": "Still off"}), false),
        (json!({"RuleStatus": "ENABLED"}), true),
        (json!({"RuleStatus": "ENABLED", "Description": "On"}), false),
    ];
    for (extra, (set, expected)) in (2..).zip(steps) {
        t.advance_ms(1000);
        let mut update = set.clone();
        update["Identifier"] = arn.as_str().into();
        call(&t, "UpdateAutomationRuleV2", update).unwrap();
        assert_eq!(calls(&t, extra, json!({})), expected, "{set}");
    }
}

#[test]
fn a_rule_of_before_judges_since_its_last_change() {
    let t = enabled();
    let arn = page(&t, json!({}));
    assert!(calls(&t, 1, json!({})));
    let forget = |tx: &mut balefire_store::Tx<'_>| {
        tx.execute("UPDATE automation_rule SET judges_since_ms = NULL", &[])
    };
    t.store
        .write_blocking(ADMINISTRATOR, forget)
        .unwrap()
        .unwrap();
    assert!(!calls(&t, 2, json!({})));
    t.advance_ms(1000);
    let update = json!({"Identifier": arn, "Description": "Pages"});
    call(&t, "UpdateAutomationRuleV2", update).unwrap();
    assert!(!calls(&t, 3, json!({})));
}

#[test]
fn what_its_provider_suppresses_is_new_when_that_is_lifted() {
    let t = enabled();
    page(&t, json!({}));
    let suppressed = || json!({"status_id": 3, "status": "Suppressed"});
    assert!(!calls(&t, 1, suppressed()));
    assert!(!calls(&t, 2, suppressed()));
    assert!(calls(&t, 3, json!({})), "it is lifted");
    assert!(!calls(&t, 4, json!({})));
    assert!(!calls(&t, 5, suppressed()));
    assert!(calls(
        &t,
        6,
        json!({"status_id": 2, "status": "In Progress"})
    ));
    // What a customer suppresses is the provider's all the same.
    let uid = crate::securityhub::finding::tests::uid_of(ADMINISTRATOR, "f");
    let set = json!({"MetadataUids": [uid], "StatusId": 3});
    call(&t, "BatchUpdateFindingsV2", set).unwrap();
    assert!(!calls(&t, 7, suppressed()));
    assert!(calls(&t, 8, json!({})));
}

#[test]
fn what_comes_suppressed_by_the_first_version_calls_for_nothing() {
    let t = enabled();
    call(&t, "EnableSecurityHub", json!({})).unwrap();
    page(&t, json!({}));
    for (id, status, expected) in [("a", "SUPPRESSED", 0), ("b", "NOTIFIED", 1)] {
        let set = json!({"Workflow": {"Status": status}});
        let finding = crate::securityhub::finding::v1::tests::finding_of(ADMINISTRATOR, id, set);
        call(&t, "BatchImportFindings", json!({"Findings": [finding]})).unwrap();
        assert_eq!(openings(&t), expected, "{id}");
    }
}
