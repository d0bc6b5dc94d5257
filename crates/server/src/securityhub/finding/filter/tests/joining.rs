//! How filters and composites are joined, how many there may be, and what each must have.

use super::*;

#[test]
fn no_filters_match_everything() {
    for filters in [
        json!({}),
        json!({"CompositeFilters": []}),
        json!({"CompositeFilters": [], "CompositeOperator": "OR"}),
        json!({"CompositeFilters": [{}], "CompositeOperator": "OR"}),
        composite(json!({"Operator": "OR", "StringFilters": []})),
    ] {
        assert!(matches(&filters, &json!({})), "{filters}");
    }
}

#[test]
fn operators_join_groups_and_composites() {
    let text = |field: &str, value: &str| {
        let filter = json!({"Comparison": "EQUALS", "Value": value});
        json!({"FieldName": field, "Filter": filter})
    };
    let number = |field: &str, value: i64| json!({"FieldName": field, "Filter": {"Eq": value}});
    let high = || json!({"StringFilters": [text("severity", "High")]});
    let open = || json!({"NumberFilters": [number("status_id", 1)]});
    let document = |severity: &str, status: i64| json!({"severity": severity, "status_id": status});
    let mixed = |operator: Value| {
        composite(json!({
            "StringFilters": [text("severity", "High")],
            "NestedCompositeFilters": [open()],
            "Operator": operator,
        }))
    };
    let outer = |operator: Value| {
        let composites = [high(), open()];
        json!({"CompositeFilters": composites, "CompositeOperator": operator})
    };
    let both: [&dyn Fn(Value) -> Value; 2] = [&mixed, &outer];
    for filters in both {
        for (operator, one_of_two) in [
            (json!("AND"), false),
            (json!(null), false),
            (json!("OR"), true),
        ] {
            let filters = filters(operator);
            assert!(matches(&filters, &document("High", 1)));
            assert_eq!(
                matches(&filters, &document("High", 2)),
                one_of_two,
                "{filters}"
            );
            assert_eq!(
                matches(&filters, &document("Low", 1)),
                one_of_two,
                "{filters}"
            );
            assert!(!matches(&filters, &document("Low", 2)));
        }
    }
    // Filters that are no strings or maps stand each for itself, on one field too.
    let twice = json!({"NumberFilters": [number("status_id", 1), number("status_id", 2)]});
    assert!(!matches(&composite(twice.clone()), &document("x", 1)));
    let mut either = composite(twice);
    either["CompositeFilters"][0]["Operator"] = "OR".into();
    assert!(matches(&either, &document("x", 1)));
}

#[test]
fn limits_and_missing_members_are_refused_with_their_place() {
    let text = json!({"FieldName": "severity", "Filter": {"Comparison": "EQUALS", "Value": "x"}});
    let times = |value: &Value, count: usize| Value::from(vec![value.clone(); count]);
    let at = "/Filters/CompositeFilters";
    let nested = json!({"NestedCompositeFilters": [{"NestedCompositeFilters": [{}]}]});
    let cases = [
        (
            json!({"CompositeFilters": times(&json!({}), 11)}),
            at.to_owned(),
        ),
        (
            composite(json!({"StringFilters": times(&text, 21)})),
            format!("{at}/0/StringFilters"),
        ),
        (
            composite(json!({"NestedCompositeFilters": times(&json!({}), 11)})),
            format!("{at}/0/NestedCompositeFilters"),
        ),
        (
            composite(nested),
            format!("{at}/0/NestedCompositeFilters/0/NestedCompositeFilters"),
        ),
        (
            composite(json!({"StringFilters": [text, {"FieldName": "severity"}]})),
            format!("{at}/0/StringFilters/1/Filter"),
        ),
        (
            composite(
                json!({"StringFilters": [{"Filter": {"Comparison": "EQUALS", "Value": "x"}}]}),
            ),
            format!("{at}/0/StringFilters/0/FieldName"),
        ),
        (
            composite(
                json!({"StringFilters": [{"FieldName": "severity", "Filter": {"Value": "x"}}]}),
            ),
            format!("{at}/0/StringFilters/0/Filter/Comparison"),
        ),
        (
            composite(
                json!({"BooleanFilters": [{"FieldName": "vulnerabilities.is_fix_available", "Filter": {}}]}),
            ),
            format!("{at}/0/BooleanFilters/0/Filter/Value"),
        ),
    ];
    for (filters, place) in cases {
        let message = refusal(&filters);
        assert!(
            message.contains(&format!("'{place}'")),
            "{place}: {message}"
        );
    }
    let filter = json!({"Comparison": "EQUALS", "Value": "x"});
    let filter = json!({"FieldName": "severity", "Filter": filter});
    let full = json!({"StringFilters": times(&filter, 20)});
    let full = json!({"CompositeFilters": times(&full, 10)});
    assert!(matches(&full, &json!({"severity": "x"})));
    // Everything that is wrong is said at once.
    let both = composite(json!({"NumberFilters": [{}], "IpFilters": [{}]}));
    let message = refusal(&both);
    assert!(
        message.contains("NumberFilters/0/FieldName") && message.contains("IpFilters/0/Filter")
    );
}
