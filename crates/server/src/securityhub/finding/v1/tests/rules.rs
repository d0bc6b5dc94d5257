//! Rules over findings in which customers have set what is in ASFF alone.

use super::*;
use crate::securityhub::asff;

/// A rule over findings that their provider is sure of.
fn rule(action: Value) -> Value {
    let filter = json!({"FieldName": "confidence_score", "Filter": {"Gte": 90}});
    json!({
        "RuleName": "sure", "Description": "d", "RuleOrder": 1, "Actions": [action],
        "Criteria": {"OcsfFindingCriteria": {"CompositeFilters": [{"NumberFilters": [filter]}]}},
    })
}

fn opening() -> Value {
    let plan = format!("arn:aws:ssm-incidents::{ADMINISTRATOR}:response-plan/p");
    json!({
        "Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": {"ConnectorArn": plan},
    })
}

fn raising() -> Value {
    json!({"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"SeverityId": 5}})
}

fn create(t: &Testing, action: Value) {
    t.call("securityhub", "CreateAutomationRuleV2", rule(action))
        .unwrap();
}

fn openings(t: &Testing) -> usize {
    let read = |tx: &mut balefire_store::Tx<'_>| {
        tx.query("SELECT id FROM job WHERE kind = 'open_rule_incidents'", &[])
    };
    t.store.read_blocking(read).unwrap().unwrap().len()
}

/// Findings of a provider's confidence, in which a customer has set another.
fn customized(t: &Testing, cases: &[(&str, i64, i64)]) {
    for (id, first, set) in cases {
        import(t, &[finding(id, json!({"Confidence": first}))]);
        t.advance_ms(1000);
        update(t, id, json!({"Confidence": set}));
        t.advance_ms(1000);
    }
}

fn import_ocsf(t: &Testing, run: &str, id: &str, set: Value) {
    let mut sent = finding(id, set);
    sent["UpdatedAt"] = "2025-12-09T00:00:00Z".into();
    let input = json!({"Findings": [asff::to_ocsf(&sent).unwrap()], "Run": run});
    let answer = t.call("balefire", "ImportFindings", input).unwrap();
    assert_eq!(answer["Failed"], json!([]));
}

#[test]
fn a_file_over_asff_is_news_by_what_the_provider_sent_before() {
    let t = enabled();
    create(&t, opening());
    // What the provider sends first, what a customer sets, and whether 99 is news then.
    for (id, first, set, expected) in [("seen", 95, 10, 0), ("new", 10, 95, 1)] {
        customized(&t, &[(id, first, set)]);
        let before = openings(&t);
        import_ocsf(&t, id, id, json!({"Confidence": 99}));
        assert_eq!(openings(&t) - before, expected, "{id}");
    }
}

#[test]
fn asff_that_agrees_with_the_customer_is_news_all_the_same() {
    let t = enabled();
    create(&t, opening());
    customized(&t, &[("a", 10, 95)]);
    import(&t, &[later("a", 2, json!({"Confidence": 95}))]);
    assert_eq!(openings(&t), 1);
    import(&t, &[later("a", 3, json!({"Confidence": 96}))]);
    assert_eq!(openings(&t), 1);
}

#[test]
fn what_a_complete_report_closes_is_judged_by_what_the_provider_sent() {
    let t = enabled();
    customized(&t, &[("unsure", 10, 95), ("sure", 95, 10)]);
    create(&t, raising());
    t.advance_ms(1000);
    import_ocsf(&t, "r", "other", json!({}));
    let completed = t.call("balefire", "CompleteImport", json!({"Run": "r"}));
    assert_eq!(completed.unwrap()["Closed"], 2);
    for (id, severity, set) in [("unsure", "MEDIUM", 95), ("sure", "CRITICAL", 10)] {
        let shown = get(&t, id);
        assert_eq!(shown["Severity"]["Label"], severity, "{id}");
        assert_eq!(shown["Workflow"]["Status"], "RESOLVED");
        assert_eq!(shown["Confidence"], set, "what a customer set outlives it");
    }
}

#[test]
fn a_rule_is_tested_on_what_the_provider_sent() {
    let t = enabled();
    import(&t, &[finding("plain", json!({"Confidence": 92}))]);
    customized(
        &t,
        &[("unsure", 10, 95), ("sure", 95, 10), ("surer", 95, 96)],
    );
    let thought = rule(raising());
    let test = |account: &str| {
        let input =
            json!({"Days": 1, "Criteria": thought["Criteria"], "Actions": thought["Actions"]});
        t.call_as(account, "balefire", "TestAutomationRule", input)
            .unwrap()
    };
    let output = test(ADMINISTRATOR);
    let counts = (&output["Examined"], &output["Matched"], &output["Changed"]);
    assert_eq!(counts, (&json!(4), &json!(3), &json!(3)), "{output}");
    let uids = ["plain", "sure", "surer"].map(|id| get_v2(&t, id)["metadata"]["uid"].clone());
    let samples = output["SampleUids"].as_array().unwrap();
    assert!(uids.iter().all(|uid| samples.contains(uid)), "{output}");
    assert_eq!(test(MEMBER)["Matched"], 0);
}

/// Each of what customers set in the first version that rules can ask for.
#[test]
fn a_rule_is_tested_on_nothing_that_customers_set() {
    let related = |id: &str| json!({"Id": id, "ProductArn": own_product(ADMINISTRATOR)});
    let note = |text: &str| json!({"Text": text, "UpdatedBy": "me"});
    let noted = json!({"Text": "p", "UpdatedBy": "me", "UpdatedAt": "2025-12-01T00:00:00Z"});
    // What the provider sends, what a customer sets, and what a rule asks for of the one and of the other.
    for (sent, set, field, provided, customers) in [
        (
            json!({"Types": ["Effects"]}),
            json!({"Types": ["TTPs"]}),
            "finding_info.types",
            "Effects",
            "TTPs",
        ),
        (
            json!({"Criticality": 7}),
            json!({"Criticality": 9}),
            "resources.criticality",
            "7",
            "9",
        ),
        (
            json!({"RelatedFindings": [related("p")]}),
            json!({"RelatedFindings": [related("c")]}),
            "finding_info.related_events.uid",
            "p",
            "c",
        ),
        (
            json!({"Severity": {"Label": "LOW"}}),
            json!({"Severity": {"Label": "HIGH"}}),
            "severity",
            "Low",
            "High",
        ),
        (
            json!({}),
            json!({"Workflow": {"Status": "SUPPRESSED"}}),
            "status",
            "New",
            "Suppressed",
        ),
        (
            json!({"Note": noted}),
            json!({"Note": note("c")}),
            "comment",
            "p",
            "c",
        ),
    ] {
        let t = enabled();
        import(&t, &[finding("a", sent)]);
        // What is in ASFF alone comes into the document, and with it whatever else is set.
        for set in [
            json!({"UserDefinedFields": {"k": "v"}, "VerificationState": "BENIGN_POSITIVE"}),
            set,
        ] {
            t.advance_ms(1000);
            update(&t, "a", set);
        }
        let matched = |value: &str| {
            let filter =
                json!({"FieldName": field, "Filter": {"Comparison": "EQUALS", "Value": value}});
            let criteria = json!({
                "OcsfFindingCriteria": {"CompositeFilters": [{"StringFilters": [filter]}]},
            });
            let input = json!({"Days": 1, "Criteria": criteria, "Actions": [raising()]});
            t.call("balefire", "TestAutomationRule", input).unwrap()["Matched"].clone()
        };
        let found = (matched(provided), matched(customers));
        assert_eq!(found, (json!(1), json!(0)), "{field}");
    }
}
