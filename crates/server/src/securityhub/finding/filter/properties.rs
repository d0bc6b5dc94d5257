//! What holds between filters, whatever the documents.

use proptest::prelude::*;
use serde_json::json;

use super::tests::matches;
use super::*;

const TEXT_FIELDS: [&str; 4] = [
    "severity",
    "finding_info.types",
    "resources.type",
    "resources.owner.account.uid",
];
/// Each comparison that refuses and the one that it refuses.
const NEGATIONS: [(&str, &str); 3] = [
    ("NOT_EQUALS", "EQUALS"),
    ("PREFIX_NOT_EQUALS", "PREFIX"),
    ("NOT_CONTAINS", "CONTAINS"),
];

/// Few letters, so that values meet.
fn word() -> impl Strategy<Value = String> {
    "[ab]{1,2}"
}

fn document() -> impl Strategy<Value = Value> {
    let resource = (prop::option::of(word()), prop::option::of(word()))
        .prop_map(|(kind, owner)| json!({"type": kind, "owner": {"account": {"uid": owner}}}));
    (
        prop::option::of(word()),
        prop::collection::vec(word(), 0..3),
        prop::collection::vec(resource, 0..3),
        prop::option::of(0..4_i64),
    )
        .prop_map(|(severity, types, resources, status)| {
            json!({
                "severity": severity, "finding_info": {"types": types}, "resources": resources,
                "status_id": status,
            })
        })
}

fn text(field: &str, comparison: &str, value: &str) -> Value {
    json!({"FieldName": field, "Filter": {"Comparison": comparison, "Value": value}})
}

fn one(filter: Value) -> Value {
    json!({"CompositeFilters": [{"StringFilters": [filter]}]})
}

/// A composite of at most one filter for each field, as its operator and its single filters.
fn singles() -> impl Strategy<Value = (String, Vec<Value>)> {
    let comparison = prop::sample::select(&["EQUALS", "PREFIX", "NOT_EQUALS", "CONTAINS"]);
    let filter = (comparison, word());
    let filters = prop::collection::vec(prop::option::of(filter), TEXT_FIELDS.len());
    let operator = prop::sample::select(&["AND", "OR"]).prop_map(str::to_owned);
    (operator, filters).prop_map(|(operator, filters)| {
        let with_fields = TEXT_FIELDS.iter().zip(filters);
        let filters = with_fields.filter_map(|(field, filter)| {
            filter.map(|(comparison, value)| text(field, comparison, &value))
        });
        (operator, filters.collect())
    })
}

proptest! {
    #[test]
    fn a_negative_filter_is_the_opposite_of_its_positive(
        document in document(),
        field in prop::sample::select(&TEXT_FIELDS),
        (negative, positive) in prop::sample::select(&NEGATIONS),
        value in word(),
    ) {
        let refused = matches(&one(text(field, negative, &value)), &document);
        let asked = matches(&one(text(field, positive, &value)), &document);
        prop_assert_eq!(refused, !asked);
    }

    #[test]
    fn negatives_of_one_field_are_the_opposite_of_its_positives(
        document in document(),
        field in prop::sample::select(&TEXT_FIELDS),
        (negative, positive) in prop::sample::select(&NEGATIONS),
        values in prop::collection::vec(word(), 1..4),
    ) {
        let group = |comparison: &str| {
            let filters = values.iter().map(|value| text(field, comparison, value));
            json!({"CompositeFilters": [{"StringFilters": filters.collect::<Vec<_>>()}]})
        };
        prop_assert_eq!(matches(&group(negative), &document), !matches(&group(positive), &document));
    }

    #[test]
    fn nesting_flattening_and_splitting_make_no_difference(
        document in document(),
        (operator, filters) in singles(),
    ) {
        let flat = json!({"CompositeFilters": [{"StringFilters": filters, "Operator": operator}]});
        let composites: Vec<Value> =
            filters.iter().map(|filter| json!({"StringFilters": [filter]})).collect();
        let nested = json!({"NestedCompositeFilters": composites, "Operator": operator});
        let nested = json!({"CompositeFilters": [nested]});
        let split = json!({"CompositeFilters": composites, "CompositeOperator": operator});
        let expected = matches(&flat, &document);
        prop_assert_eq!(matches(&nested, &document), expected);
        prop_assert_eq!(matches(&split, &document), expected);
        // And it is what the operator says of the filters by themselves.
        let mut each = filters.iter().map(|filter| matches(&one(filter.clone()), &document));
        let joined = match operator.as_str() {
            _ if filters.is_empty() => true,
            "OR" => each.any(|matched| matched),
            _ => each.all(|matched| matched),
        };
        prop_assert_eq!(expected, joined);
    }

    #[test]
    fn bounds_together_are_bounds_joined_on_a_single_value(
        status in prop::option::of(0..4_i64),
        low in 0..4_i64,
        high in 0..4_i64,
    ) {
        let document = json!({"status_id": status});
        let number = |filter: Value| json!({"FieldName": "status_id", "Filter": filter});
        let both = number(json!({"Gte": low, "Lt": high}));
        let together = json!({"CompositeFilters": [{"NumberFilters": [both]}]});
        let joined = json!({"CompositeFilters": [{
            "NumberFilters": [number(json!({"Gte": low})), number(json!({"Lt": high}))],
        }]});
        prop_assert_eq!(matches(&together, &document), matches(&joined, &document));
        prop_assert_eq!(matches(&together, &document), status.is_some_and(|s| (low..high).contains(&s)));
    }

    #[test]
    fn young_and_old_are_opposites_where_there_is_a_time(
        age_ms in -86_400_000..864_000_000_i64,
        days in 0..10,
    ) {
        let time = Timestamp(1_767_225_600_000 - age_ms).date_time();
        let document = json!({"finding_info": {"modified_time_dt": time}});
        let aged = |comparison: &str| {
            let range = json!({"Value": days, "Unit": "DAYS", "Comparison": comparison});
            let field = "finding_info.modified_time_dt";
            let filter = json!({"FieldName": field, "Filter": {"DateRange": range}});
            json!({"CompositeFilters": [{"DateFilters": [filter]}]})
        };
        let young = matches(&aged("WITHIN"), &document);
        prop_assert_eq!(young, !matches(&aged("OLDER_THAN"), &document));
        prop_assert_eq!(young, age_ms <= i64::from(days) * 86_400_000);
    }
}
