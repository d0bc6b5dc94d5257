//! Counts of packages on resources.

use super::*;

fn statistics_as(t: &Testing, account: &str, input: Value) -> Result<Value, Failure> {
    t.call_as(account, HUB, "GetSoftwareStatisticsV2", input)
}

/// Values and counts of the first rule.
fn counts(output: &Value) -> Vec<String> {
    let values = output["GroupByResults"][0]["GroupByValues"]
        .as_array()
        .unwrap();
    let values = values.iter();
    values
        .map(|one| format!("{} {}", one["FieldValue"].as_str().unwrap(), one["Count"]))
        .collect()
}

fn by(field: &str) -> Value {
    json!({"GroupByRules": [{"GroupByField": field}]})
}

#[test]
fn each_package_on_each_resource_counts_once() {
    let t = filled();
    for (field, expected) in [
        ("PackageName", &["anvil 4", "bolt 1"][..]),
        ("PackageVersion", &["1 4", "2 1"]),
        ("PackageType", &["library 5"]),
        // Equal counts in the order of their text.
        ("ResourceId", &["a 2", "b 2", "c 1"]),
        ("AccountId", &["111111111111 4", "222222222222 1"]),
        ("Region", &["eu-central-1 5"]),
        ("ResourceType", &["AWS::EC2::Instance 5"]),
        ("ResourceProvider", &["AWS 5"]),
        // What has no value is left out.
        ("ResourceOwnerOrgId", &[]),
    ] {
        let output = statistics_as(&t, ADMINISTRATOR, by(field)).unwrap();
        assert_eq!(counts(&output), expected, "{field}");
    }
    let own = statistics_as(&t, MEMBER, by("PackageName")).unwrap();
    assert_eq!(counts(&own), ["anvil 1"]);
}

#[test]
fn rules_have_filters_of_their_own() {
    let t = filled();
    let rules = json!([
        {"GroupByField": "ResourceId", "Filters": filters(&[("PackageName", "EQUALS", "bolt")])},
        {"GroupByField": "PackageName"},
    ]);
    let output = statistics_as(&t, ADMINISTRATOR, json!({"GroupByRules": rules})).unwrap();
    let expected = json!([
        {"GroupByField": "ResourceId", "GroupByValues": [{"FieldValue": "a", "Count": 1}]},
        {"GroupByField": "PackageName", "GroupByValues": [
            {"FieldValue": "anvil", "Count": 4}, {"FieldValue": "bolt", "Count": 1},
        ]},
    ]);
    assert_eq!(output["GroupByResults"], expected);
}

#[test]
fn values_are_ordered_by_their_counts_and_cut() {
    let t = filled();
    for (more, expected) in [
        (json!({}), &["a 2", "b 2", "c 1"][..]),
        (json!({"SortOrder": "asc"}), &["c 1", "a 2", "b 2"]),
        (json!({"MaxStatisticResults": 1}), &["a 2"]),
        (
            json!({"MaxStatisticResults": 1, "SortOrder": "asc"}),
            &["c 1"],
        ),
    ] {
        let mut input = by("ResourceId");
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        let output = statistics_as(&t, ADMINISTRATOR, input).unwrap();
        assert_eq!(counts(&output), expected, "{more}");
    }
    let rules = vec![json!({"GroupByField": "Region"}); 6];
    let refused = statistics_as(&t, ADMINISTRATOR, json!({"GroupByRules": rules}));
    assert!(refused.unwrap_err().message().contains("at most 5"));
}

#[test]
fn four_hundred_values_are_given_where_no_number_is_asked_for() {
    let t = enabled();
    let names: Vec<String> = (0..401).map(|number| format!("p{number:03}")).collect();
    let packages: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    import(&t, &[vulnerable("1", &packages, &["a"])]);
    let output = statistics_as(&t, ADMINISTRATOR, by("PackageName")).unwrap();
    let found = counts(&output);
    assert_eq!((found.len(), found[399].as_str()), (400, "p399 1"));
}
