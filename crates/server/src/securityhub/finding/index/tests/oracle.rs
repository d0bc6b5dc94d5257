//! Random documents, edits and questions, and their answers by looking at every document.

use std::cmp::Ordering;

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::{SortCriterion, SortOrder};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::context::Visible;
use crate::securityhub::finding::edit::Tail;
use crate::securityhub::finding::filter::Filters;
use crate::securityhub::finding::filter::tests::read;
use crate::securityhub::finding::path::{self, Kind, Path};
use crate::securityhub::finding::scan::{Passing, scan};
use crate::testing::Testing;

/// Filters and an order.
#[derive(Clone, Debug)]
pub struct Question {
    pub filters: Value,
    order: Vec<(&'static str, bool)>,
}

const TEXTS: [&str; 8] = [
    "severity",
    "status",
    "comment",
    "finding_info.types",
    "resources.type",
    "resources.uid",
    "vendor_attributes.severity",
    "metadata.uid",
];
const NUMBERS: [&str; 4] = [
    "severity_id",
    "status_id",
    "vendor_attributes.severity_id",
    "vulnerabilities.cve.cvss.base_score",
];
const DATES: [&str; 2] = ["finding_info.created_time_dt", "resources.modified_time_dt"];
const ORDERS: [&str; 9] = [
    "severity_id",
    "severity",
    "status",
    "comment",
    "finding_info.types",
    "resources.uid",
    "finding_info.created_time",
    "resources.modified_time_dt",
    "vulnerabilities.is_fix_available",
];
const DAY_MS: i64 = 86_400_000;
const NOW_MS: i64 = 1_767_225_600_000;

fn optional<T: std::fmt::Debug + Into<Value>>(
    strategy: impl Strategy<Value = T>,
) -> impl Strategy<Value = Value> {
    prop::option::of(strategy).prop_map(|value| value.map_or(Value::Null, Into::into))
}

fn date() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        (-5..5_i64).prop_map(|days| json!(NOW_MS + days * DAY_MS)),
    ]
}

/// What is set in a document.
pub fn document() -> impl Strategy<Value = Value> {
    let word = || "[ab]{1,2}( [ab])?";
    let tag = ("[kl]", "[ab]{1,2}").prop_map(|(name, value)| json!({"name": name, "value": value}));
    let resource = (
        optional(word()),
        optional("[a-d]{9}"),
        prop::collection::vec(tag, 0..3),
        date(),
    );
    let resource = resource.prop_map(|(kind, uid, tags, modified)| {
        json!({"type": kind, "uid": uid, "tags": tags, "modified_time": modified})
    });
    let vulnerability = (
        prop::collection::vec(
            (0..5_i32).prop_map(|n| json!({"base_score": f64::from(n) * 1.7})),
            0..3,
        ),
        optional(any::<bool>()),
    );
    let vulnerability = vulnerability
        .prop_map(|(cvss, fix)| json!({"cve": {"cvss": cvss}, "is_fix_available": fix}));
    let endpoint = prop::sample::select(vec!["10.0.0.1", "10.1.0.1", "::1", "none"]);
    (
        prop::sample::select(vec![(1, "Informational"), (3, "Medium"), (5, "Critical")]),
        prop::collection::vec(word(), 0..3),
        prop::collection::vec(resource, 0..3),
        prop::collection::vec(vulnerability, 0..3),
        date(),
        optional(word()),
        optional(endpoint),
    )
        .prop_map(|((id, severity), types, resources, vulnerabilities, created, comment, ip)| {
            json!({
                "severity_id": id, "severity": severity, "resources": resources,
                "finding_info": {"uid": "", "title": "t", "types": types, "created_time": created},
                "vulnerabilities": vulnerabilities, "comment": comment,
                "evidences": [{"src_endpoint": {"ip": ip}}],
            })
        })
}

/// The members of an update.
pub fn edit() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec![0, 1, 5, 99]).prop_map(|id| json!({"SeverityId": id})),
        prop::sample::select(vec![1, 3, 4]).prop_map(|id| json!({"StatusId": id})),
        "[ab]{1,2}".prop_map(|comment| json!({"Comment": comment})),
    ]
}

/// A filter, with the name of its list.
fn filter() -> impl Strategy<Value = (&'static str, Value)> {
    const COMPARISONS: [&str; 5] = [
        "EQUALS",
        "PREFIX",
        "NOT_EQUALS",
        "PREFIX_NOT_EQUALS",
        "CONTAINS_WORD",
    ];
    let value = prop_oneof![
        "[ab]{1,2}",
        Just("Medium".to_owned()),
        Just("New".to_owned())
    ];
    let text = (
        prop::sample::select(&TEXTS),
        prop::sample::select(&COMPARISONS),
        value,
    );
    let text = text.prop_map(|(field, comparison, value)| {
        let filter = json!({"Comparison": comparison, "Value": value});
        (
            "StringFilters",
            json!({"FieldName": field, "Filter": filter}),
        )
    });
    let number = (
        prop::sample::select(&NUMBERS),
        prop::sample::select(&["Gte", "Lt", "Eq"]),
        0..7_i32,
    );
    let number = number.prop_map(|(field, bound, number)| {
        (
            "NumberFilters",
            json!({"FieldName": field, "Filter": {bound: number}}),
        )
    });
    let date = (prop::sample::select(&DATES), 0..6_i32, any::<bool>());
    let date = date.prop_map(|(field, days, within)| {
        let comparison = if within { "WITHIN" } else { "OLDER_THAN" };
        let range = json!({"Value": days, "Unit": "DAYS", "Comparison": comparison});
        (
            "DateFilters",
            json!({"FieldName": field, "Filter": {"DateRange": range}}),
        )
    });
    let map = (
        "[kl]",
        prop::sample::select(&["EQUALS", "NOT_EQUALS"]),
        "[ab]{1,2}",
    );
    let map = map.prop_map(|(key, comparison, value)| {
        let filter = json!({"Key": key, "Comparison": comparison, "Value": value});
        (
            "MapFilters",
            json!({"FieldName": "resources.tags", "Filter": filter}),
        )
    });
    let boolean = any::<bool>().prop_map(|value| {
        let field = "vulnerabilities.is_fix_available";
        (
            "BooleanFilters",
            json!({"FieldName": field, "Filter": {"Value": value}}),
        )
    });
    let address = prop::sample::select(vec!["10.0.0.0/16", "::1", "0.0.0.0/0"]).prop_map(|cidr| {
        let field = "evidences.src_endpoint.ip";
        (
            "IpFilters",
            json!({"FieldName": field, "Filter": {"Cidr": cidr}}),
        )
    });
    prop_oneof![4 => text, 2 => number, 1 => date, 1 => map, 1 => boolean, 1 => address]
}

fn composite() -> impl Strategy<Value = Value> {
    let operator = prop::sample::select(&["AND", "OR"]);
    (prop::collection::vec(filter(), 0..4), operator).prop_map(|(filters, operator)| {
        let mut composite = json!({"Operator": operator});
        for (list, filter) in filters {
            match composite[list].as_array_mut() {
                Some(filters) => filters.push(filter),
                None => composite[list] = json!([filter]),
            }
        }
        composite
    })
}

/// Filters that go together, in composites two deep, and an order.
pub fn question() -> impl Strategy<Value = Question> {
    let nested = (composite(), prop::collection::vec(composite(), 0..2));
    let nested = nested.prop_map(|(mut outer, inner)| {
        outer["NestedCompositeFilters"] = json!(inner);
        outer
    });
    let operator = prop::sample::select(&["AND", "OR"]);
    let filters = (prop::collection::vec(nested, 0..3), operator).prop_map(|(composites, operator)| {
        json!({"CompositeFilters": composites, "CompositeOperator": operator})
    });
    let filters = filters.prop_filter("filters that go together", |filters| {
        Filters::compile(&read(filters), Timestamp(NOW_MS)).is_ok()
    });
    let order = prop::collection::vec((prop::sample::select(&ORDERS), any::<bool>()), 0..3);
    (filters, order).prop_map(|(filters, order)| Question { filters, order })
}

/// All documents as providers sent them, by uid.
pub fn provided(t: &Testing) -> Vec<(String, Value)> {
    read_all(t, false)
}

/// All documents with what was set in them, by uid.
pub fn kept(t: &Testing) -> Vec<(String, Value)> {
    read_all(t, true)
}

fn read_all(t: &Testing, is_edited: bool) -> Vec<(String, Value)> {
    let read = t.store.read_blocking(move |tx| {
        let mut kept = Vec::new();
        scan(
            tx,
            Visible::Organization,
            &Tail::default(),
            |Passing {
                 uid, text, edit, ..
             }| {
                let mut document: Value = serde_json::from_str(&text)?;
                if let Some(edit) = edit.filter(|_| is_edited) {
                    edit.apply(&mut document);
                }
                kept.push((uid.to_owned(), document));
                Ok(())
            },
        )
        .map(|()| kept)
    });
    read.expect("a read").unwrap()
}

/// What a document has for a criterion.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
enum First {
    Number(f64),
    Text(String),
}

impl Question {
    pub fn criteria(&self) -> Vec<SortCriterion> {
        let criterion = |(field, descending): &(&'static str, bool)| SortCriterion {
            field: Some((*field).to_owned()),
            sort_order: Some(if *descending {
                SortOrder::Desc
            } else {
                SortOrder::Asc
            }),
        };
        self.order.iter().map(criterion).collect()
    }

    /// The uids of all documents that match, in order.
    pub fn answer(&self, kept: &[(String, Value)], now: Timestamp) -> Vec<String> {
        let filters = Filters::compile(&read(&self.filters), now).unwrap();
        let matching = kept
            .iter()
            .filter(|(_, document)| filters.matches(document));
        let mut matching: Vec<&(String, Value)> = matching.collect();
        let default = [("time", true)];
        let order = if self.order.is_empty() {
            &default[..]
        } else {
            &self.order
        };
        matching.sort_by(|(a_uid, a), (b_uid, b)| {
            let each = order.iter().map(|(field, descending)| {
                compare(
                    first(field, *descending, a),
                    first(field, *descending, b),
                    *descending,
                )
            });
            each.fold(Ordering::Equal, Ordering::then)
                .then_with(|| a_uid.cmp(b_uid))
        });
        matching.into_iter().map(|(uid, _)| uid.clone()).collect()
    }
}

fn first(field: &str, descending: bool, document: &Value) -> Option<First> {
    let path = Path::of(field);
    let mut found: Vec<First> = Vec::new();
    let mut take = |value| {
        found.push(value);
        false
    };
    match path::kind_of(field).unwrap() {
        Kind::Text => path.any_text(document, |text| take(First::Text(text.to_owned()))),
        Kind::Number => path.any_number(document, |number| take(First::Number(number))),
        Kind::Date => path.any_time_ms(document, |ms| take(First::Number(ms as f64))),
        Kind::Boolean => path.any(document, |value| {
            let flag = value
                .as_bool()
                .map(|flag| First::Number(u8::from(flag).into()));
            flag.is_some_and(&mut take)
        }),
    };
    found.sort_by(|a, b| a.partial_cmp(b).unwrap());
    if descending {
        found.pop()
    } else {
        found.into_iter().next()
    }
}

fn compare(a: Option<First>, b: Option<First>, descending: bool) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) if descending => b.partial_cmp(&a).unwrap(),
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap(),
    }
}
