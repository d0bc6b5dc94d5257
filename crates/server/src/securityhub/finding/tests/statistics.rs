//! Counts by value: whose, which, in which order, and how many.

use super::*;

fn statistics(t: &Testing, account: &str, input: Value) -> Result<Value, Failure> {
    t.call_as(account, "securityhub", "GetFindingStatisticsV2", input)
}

/// The values of the first rule, each with its count.
fn counted(output: &Value) -> Vec<(String, i64)> {
    let values = output["GroupByResults"][0]["GroupByValues"].as_array();
    let value = |value: &Value| {
        let text = value["FieldValue"].as_str().unwrap().to_owned();
        (text, value["Count"].as_i64().unwrap())
    };
    values.unwrap().iter().map(value).collect()
}

fn several(t: &Testing) {
    let info = |uid: &str, types: &[&str]| {
        let info = json!({"uid": uid, "title": "t", "types": types});
        json!({"finding_info": info})
    };
    let documents = [
        document("a", info("a", &["x", "y", "x"])),
        document("b", info("b", &["y"])),
        document("c", info("c", &["z", ""])),
        document("d", info("d", &[])),
        document_of(MEMBER, "e", info("e", &["y"])),
    ];
    import(t, &documents);
}

fn by_types(more: Value) -> Value {
    let mut input = json!({"GroupByRules": [{"GroupByField": "finding_info.types"}]});
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

#[test]
fn a_finding_counts_once_for_each_of_its_values() {
    let t = enabled();
    several(&t);
    let text = |pairs: &[(&str, i64)]| -> Vec<(String, i64)> {
        pairs
            .iter()
            .map(|(value, count)| ((*value).to_owned(), *count))
            .collect()
    };
    let cases = [
        (json!({}), vec![("y", 3), ("x", 1), ("z", 1)]),
        (
            json!({"SortOrder": "asc"}),
            vec![("x", 1), ("z", 1), ("y", 3)],
        ),
        (json!({"MaxStatisticResults": 2}), vec![("y", 3), ("x", 1)]),
    ];
    for (more, expected) in cases {
        let output = statistics(&t, ADMINISTRATOR, by_types(more.clone())).unwrap();
        assert_eq!(counted(&output), text(&expected), "{more}");
    }
    let own = statistics(&t, MEMBER, by_types(json!({}))).unwrap();
    assert_eq!(counted(&own), text(&[("y", 1)]));
}

#[test]
fn blank_values_are_not_counted_and_take_no_place_of_others() {
    let t = enabled();
    let blanks = ["", " ", "  ", "\t", " \n", "\u{2003}"];
    let types: Vec<&str> = blanks.into_iter().chain(["x", "y"]).collect();
    let info = json!({"uid": "a", "title": "t", "types": types});
    import(&t, &[document("a", json!({"finding_info": info}))]);
    for (limit, expected) in [(1, &["x"][..]), (2, &["x", "y"]), (400, &["x", "y"])] {
        let input = by_types(json!({"MaxStatisticResults": limit}));
        let output = statistics(&t, ADMINISTRATOR, input).unwrap();
        let values: Vec<String> = counted(&output).into_iter().map(|(text, _)| text).collect();
        assert_eq!(values, expected, "{limit}");
    }
}

#[test]
fn each_rule_has_its_own_filters_and_results_come_in_their_order() {
    let t = enabled();
    several(&t);
    update(&t, "b", json!({"SeverityId": 5}));
    let filtered = json!({
        "GroupByField": "severity", "Filters": equals("finding_info.types", "y"),
    });
    let input = json!({"GroupByRules": [filtered, {"GroupByField": "status"}]});
    let output = statistics(&t, ADMINISTRATOR, input).unwrap();
    let expected = [("Medium".to_owned(), 2), ("Critical".to_owned(), 1)];
    assert_eq!(counted(&output), expected);
    let second = &output["GroupByResults"][1];
    assert_eq!(second["GroupByField"], "status");
    assert_eq!(
        second["GroupByValues"],
        json!([{"FieldValue": "New", "Count": 5}])
    );
}

#[test]
fn what_breaks_a_rule_is_refused_with_its_place() {
    let t = enabled();
    let rule = json!({"GroupByField": "severity"});
    let unknown = json!({"GroupByRules": [{"GroupByField": "nothing"}]});
    let conflict = json!({"CompositeFilters": [{"StringFilters": [
        {"FieldName": "severity", "Filter": {"Comparison": "EQUALS", "Value": "a"}},
        {"FieldName": "severity", "Filter": {"Comparison": "NOT_EQUALS", "Value": "b"}},
    ]}]});
    let conflict = json!({"GroupByRules": [rule, {"GroupByField": "status", "Filters": conflict}]});
    for (input, place) in [
        (
            json!({"GroupByRules": vec![rule.clone(); 6]}),
            "/GroupByRules",
        ),
        (unknown, "/GroupByRules/0/GroupByField"),
        (
            conflict,
            "/GroupByRules/1/Filters/CompositeFilters/0/StringFilters/1/Filter/Comparison",
        ),
        (
            json!({"GroupByRules": [rule], "MaxStatisticResults": 401}),
            "/MaxStatisticResults",
        ),
    ] {
        let message = statistics(&t, ADMINISTRATOR, input).unwrap_err().message();
        assert!(message.contains(place), "{place}: {message}");
    }
    let scopes = json!({"AwsOrganizations": []});
    let scoped = by_types(json!({"Scopes": scopes}));
    assert!(matches!(
        statistics(&t, MEMBER, scoped),
        Err(Failure::Denied(_))
    ));
}
