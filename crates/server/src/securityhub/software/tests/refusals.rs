//! What the operations refuse.

use super::*;

/// The three operations, each with the least input.
fn inputs() -> [(&'static str, Value); 3] {
    [
        ("GetSoftwareV2", json!({})),
        (
            "GetSoftwareResourcesV2",
            json!({"PackageName": "anvil", "PackageType": "library"}),
        ),
        (
            "GetSoftwareStatisticsV2",
            json!({"GroupByRules": [{"GroupByField": "PackageName"}]}),
        ),
    ]
}

#[test]
fn nothing_is_told_while_the_hub_is_off() {
    let t = Testing::new();
    for (operation, input) in inputs() {
        let refused = t.call(HUB, operation, input);
        assert!(matches!(refused, Err(Failure::Denied(_))), "{operation}");
    }
}

#[test]
fn scopes_are_the_administrators() {
    let t = filled();
    for (operation, input) in inputs() {
        let mut scoped = input;
        scoped["Scopes"] = json!({"AwsOrganizations": [{"OrganizationId": "o-aaaaaaaaaa"}]});
        let member = t.call_as(MEMBER, HUB, operation, scoped.clone());
        assert!(matches!(member, Err(Failure::Denied(_))), "{operation}");
        let unknown = t.call(HUB, operation, scoped);
        assert!(
            matches!(unknown, Err(Failure::NotFound { .. })),
            "{operation}"
        );
    }
}

/// The places and rules of an input that is refused.
fn told(t: &Testing, operation: &str, input: Value) -> String {
    match t.call(HUB, operation, input.clone()) {
        Err(failure @ Failure::Invalid(_)) => failure.message(),
        other => panic!("{operation} {input}: {other:?}"),
    }
}

#[test]
fn filters_that_break_a_rule_are_refused() {
    let t = filled();
    let nested = json!({"NestedCompositeFilters": [{"NestedCompositeFilters": [{}]}]});
    let many = vec![texts(&[("PackageName", "EQUALS", "a")]); 11];
    for (asked, rule) in [
        (
            filters(&[("PackageName", "CONTAINS", "a")]),
            "must not be CONTAINS in a query",
        ),
        (
            filters(&[("PackageName", "CONTAINS_WORD", "a")]),
            "must not be CONTAINS_WORD in a query",
        ),
        (
            filters(&[("PackageName", "NOT_CONTAINS", "a")]),
            "must not be NOT_CONTAINS in a query",
        ),
        (
            filters(&[
                ("PackageName", "EQUALS", "a"),
                ("PackageName", "NOT_EQUALS", "b"),
            ]),
            "where another filter of PackageName is EQUALS",
        ),
        (
            json!({"CompositeFilters": [nested]}),
            "nested composites nest no further",
        ),
        (json!({"CompositeFilters": many}), "at most 10 elements"),
        (
            json!({"CompositeFilters": [{"StringFilters": [{"FieldName": "Region"}]}]}),
            "must not be null",
        ),
    ] {
        for (operation, input) in inputs() {
            let mut input = input;
            let at = match operation {
                "GetSoftwareStatisticsV2" => {
                    input["GroupByRules"][0]["Filters"] = asked.clone();
                    "/GroupByRules/0/Filters/CompositeFilters"
                }
                _ => {
                    input["Filters"] = asked.clone();
                    "/Filters/CompositeFilters"
                }
            };
            let message = told(&t, operation, input);
            let at = at.trim_start_matches('/').replace('/', ".");
            let told_at = message.replace('/', ".");
            assert!(
                message.contains(rule) && told_at.contains(&at),
                "{operation}: {message}"
            );
        }
    }
}

#[test]
fn lists_are_sorted_by_what_they_have() {
    let t = filled();
    let package = json!({"PackageName": "anvil", "PackageType": "library"});
    for (operation, input, criteria, rule) in [
        (
            "GetSoftwareV2",
            json!({}),
            json!([{"Field": "ResourceCount"}]),
            "must be one of PackageName",
        ),
        (
            "GetSoftwareV2",
            json!({}),
            json!([{"Field": "Region"}]),
            "must be one of PackageName",
        ),
        (
            "GetSoftwareV2",
            json!({}),
            json!([{"SortOrder": "asc"}]),
            "must be one of PackageName",
        ),
        (
            "GetSoftwareV2",
            json!({}),
            json!([{}, {}, {}, {}]),
            "at most 3 elements",
        ),
        (
            "GetSoftwareResourcesV2",
            package.clone(),
            json!([{"Field": "PackageName"}]),
            "must be one of AccountId",
        ),
        (
            "GetSoftwareResourcesV2",
            package,
            json!([{"Field": "Region"}, {"Field": "ResourceId"}]),
            "at most 1 elements",
        ),
    ] {
        let mut input = input;
        input["SortCriteria"] = criteria;
        let message = told(&t, operation, input);
        assert!(message.contains(rule), "{operation}: {message}");
    }
}
