//! Each comparison, each conflict and each limit, in tables.

mod joining;
mod strings;

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
    let compiled = Filters::compile_for(Asker::Test, &read(filters), "/Filters", NOW);
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
    let compiled = Filters::compile_for(Asker::Test, &read(filters), "/Filters", NOW);
    compiled.unwrap_err().message()
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
    let evidences = ["10.1.2.3", "2001:db8::5"].map(|ip| json!({"src_endpoint": {"ip": ip}}));
    let document = json!({"evidences": evidences});
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
    let entries = [
        json!({"name": "env", "value": "prod"}),
        json!({"name": "team", "values": ["red", "blue"]}),
    ];
    let listed = json!({"resources": [{"tags": entries}]});
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
fn some_comparisons_are_for_queries_alone_and_others_for_rules() {
    let text = |comparison: &str| texts("severity", &[(comparison, "x")]);
    let map = |comparison: &str| {
        let filter = json!({"Key": "a", "Value": "b", "Comparison": comparison});
        composite(json!({"MapFilters": [{"FieldName": "resources.tags", "Filter": filter}]}))
    };
    // For a query, for a rule.
    let cases = [
        (text("EQUALS"), true, true),
        (text("PREFIX_NOT_EQUALS"), true, true),
        (text("CONTAINS"), false, true),
        (text("NOT_CONTAINS"), false, false),
        (text("CONTAINS_WORD"), true, false),
        (map("NOT_EQUALS"), true, true),
        (map("CONTAINS"), false, true),
        (map("NOT_CONTAINS"), false, true),
    ];
    for (filters, query, rule) in cases {
        let read = read(&filters);
        assert_eq!(Filters::compile(&read, NOW).is_ok(), query, "{filters}");
        assert_eq!(Filters::of_rule(&read, NOW).is_ok(), rule, "{filters}");
    }
    let refused = Filters::of_rule(&read(&text("CONTAINS_WORD")), NOW).unwrap_err();
    let at = "/Criteria/OcsfFindingCriteria/CompositeFilters/0/StringFilters/0/Filter/Comparison";
    assert!(refused.message().contains(at), "{}", refused.message());
}
