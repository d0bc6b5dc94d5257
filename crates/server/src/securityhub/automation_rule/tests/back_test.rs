//! What a rule would have done, before it does it.

use super::*;
use crate::securityhub::finding::tests::{document, document_of, import, uid_of, update};

fn test(t: &Testing, input: Value) -> Result<Value, Failure> {
    t.call("balefire", "TestAutomationRule", input)
}

#[test]
fn findings_of_the_last_days_are_counted_and_nothing_changes() {
    let t = enabled();
    import(&t, &[document("old", json!({}))]);
    t.advance_ms(3 * 24 * 60 * 60 * 1000);
    import(
        &t,
        &[
            document("f", json!({})),
            document("own", json!({})),
            document("archived", json!({"status": "Archived", "status_id": 5})),
            document("low", json!({"severity": "Low", "severity_id": 2})),
            document_of(MEMBER, "m", json!({})),
        ],
    );
    update(&t, "own", json!({"StatusId": 2}));
    let arn = create(&t, json!({}));
    let thought = rule(json!({}));
    let thought =
        json!({"Criteria": thought["Criteria"], "Actions": thought["Actions"], "Days": 2});
    let log = |t: &Testing| crate::securityhub::finding::tests::log(t).len();
    let before = log(&t);
    for input in [thought, json!({"Identifier": arn, "Days": 2})] {
        let output = test(&t, input).unwrap();
        let counts = (&output["Examined"], &output["Matched"], &output["Changed"]);
        assert_eq!(counts, (&json!(5), &json!(4), &json!(2)), "{output}");
        let samples = output["SampleUids"].as_array().unwrap();
        assert_eq!(samples.len(), 4);
        assert!(samples.contains(&uid_of(MEMBER, "m").into()));
    }
    let older = test(&t, json!({"Identifier": arn, "Days": 3})).unwrap();
    assert_eq!(older["Examined"], 6);
    assert_eq!(log(&t), before);
    // A rule that has done it already is tested as if it had not.
    import(&t, &[document("f", json!({"extra": 1}))]);
    let again = test(&t, json!({"Identifier": arn, "Days": 2})).unwrap();
    assert_eq!(again["Changed"], 2);
}

#[test]
fn of_a_rule_that_wants_tickets_what_is_to_be_done_counts() {
    let t = enabled();
    import(
        &t,
        &[
            document("f", json!({})),
            document("archived", json!({"status": "Archived", "status_id": 5})),
            document(
                "suppressed",
                json!({"status": "Suppressed", "status_id": 3}),
            ),
            document("low", json!({"severity": "Low", "severity_id": 2})),
        ],
    );
    let arn = format!("arn:aws:securityhub:{REGION}:{ADMINISTRATOR}:connectorv2/none-yet");
    let action = json!({
        "Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": {"ConnectorArn": arn},
    });
    let thought = json!({"Criteria": equals("severity", "Medium"), "Actions": [action], "Days": 1});
    let output = test(&t, thought).unwrap();
    let counts = (&output["Examined"], &output["Matched"], &output["Changed"]);
    assert_eq!(counts, (&json!(4), &json!(3), &json!(1)), "{output}");
}

#[test]
fn what_customers_have_set_is_not_judged() {
    let t = enabled();
    import(
        &t,
        &[
            document("f", json!({})),
            document("low", json!({"severity": "Low", "severity_id": 2})),
        ],
    );
    update(&t, "f", json!({"SeverityId": 5}));
    update(&t, "low", json!({"SeverityId": 3}));
    let arn = create(&t, json!({}));
    let output = test(&t, json!({"Identifier": arn, "Days": 1})).unwrap();
    assert_eq!(
        (&output["Examined"], &output["Matched"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(output["SampleUids"], json!([uid_of(ADMINISTRATOR, "f")]));
}

#[test]
fn at_most_ten_are_named_and_members_see_their_own() {
    let t = enabled();
    let all: Vec<Value> = (0..30)
        .map(|n| document(&format!("f{n}"), json!({})))
        .collect();
    import(&t, &all);
    let arn = create(&t, json!({}));
    let output = test(&t, json!({"Identifier": arn, "Days": 1})).unwrap();
    assert_eq!(output["Matched"], 30);
    assert_eq!(output["SampleUids"].as_array().unwrap().len(), 10);
    let own = create_as(&t, MEMBER, json!({}));
    let input = json!({"Identifier": own, "Days": 1});
    let output = t
        .call_as(MEMBER, "balefire", "TestAutomationRule", input)
        .unwrap();
    assert_eq!(output["Examined"], 0);
    let foreign = json!({"Identifier": arn, "Days": 1});
    let foreign = t.call_as(MEMBER, "balefire", "TestAutomationRule", foreign);
    assert!(matches!(foreign.unwrap_err(), Failure::NotFound { .. }));
}

#[test]
fn what_cannot_be_tested_is_refused() {
    let t = enabled();
    let thought = rule(json!({}));
    let (criteria, actions) = (&thought["Criteria"], &thought["Actions"]);
    for input in [
        json!({"Days": 1}),
        json!({"Days": 0, "Criteria": criteria, "Actions": actions}),
        json!({"Days": 1, "Criteria": criteria}),
        json!({"Days": 1, "Identifier": "x", "Criteria": criteria, "Actions": actions}),
        json!({"Days": 1, "Criteria": {"ResourceCriteria": {}}, "Actions": actions}),
    ] {
        let refused = test(&t, input.clone()).unwrap_err();
        assert!(matches!(refused, Failure::Invalid(_)), "{input}");
    }
}
