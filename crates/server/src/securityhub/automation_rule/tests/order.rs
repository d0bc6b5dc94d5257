//! Which rule has the last word on a field.

use super::*;
use crate::securityhub::finding::tests::{document, finding, import};

/// Rules as their order and what they set, made one second after the other.
fn outcome(rules: &[(f64, Value)], touch: Option<usize>) -> Value {
    let t = enabled();
    let mut arns = Vec::new();
    for (order, set) in rules {
        t.advance_ms(1000);
        arns.push(create(
            &t,
            json!({"RuleOrder": order, "Actions": setting(set.clone())}),
        ));
    }
    if let Some(place) = touch {
        t.advance_ms(1000);
        let update = json!({"Identifier": arns[place], "Description": "touched"});
        call(&t, "UpdateAutomationRuleV2", update).unwrap();
    }
    import(&t, &[document("f", json!({}))]);
    let found = finding(&t, "f");
    json!([
        found["severity_id"],
        found["status_id"],
        found.get("comment")
    ])
}

#[test]
fn the_highest_order_wins_each_field_and_of_equal_ones_the_newest() {
    let comment = |text: &str| json!({"Comment": text});
    let cases = [
        (
            vec![(1.0, comment("a")), (2.0, comment("b"))],
            None,
            json!([3, 1, "b"]),
        ),
        (
            vec![(2.0, comment("a")), (1.0, comment("b"))],
            None,
            json!([3, 1, "a"]),
        ),
        (
            vec![(1.5, comment("a")), (1.25, comment("b"))],
            None,
            json!([3, 1, "a"]),
        ),
        (
            vec![(1.0, comment("a")), (1.0, comment("b"))],
            None,
            json!([3, 1, "b"]),
        ),
        (
            vec![(1.0, comment("a")), (1.0, comment("b"))],
            Some(0),
            json!([3, 1, "a"]),
        ),
        (
            vec![
                (1.0, json!({"SeverityId": 5, "StatusId": 2, "Comment": "a"})),
                (3.0, json!({"SeverityId": 2})),
                (2.0, json!({"SeverityId": 4, "StatusId": 3})),
            ],
            None,
            json!([2, 3, "a"]),
        ),
    ];
    for (rules, touch, expected) in cases {
        assert_eq!(outcome(&rules, touch), expected, "{rules:?} {touch:?}");
    }
}
