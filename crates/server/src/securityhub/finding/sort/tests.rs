//! Keys order as their values do, missing ones last, and survive a page token.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn sort(criteria: &[(&str, SortOrder)]) -> Sort {
    let criteria: Vec<SortCriterion> = criteria
        .iter()
        .map(|(field, order)| SortCriterion {
            field: Some((*field).into()),
            sort_order: Some(*order),
        })
        .collect();
    Sort::compile(&criteria).unwrap()
}

fn ordered_uids(sort: &Sort, documents: &[Value]) -> String {
    let keys = documents.iter().zip('a'..);
    let mut keys: Vec<Key> = keys
        .map(|(document, uid)| sort.key(document, &uid.to_string()))
        .collect();
    keys.sort();
    keys.into_iter().map(|key| key.uid).collect()
}

#[test]
fn each_kind_of_value_has_its_order() {
    let numbers = [2, 10, -1].map(|n| json!({"severity_id": n}));
    let texts = ["b", "B", "é"].map(|text| json!({"severity": text}));
    let flags = [true, false].map(|f| json!({"vulnerabilities": [{"is_fix_available": f}]}));
    let dates = [
        json!({"finding_info": {"created_time_dt": "2026-01-02T00:00:00Z"}}),
        json!({"finding_info": {"created_time": 5}}),
    ];
    let cases: [(&str, &[Value], &str, &str); 4] = [
        ("severity_id", &numbers, "cab", "bac"),
        ("severity", &texts, "bac", "cab"),
        ("vulnerabilities.is_fix_available", &flags, "ba", "ab"),
        ("finding_info.created_time_dt", &dates, "ba", "ab"),
    ];
    for (field, documents, ascending, descending) in cases {
        assert_eq!(
            ordered_uids(&sort(&[(field, SortOrder::Asc)]), documents),
            ascending
        );
        assert_eq!(
            ordered_uids(&sort(&[(field, SortOrder::Desc)]), documents),
            descending
        );
    }
}

#[test]
fn the_missing_come_last_and_ties_go_on_to_the_next_criterion_and_the_uid() {
    let documents = [
        json!({}),
        json!({"severity_id": 1, "severity": "x"}),
        json!({"severity_id": 1, "severity": "y"}),
        json!({"severity_id": null}),
        json!({"severity_id": 2}),
    ];
    use SortOrder::{Asc, Desc};
    assert_eq!(
        ordered_uids(&sort(&[("severity_id", Asc)]), &documents),
        "bcead"
    );
    assert_eq!(
        ordered_uids(&sort(&[("severity_id", Desc)]), &documents),
        "ebcad"
    );
    let both = sort(&[("severity_id", Asc), ("severity", Desc)]);
    assert_eq!(ordered_uids(&both, &documents), "cbead");
}

#[test]
fn of_several_values_the_first_in_the_order_counts() {
    let documents = [["b", "e"], ["a", "c"]]
        .map(|[one, two]| json!({"resources": [{"type": one}, {"type": two}]}));
    assert_eq!(
        ordered_uids(&sort(&[("resources.type", SortOrder::Asc)]), &documents),
        "ba"
    );
    assert_eq!(
        ordered_uids(&sort(&[("resources.type", SortOrder::Desc)]), &documents),
        "ab"
    );
}

#[test]
fn by_default_the_newest_change_comes_first() {
    let documents = [
        json!({"finding_info": {"modified_time": 5}, "time": 100}),
        json!({"finding_info": {"modified_time_dt": "1970-01-01T00:00:00.007Z"}}),
        json!({"time": 6}),
        json!({}),
    ];
    assert_eq!(
        ordered_uids(&Sort::compile(&[]).unwrap(), &documents),
        "bcad"
    );
}

#[test]
fn unknown_fields_are_refused_with_their_place() {
    let criterion = |field: Option<&str>| SortCriterion {
        field: field.map(str::to_owned),
        sort_order: None,
    };
    let criteria = [
        criterion(Some("severity_id")),
        criterion(Some("resources.tags")),
        criterion(None),
    ];
    let message = Sort::compile(&criteria).unwrap_err().message();
    assert!(message.contains("/SortCriteria/1/Field") && message.contains("not 'resources.tags'"));
    assert!(message.contains("/SortCriteria/2/Field"), "{message}");
    let many = vec![criterion(Some("time")); 11];
    assert!(
        Sort::compile(&many)
            .unwrap_err()
            .message()
            .contains("at most 10")
    );
}

proptest! {
    #[test]
    fn bits_are_ordered_as_numbers_are(a in any::<f64>(), b in any::<f64>()) {
        prop_assume!(!a.is_nan() && !b.is_nan());
        prop_assert_eq!(ordered(a).cmp(&ordered(b)), a.partial_cmp(&b).unwrap());
    }

    #[test]
    fn a_key_survives_its_token(severity in any::<Option<i32>>(), title in prop::option::of(".*")) {
        let sort = sort(&[("severity_id", SortOrder::Desc), ("finding_info.title", SortOrder::Asc)]);
        let document = json!({"severity_id": severity, "finding_info": {"title": title}});
        let key = sort.key(&document, "u");
        prop_assert_eq!(sort.key_of_parts(&key.parts()), Some(key));
    }
}

#[test]
fn parts_of_another_order_make_no_key() {
    let sort = sort(&[("severity_id", SortOrder::Asc)]);
    for parts in [
        vec![],
        vec![Part::Int(1)],
        vec![Part::Text("u".into())],
        vec![Part::Int(1), Part::Text("u".into())],
        vec![Part::Int(1), Part::Null, Part::Text("u".into())],
    ] {
        assert_eq!(sort.key_of_parts(&parts), None, "{parts:?}");
    }
}
