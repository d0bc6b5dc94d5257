//! Each comparison, each conflict and each limit, in tables.

use balefire_api::generated::securityhub::OCSF_FINDING_FILTERS;
use balefire_api::{Typed, json as wire};
use serde_json::json;

use super::*;

const NOW: Timestamp = Timestamp(1_767_225_600_000);

/// Filters from JSON as a client sends them.
pub fn read(filters: &Value) -> OcsfFindingFilters {
    let node = wire::read_payload(&OCSF_FINDING_FILTERS, filters.to_string().as_bytes());
    let node = node.unwrap_or_else(|rejection| panic!("{filters}: {}", rejection.message()));
    OcsfFindingFilters::from_node(node.unwrap()).unwrap()
}

pub fn matches(filters: &Value, document: &Value) -> bool {
    let compiled = Filters::compile(&read(filters), NOW);
    compiled
        .unwrap_or_else(|failure| panic!("{filters}: {}", failure.message()))
        .matches(document)
}

/// One composite.
fn composite(composite: Value) -> Value {
    json!({"CompositeFilters": [composite]})
}

fn texts(field: &str, filters: &[(&str, &str)]) -> Value {
    let filters: Vec<Value> = filters
        .iter()
        .map(|(comparison, value)| {
            json!({"FieldName": field, "Filter": {"Comparison": comparison, "Value": value}})
        })
        .collect();
    composite(json!({"StringFilters": filters}))
}

fn refusal(filters: &Value) -> String {
    Filters::compile(&read(filters), NOW).unwrap_err().message()
}

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
fn string_comparisons() {
    let cases = [
        ("EQUALS", "Open bucket", true),
        ("EQUALS", "open bucket", false),
        ("EQUALS", "Open", false),
        ("PREFIX", "Open b", true),
        ("PREFIX", "bucket", false),
        ("CONTAINS", "n b", true),
        ("CONTAINS", "B", false),
        ("CONTAINS_WORD", "BUCKET", true),
        ("CONTAINS_WORD", "open", true),
        ("CONTAINS_WORD", "buck", false),
        ("CONTAINS_WORD", "open bucket", true),
        ("CONTAINS_WORD", "pen bucket", false),
        ("NOT_EQUALS", "Open bucket", false),
        ("NOT_EQUALS", "x", true),
        ("PREFIX_NOT_EQUALS", "Open", false),
        ("PREFIX_NOT_EQUALS", "bucket", true),
        ("NOT_CONTAINS", "pen", false),
        ("NOT_CONTAINS", "x", true),
    ];
    let document = json!({"finding_info": {"title": "Open bucket"}});
    for (comparison, value, expected) in cases {
        let filters = texts("finding_info.title", &[(comparison, value)]);
        assert_eq!(
            matches(&filters, &document),
            expected,
            "{comparison} {value}"
        );
        let is_negative = comparison.contains("NOT");
        assert_eq!(matches(&filters, &json!({})), is_negative, "{comparison}");
    }
}

#[test]
fn words_end_where_letters_and_digits_do() {
    let cases = [
        ("CVE-2021-44228 in log4j", "cve-2021-44228", true),
        ("CVE-2021-442281", "cve-2021-44228", false),
        ("log4j2", "log4j", false),
        ("s3_bucket", "bucket", false),
        ("(bucket)", "bucket", true),
        ("rebucket, bucket.", "bucket", true),
        ("a --- b", "---", true),
        ("Größe ÄNDERN", "ändern", true),
        ("", "x", false),
    ];
    for (title, word, expected) in cases {
        let filters = texts("finding_info.title", &[("CONTAINS_WORD", word)]);
        let document = json!({"finding_info": {"title": title}});
        assert_eq!(matches(&filters, &document), expected, "{word} in {title}");
    }
}

#[test]
fn string_filters_of_one_field_are_one_group_whatever_the_operator() {
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, bool);
    let cases: &[Case<'_>] = &[
        (&[("EQUALS", "a"), ("EQUALS", "b")], "a", true),
        (&[("EQUALS", "a"), ("EQUALS", "b")], "b", true),
        (&[("EQUALS", "a"), ("EQUALS", "b")], "c", false),
        (&[("EQUALS", "a"), ("PREFIX", "b")], "bc", true),
        (&[("NOT_EQUALS", "a"), ("NOT_EQUALS", "b")], "a", false),
        (&[("NOT_EQUALS", "a"), ("NOT_EQUALS", "b")], "c", true),
        (
            &[("NOT_EQUALS", "a"), ("PREFIX_NOT_EQUALS", "b")],
            "bc",
            false,
        ),
        (&[("PREFIX", "a"), ("NOT_EQUALS", "ab")], "ab", false),
        (&[("PREFIX", "a"), ("NOT_EQUALS", "ab")], "ac", true),
        (
            &[("PREFIX", "a"), ("PREFIX_NOT_EQUALS", "ab")],
            "abc",
            false,
        ),
        (&[("PREFIX", "a"), ("NOT_EQUALS", "ab")], "b", false),
        (&[("CONTAINS", "x"), ("CONTAINS", "y")], "ay", true),
    ];
    for (group, severity, expected) in cases {
        for operator in ["AND", "OR"] {
            let mut filters = texts("severity", group);
            filters["CompositeFilters"][0]["Operator"] = operator.into();
            let document = json!({"severity": severity});
            assert_eq!(
                matches(&filters, &document),
                *expected,
                "{group:?} {severity}"
            );
        }
    }
}

#[test]
fn comparisons_that_do_not_go_together_are_refused() {
    let cases = [
        ("EQUALS", "NOT_EQUALS"),
        ("EQUALS", "PREFIX_NOT_EQUALS"),
        ("CONTAINS", "NOT_CONTAINS"),
        ("CONTAINS", "EQUALS"),
        ("CONTAINS", "PREFIX"),
        ("CONTAINS", "NOT_EQUALS"),
        ("CONTAINS", "PREFIX_NOT_EQUALS"),
        ("CONTAINS", "CONTAINS_WORD"),
    ];
    for (one, other) in cases {
        for group in [[(one, "a"), (other, "b")], [(other, "b"), (one, "a")]] {
            let message = refusal(&texts("severity", &group));
            assert!(
                message.contains("/Filters/CompositeFilters/0/StringFilters/1/Filter/Comparison"),
                "{message}"
            );
            assert!(
                message.contains(one) && message.contains(other),
                "{message}"
            );
        }
    }
    // On two fields they go together.
    let two = composite(json!({"StringFilters": [
        {"FieldName": "severity", "Filter": {"Comparison": "EQUALS", "Value": "High"}},
        {"FieldName": "status", "Filter": {"Comparison": "NOT_EQUALS", "Value": "New"}},
    ]}));
    assert!(matches(
        &two,
        &json!({"severity": "High", "status": "Resolved"})
    ));
}

#[test]
fn arrays_match_by_any_element_and_fail_by_any() {
    let document = json!({"resources": [{"type": "AWS::S3::Bucket"}, {"type": "AWS::IAM::Role"}]});
    for (comparison, value, expected) in [
        ("EQUALS", "AWS::IAM::Role", true),
        ("EQUALS", "AWS::EC2::Instance", false),
        ("NOT_EQUALS", "AWS::IAM::Role", false),
        ("NOT_EQUALS", "AWS::EC2::Instance", true),
        ("PREFIX_NOT_EQUALS", "AWS::S3", false),
    ] {
        let filters = texts("resources.type", &[(comparison, value)]);
        assert_eq!(
            matches(&filters, &document),
            expected,
            "{comparison} {value}"
        );
    }
}

#[test]
fn numbers_keep_all_bounds_by_one_value() {
    let scores =
        json!({"vulnerabilities": [{"cve": {"cvss": [{"base_score": 3.1}, {"base_score": 9.8}]}}]});
    let cases = [
        (json!({"Eq": 9.8}), true),
        (json!({"Eq": 9}), false),
        (json!({"Gte": 9.8}), true),
        (json!({"Gt": 9.8}), false),
        (json!({"Lte": 3.1}), true),
        (json!({"Lt": 3.1}), false),
        (json!({"Gt": 3.1, "Lt": 9.8}), false),
        (json!({"Gt": 3, "Lt": 4}), true),
    ];
    for (filter, expected) in cases {
        let field = "vulnerabilities.cve.cvss.base_score";
        let filters = composite(json!({"NumberFilters": [{"FieldName": field, "Filter": filter}]}));
        assert_eq!(matches(&filters, &scores), expected, "{filters}");
        assert!(!matches(&filters, &json!({})), "{filters}");
    }
    let none = composite(json!({"NumberFilters": [{"FieldName": "severity_id", "Filter": {}}]}));
    assert!(refusal(&none).contains("one of Eq, Gt"));
    let nan = composite(
        json!({"NumberFilters": [{"FieldName": "severity_id", "Filter": {"Eq": "NaN"}}]}),
    );
    assert!(refusal(&nan).contains("NaN"));
}

#[test]
fn dates_by_bounds_and_by_age() {
    let day = |days: i64| Timestamp(NOW.0 - days * 86_400_000).date_time();
    let cases = [
        (json!({"Start": "2026-01-01T00:00:00Z"}), day(0), true),
        (json!({"Start": "2026-01-01T00:00:00.001Z"}), day(0), false),
        (json!({"End": "2026-01-01T00:00:00Z"}), day(0), true),
        (json!({"End": "2025-12-31T23:59:59.999Z"}), day(0), false),
        (json!({"Start": day(3), "End": day(1)}), day(2), true),
        (json!({"Start": day(3), "End": day(1)}), day(4), false),
        (json!({"Start": "2026-01-01T02:00:00+02:00"}), day(0), true),
        (
            json!({"DateRange": {"Value": 7, "Unit": "DAYS"}}),
            day(7),
            true,
        ),
        (
            json!({"DateRange": {"Value": 7, "Unit": "DAYS"}}),
            day(8),
            false,
        ),
        (json!({"DateRange": {"Value": 7}}), day(-1), true),
        (
            json!({"DateRange": {"Value": 7, "Comparison": "WITHIN"}}),
            day(6),
            true,
        ),
        (
            json!({"DateRange": {"Value": 7, "Comparison": "OLDER_THAN"}}),
            day(7),
            false,
        ),
        (
            json!({"DateRange": {"Value": 7, "Comparison": "OLDER_THAN"}}),
            day(8),
            true,
        ),
    ];
    for (filter, time, expected) in cases {
        let field = "finding_info.created_time_dt";
        let filters = composite(json!({"DateFilters": [{"FieldName": field, "Filter": filter}]}));
        let document = json!({"finding_info": {"created_time_dt": time}});
        assert_eq!(matches(&filters, &document), expected, "{filters} {time}");
        assert!(!matches(&filters, &json!({})), "{filters}");
    }
}

#[test]
fn dates_that_say_nothing_or_too_much_are_refused() {
    let range = json!({"Value": 1, "Unit": "DAYS"});
    for (filter, why) in [
        (json!({}), "either DateRange"),
        (
            json!({"DateRange": range, "Start": "2026-01-01T00:00:00Z"}),
            "either DateRange",
        ),
        (json!({"DateRange": {"Unit": "DAYS"}}), "DateRange/Value"),
        (json!({"DateRange": {"Value": -1}}), "0 or more"),
        (json!({"Start": "yesterday"}), "RFC 3339"),
        (json!({"End": "2026-13-01T00:00:00Z"}), "RFC 3339"),
        (
            json!({"Start": "2026-01-02T00:00:00Z", "End": "2026-01-01T00:00:00Z"}),
            "not be after End",
        ),
    ] {
        let field = "finding_info.created_time_dt";
        let filters = composite(json!({"DateFilters": [{"FieldName": field, "Filter": filter}]}));
        let message = refusal(&filters);
        assert!(
            message.contains(why) && message.contains("/DateFilters/0/Filter"),
            "{message}"
        );
    }
}

#[test]
fn flags_and_addresses() {
    let flag = |value| {
        let field = "vulnerabilities.is_fix_available";
        composite(json!({"BooleanFilters": [{"FieldName": field, "Filter": {"Value": value}}]}))
    };
    let document = json!({"vulnerabilities": [{"is_fix_available": false}]});
    assert!(matches(&flag(false), &document) && !matches(&flag(true), &document));
    assert!(!matches(&flag(false), &json!({})));
    let within = |cidr: &str| {
        let field = "evidences.src_endpoint.ip";
        composite(json!({"IpFilters": [{"FieldName": field, "Filter": {"Cidr": cidr}}]}))
    };
    let document = json!({"evidences": [{"src_endpoint": {"ip": "10.1.2.3"}}, {"src_endpoint": {"ip": "2001:db8::5"}}]});
    for (cidr, expected) in [
        ("10.0.0.0/8", true),
        ("2001:db8::/64", true),
        ("192.0.2.0/24", false),
    ] {
        assert_eq!(matches(&within(cidr), &document), expected, "{cidr}");
    }
    assert!(refusal(&within("10.0.0.0/99")).contains("/IpFilters/0/Filter/Cidr"));
}

#[test]
fn maps_by_key_and_value() {
    let listed = json!({"resources": [{"tags": [{"name": "env", "value": "prod"}, {"name": "team", "values": ["red", "blue"]}]}]});
    let whole = json!({"resources": [{"tags": {"env": "prod", "team": ["red", "blue"]}}]});
    type Case<'a> = (&'a [(&'a str, &'a str, &'a str)], bool);
    let cases: &[Case<'_>] = &[
        (&[("EQUALS", "env", "prod")], true),
        (&[("EQUALS", "env", "Prod")], false),
        (&[("EQUALS", "prod", "env")], false),
        (&[("EQUALS", "team", "blue")], true),
        (
            &[("EQUALS", "env", "test"), ("EQUALS", "team", "red")],
            true,
        ),
        (&[("NOT_EQUALS", "env", "prod")], false),
        (&[("NOT_EQUALS", "env", "test")], true),
        (
            &[("NOT_EQUALS", "env", "test"), ("NOT_EQUALS", "team", "red")],
            false,
        ),
        (&[("CONTAINS", "env", "ro")], true),
        (&[("NOT_CONTAINS", "env", "ro")], false),
        (&[("NOT_CONTAINS", "team", "green")], true),
    ];
    for (group, expected) in cases {
        let filters: Vec<Value> = group
            .iter()
            .map(|(comparison, key, value)| {
                let filter = json!({"Comparison": comparison, "Key": key, "Value": value});
                json!({"FieldName": "resources.tags", "Filter": filter})
            })
            .collect();
        let filters = composite(json!({"MapFilters": filters}));
        assert_eq!(matches(&filters, &listed), *expected, "{group:?}");
        assert_eq!(matches(&filters, &whole), *expected, "{group:?}");
        let negative = group[0].0.starts_with("NOT");
        assert_eq!(matches(&filters, &json!({})), negative, "{group:?}");
    }
    let filter = |comparison: &str| {
        let filter = json!({"Comparison": comparison, "Key": "a", "Value": "b"});
        json!({"FieldName": "resources.tags", "Filter": filter})
    };
    for pair in [["EQUALS", "NOT_EQUALS"], ["NOT_CONTAINS", "CONTAINS"]] {
        let filters = composite(json!({"MapFilters": pair.map(filter)}));
        assert!(refusal(&filters).contains("/MapFilters/1/Filter/Comparison"));
    }
}

#[test]
fn operators_join_groups_and_composites() {
    let text = |field: &str, value: &str| json!({"FieldName": field, "Filter": {"Comparison": "EQUALS", "Value": value}});
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
    let outer = |operator: Value| json!({"CompositeFilters": [high(), open()], "CompositeOperator": operator});
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
    let full = json!({"CompositeFilters": times(&json!({"StringFilters": times(&json!({"FieldName": "severity", "Filter": {"Comparison": "EQUALS", "Value": "x"}}), 20)}), 10)});
    assert!(matches(&full, &json!({"severity": "x"})));
    // Everything that is wrong is said at once.
    let both = composite(json!({"NumberFilters": [{}], "IpFilters": [{}]}));
    let message = refusal(&both);
    assert!(
        message.contains("NumberFilters/0/FieldName") && message.contains("IpFilters/0/Filter")
    );
}
