//! What rules set in findings, and what customers' own settings keep.

use super::*;
use crate::securityhub::finding::tests::{
    document, document_of, finding, get_as, import, import_as, log, uid_of, update,
};

/// Severity, status and comment.
fn seen(t: &Testing) -> (Value, Value, Value) {
    let found = finding(t, "f");
    let of = |name: &str| found.get(name).cloned().unwrap_or_default();
    (of("severity"), of("status"), of("comment"))
}

#[test]
fn a_rule_sets_fields_of_what_is_created_or_updated_and_matches() {
    let t = enabled();
    import(
        &t,
        &[
            document("f", json!({})),
            document("g", json!({"severity": "Low", "severity_id": 2})),
        ],
    );
    let update = json!({"SeverityId": 5, "StatusId": 3, "Comment": "by rule"});
    let arn = create(&t, json!({"Actions": setting(update)}));
    // What was there before the rule stays, also when it is sent again unchanged.
    import(&t, &[document("f", json!({}))]);
    assert_eq!(seen(&t), (json!("Medium"), json!("New"), json!(null)));
    import(
        &t,
        &[
            document("f", json!({"extra": 1})),
            document(
                "g",
                json!({"severity": "Low", "severity_id": 2, "extra": 1}),
            ),
        ],
    );
    assert_eq!(
        seen(&t),
        (json!("Critical"), json!("Suppressed"), json!("by rule"))
    );
    let vendor = json!({"severity_id": 3, "severity": "Medium"});
    assert_eq!(finding(&t, "f")["vendor_attributes"], vendor);
    assert_eq!(finding(&t, "g")["severity"], "Low");
    let (_, body) = log(&t)
        .into_iter()
        .find(|(kind, _)| kind == "findings.ruled")
        .unwrap();
    assert_eq!(body["uids"], json!([uid_of(ADMINISTRATOR, "f")]));
    // A version that the rule does not match any more is the provider's again.
    import(
        &t,
        &[document("f", json!({"severity": "High", "severity_id": 4}))],
    );
    assert_eq!(seen(&t), (json!("High"), json!("New"), json!(null)));
    // A rule that is off or gone sets nothing.
    let off = json!({"Identifier": arn, "RuleStatus": "DISABLED"});
    call(&t, "UpdateAutomationRuleV2", off).unwrap();
    import(&t, &[document("f", json!({"extra": 2}))]);
    assert_eq!(seen(&t), (json!("Medium"), json!("New"), json!(null)));
}

#[test]
fn a_rule_does_not_undo_what_a_customer_has_set() {
    let t = enabled();
    let set = json!({"SeverityId": 5, "StatusId": 3, "Comment": "by rule"});
    let arn = create(&t, json!({"Actions": setting(set)}));
    import(&t, &[document("f", json!({}))]);
    assert_eq!(
        seen(&t),
        (json!("Critical"), json!("Suppressed"), json!("by rule"))
    );
    // Customers change what they like of it, by the same value too; the rule is not triggered.
    update(&t, "f", json!({"SeverityId": 1, "Comment": "by rule"}));
    assert_eq!(
        seen(&t),
        (
            json!("Informational"),
            json!("Suppressed"),
            json!("by rule")
        )
    );
    import(&t, &[document("f", json!({"extra": 1}))]);
    assert_eq!(
        seen(&t),
        (
            json!("Informational"),
            json!("Suppressed"),
            json!("by rule")
        )
    );
    // The status is still the rule's; what the customer set outlives the rule.
    call(&t, "DeleteAutomationRuleV2", json!({"Identifier": arn})).unwrap();
    import(&t, &[document("f", json!({"extra": 2}))]);
    assert_eq!(
        seen(&t),
        (json!("Informational"), json!("New"), json!("by rule"))
    );
}

#[test]
fn what_a_customer_sets_first_no_rule_touches() {
    let t = enabled();
    import(&t, &[document("f", json!({}))]);
    update(&t, "f", json!({"StatusId": 2}));
    create(
        &t,
        json!({"Actions": setting(json!({"StatusId": 3, "Comment": "by rule"}))}),
    );
    import(&t, &[document("f", json!({"extra": 1}))]);
    assert_eq!(
        seen(&t),
        (json!("Medium"), json!("In Progress"), json!("by rule"))
    );
    // Where the provider opens the finding again, a customer's status ends, and rules set theirs.
    import(
        &t,
        &[document("f", json!({"status": "Resolved", "status_id": 4}))],
    );
    update(&t, "f", json!({"StatusId": 4}));
    assert_eq!(seen(&t).1, "Resolved");
    import(&t, &[document("f", json!({"extra": 2}))]);
    assert_eq!(seen(&t).1, "Suppressed");
}

#[test]
fn rules_judge_the_providers_document_and_not_each_others_or_customers_edits() {
    let t = enabled();
    create(
        &t,
        json!({"RuleOrder": 1, "Actions": setting(json!({"SeverityId": 5}))}),
    );
    let other = equals("severity", "Critical");
    create(
        &t,
        json!({"RuleOrder": 2, "Criteria": other, "Actions": setting(json!({"Comment": "saw"}))}),
    );
    import(&t, &[document("f", json!({}))]);
    assert_eq!(seen(&t), (json!("Critical"), json!("New"), json!(null)));
    update(&t, "f", json!({"SeverityId": 6}));
    import(&t, &[document("f", json!({"extra": 1}))]);
    assert_eq!(seen(&t), (json!("Fatal"), json!("New"), json!(null)));
}

#[test]
fn the_administrators_rules_cover_members_and_members_rules_their_own() {
    let t = enabled();
    create(
        &t,
        json!({"Actions": setting(json!({"Comment": "from above"}))}),
    );
    create_as(
        &t,
        MEMBER,
        json!({"Actions": setting(json!({"StatusId": 3}))}),
    );
    import(
        &t,
        &[
            document("f", json!({})),
            document_of(MEMBER, "m", json!({})),
        ],
    );
    import_as(&t, MEMBER, &[document_of(MEMBER, "own", json!({}))]).unwrap();
    assert_eq!(
        seen(&t),
        (json!("Medium"), json!("New"), json!("from above"))
    );
    let own = get_as(&t, MEMBER, json!({})).unwrap();
    for found in own["Findings"].as_array().unwrap() {
        assert_eq!(
            (&found["comment"], &found["status"]),
            (&json!("from above"), &json!("Suppressed"))
        );
    }
    assert_eq!(own["Findings"].as_array().unwrap().len(), 2);
}

#[test]
fn rules_of_a_hub_that_is_off_rest() {
    let t = enabled();
    create(
        &t,
        json!({"Actions": setting(json!({"Comment": "by rule"}))}),
    );
    call(&t, "DisableSecurityHubV2", json!({})).unwrap();
    import(&t, &[document("f", json!({}))]);
    call(&t, "EnableSecurityHubV2", json!({})).unwrap();
    assert_eq!(seen(&t).2, json!(null));
    import(&t, &[document("f", json!({"extra": 1}))]);
    assert_eq!(seen(&t).2, "by rule");
}
