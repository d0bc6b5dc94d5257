//! Workflow statuses that move when a provider sends a finding again, whoever set them.

use super::*;

#[test]
fn workflows_move_when_findings_come_back() {
    let t = enabled();
    let archived = json!({"RecordState": "ARCHIVED"});
    let active = json!({"RecordState": "ACTIVE"});
    for (id, set, expected) in [
        ("a", "RESOLVED", "NEW"),
        ("b", "NOTIFIED", "NEW"),
        ("c", "SUPPRESSED", "SUPPRESSED"),
    ] {
        import(&t, &[finding(id, archived.clone())]);
        update(&t, id, json!({"Workflow": {"Status": set}}));
        assert_eq!(get(&t, id)["Workflow"]["Status"], set);
        import(&t, &[later(id, 2, active.clone())]);
        let shown = get(&t, id);
        assert_eq!(
            (&shown["Workflow"]["Status"], &shown["RecordState"]),
            (&json!(expected), &json!("ACTIVE"))
        );
    }
    let control = |day, status: &str| {
        let product = format!("arn:aws:securityhub:{REGION}::product/aws/securityhub");
        later(
            "k",
            day,
            json!({"ProductArn": product, "Compliance": {"Status": status}}),
        )
    };
    let expected = [("FAILED", "NEW"), ("PASSED", "RESOLVED"), ("FAILED", "NEW")];
    for (day, (status, workflow)) in (1..).zip(expected) {
        import(&t, &[control(day, status)]);
        assert_eq!(get(&t, "k")["Workflow"]["Status"], workflow);
        let ocsf = get_v2(&t, "k");
        assert_eq!(ocsf["status_id"] == 4, workflow == "RESOLVED", "{ocsf}");
    }
}

#[test]
fn a_status_that_a_rule_set_is_the_rules_when_a_finding_comes_back() {
    let t = enabled();
    let action = json!({"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 2}});
    let rule = json!({
        "RuleName": "r", "Description": "d", "RuleOrder": 1, "Criteria": {"OcsfFindingCriteria": {}},
        "Actions": [action],
    });
    t.call("securityhub", "CreateAutomationRuleV2", rule)
        .unwrap();
    let product = format!("arn:aws:securityhub:{REGION}::product/aws/securityhub");
    let control = |status: &str| json!({"ProductArn": product, "Compliance": {"Status": status}});
    let record = |state: &str| json!({"RecordState": state});
    for (id, versions) in [
        ("a", ["ACTIVE", "ARCHIVED", "ACTIVE"].map(record)),
        ("k", ["FAILED", "PASSED", "FAILED"].map(control)),
    ] {
        for (day, version) in (1..).zip(versions) {
            import(&t, &[later(id, day, version)]);
            assert_eq!(get(&t, id)["Workflow"]["Status"], "NOTIFIED", "{id} {day}");
            assert_eq!(get_v2(&t, id)["status_id"], 2);
        }
    }
    // What a customer set ends with the move, and the rule sets what it sets.
    update(&t, "a", json!({"Workflow": {"Status": "RESOLVED"}}));
    import(&t, &[later("a", 5, record("ARCHIVED"))]);
    assert_eq!(get(&t, "a")["Workflow"]["Status"], "RESOLVED");
    import(&t, &[later("a", 6, record("ACTIVE"))]);
    assert_eq!(get(&t, "a")["Workflow"]["Status"], "NOTIFIED");
}

#[test]
fn a_status_that_moved_is_no_customers_any_more() {
    let t = enabled();
    let control = |day, status: &str| {
        let product = format!("arn:aws:securityhub:{REGION}::product/aws/securityhub");
        let set = json!({"ProductArn": product, "Compliance": {"Status": status}});
        later("k", day, set)
    };
    import(&t, &[control(1, "FAILED")]);
    let shown = get(&t, "k");
    let name = json!({"Id": "k", "ProductArn": shown["ProductArn"]});
    let set = json!({"FindingIdentifiers": [name], "Workflow": {"Status": "NOTIFIED"}});
    t.call("securityhub", "BatchUpdateFindings", set).unwrap();
    for (day, (status, workflow)) in (2..).zip([
        ("WARNING", "NOTIFIED"),
        ("PASSED", "RESOLVED"),
        ("FAILED", "NEW"),
        ("PASSED", "RESOLVED"),
    ]) {
        import(&t, &[control(day, status)]);
        assert_eq!(get(&t, "k")["Workflow"]["Status"], workflow, "{day}");
    }
}

#[test]
fn what_was_suppressed_at_first_is_not_so_again_once_a_customer_chose_otherwise() {
    let t = enabled();
    let record = |state: &str| json!({"RecordState": state, "Workflow": {"Status": "SUPPRESSED"}});
    for (id, set, expected) in [
        ("a", "NOTIFIED", "NEW"),
        ("b", "NEW", "NEW"),
        ("c", "RESOLVED", "NEW"),
        ("d", "SUPPRESSED", "SUPPRESSED"),
    ] {
        import(&t, &[finding(id, record("ACTIVE"))]);
        assert_eq!(get(&t, id)["Workflow"]["Status"], "SUPPRESSED");
        update(&t, id, json!({"Workflow": {"Status": set}}));
        import(&t, &[later(id, 2, record("ARCHIVED"))]);
        assert_eq!(get(&t, id)["Workflow"]["Status"], set);
        for (day, state) in [(3, "ACTIVE"), (4, "ARCHIVED"), (5, "ACTIVE")] {
            import(&t, &[later(id, day, record(state))]);
            assert_eq!(get(&t, id)["Workflow"]["Status"], expected, "{id} {day}");
        }
        assert_eq!(get_v2(&t, id)["status_id"] == 3, expected == "SUPPRESSED");
    }
    let product = format!("arn:aws:securityhub:{REGION}::product/aws/securityhub");
    let control = |day, status: &str| {
        let set = json!({
            "ProductArn": product, "Compliance": {"Status": status}, "Workflow": {"Status": "SUPPRESSED"},
        });
        later("k", day, set)
    };
    import(&t, &[control(1, "FAILED")]);
    let name = json!({"Id": "k", "ProductArn": product});
    let set = json!({"FindingIdentifiers": [name], "Workflow": {"Status": "NEW"}});
    t.call("securityhub", "BatchUpdateFindings", set).unwrap();
    for (day, (status, workflow)) in (2..).zip([
        ("PASSED", "RESOLVED"),
        ("FAILED", "NEW"),
        ("PASSED", "RESOLVED"),
    ]) {
        import(&t, &[control(day, status)]);
        assert_eq!(get(&t, "k")["Workflow"]["Status"], workflow, "{day}");
    }
}
