//! Random filters, orders and groups, and their answers by looking at every finding.

use std::collections::{BTreeMap, BTreeSet};

use balefire_api::generated::securityhub::{
    AWS_SECURITY_FINDING_FILTERS, AwsSecurityFindingFilters, SortCriterion, SortOrder,
};
use balefire_api::{Timestamp, Typed, json as wire, shape};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::securityhub::finding::filter::{Filters, attribute};
use crate::securityhub::finding::path::Path;
use crate::securityhub::finding::sort::Sort;
use crate::testing::{ADMINISTRATOR, MEMBER};

/// Texts that findings have or nearly have, by attribute.
const TEXTS: [(&str, &[&str]); 24] = [
    ("AwsAccountId", &["111111111111", "2"]),
    ("AwsAccountName", &["one"]),
    ("CompanyName", &["A", "Personal"]),
    ("ComplianceAssociatedStandardsId", &["s/1", "s/2", "s/"]),
    ("ComplianceSecurityControlId", &["S3.1", "S3", "4"]),
    (
        "ComplianceStatus",
        &["FAILED", "PASSED", "NOT_AVAILABLE", "P"],
    ),
    ("Description", &["d", "a text", "t"]),
    ("GeneratorId", &["g", "scanner", "prowler", "arn:"]),
    ("Id", &["f1", "f"]),
    (
        "ProductArn",
        &[
            "arn:aws:securityhub:eu-central-1::product/prowler/prowler",
            "arn:aws:securityhub:us-east-1::product/my-tool/my-tool",
            "arn:aws:securityhub:eu-central-1::product/a/b",
            "arn:aws:securityhub:eu-central-1::product/",
        ],
    ),
    ("ProductName", &["Prowler", "Default", "7"]),
    ("RecommendationText", &["do it", "do"]),
    ("RecordState", &["ACTIVE", "ARCHIVED", "A"]),
    ("Region", &["eu-central-1", "us-east-1", "5"]),
    (
        "ResourceId",
        &["r1", "r2", "r", "AWS::::Account:111111111111", "AWS"],
    ),
    ("ResourcePartition", &["aws", "mars"]),
    ("ResourceRegion", &["us-east-1", "eu"]),
    (
        "ResourceType",
        &[
            "AwsS3Bucket",
            "Other",
            "AwsAccount",
            "AWS::S3::Bucket",
            "AwsEc2EIP",
            "Aws",
        ],
    ),
    (
        "SeverityLabel",
        &["HIGH", "LOW", "INFORMATIONAL", "CRITICAL", "H"],
    ),
    ("SourceUrl", &["https://a.example"]),
    ("Title", &["t", "a title", "a"]),
    ("Type", &["A/B", "E", "A/"]),
    ("VulnerabilitiesFixAvailable", &["YES", "NO"]),
    (
        "WorkflowStatus",
        &["NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED", "N"],
    ),
];
const TIMES: [&str; 4] = [
    "CreatedAt",
    "FirstObservedAt",
    "LastObservedAt",
    "UpdatedAt",
];
const ORDERS: [&str; 9] = [
    "AwsAccountId",
    "CreatedAt",
    "Id",
    "LastObservedAt",
    "ResourceId",
    "SeverityNormalized",
    "Title",
    "UpdatedAt",
    "WorkflowStatus",
];

#[derive(Clone, Debug)]
pub struct Asked {
    pub filters: Value,
    order: Vec<(&'static str, bool)>,
    pub group: &'static str,
    pub page: usize,
    /// Who asks.
    pub account: &'static str,
}

fn filter() -> impl Strategy<Value = (&'static str, Value)> {
    const COMPARISONS: [&str; 4] = ["EQUALS", "PREFIX", "NOT_EQUALS", "PREFIX_NOT_EQUALS"];
    let text = (prop::sample::select(&TEXTS), any::<prop::sample::Index>());
    let text = (text, prop::sample::select(&COMPARISONS)).prop_map(
        |(((name, values), place), comparison)| {
            let value = values[place.index(values.len())];
            (name, json!({"Comparison": comparison, "Value": value}))
        },
    );
    let bound = (
        prop::sample::select(&["Gte", "Lte", "Eq"]),
        prop::sample::select(&[0, 1, 39, 40, 70, 75, 77, 90, 95]),
    );
    let number = bound.prop_map(|(bound, value)| ("SeverityNormalized", json!({bound: value})));
    let time = (
        prop::sample::select(&TIMES),
        prop::sample::select(&[0, 1, 12, 30, 40]),
    );
    let time =
        time.prop_map(|(name, days)| (name, json!({"DateRange": {"Unit": "DAYS", "Value": days}})));
    let tag = (
        "[kl]",
        prop::sample::select(&["EQUALS", "NOT_EQUALS"]),
        "[ab]",
    );
    let tag = tag.prop_map(|(key, comparison, value)| {
        let filter = json!({"Key": key, "Comparison": comparison, "Value": value});
        ("ResourceTags", filter)
    });
    let others = prop::sample::select(vec![
        ("Keyword", json!({"Value": "title"})),
        ("Confidence", json!({"Gte": 1})),
        ("Sample", json!({"Value": true})),
    ]);
    prop_oneof![12 => text, 2 => number, 2 => time, 1 => tag, 1 => others]
}

pub fn asked() -> impl Strategy<Value = Asked> {
    let filters = prop::collection::vec(filter(), 0..4).prop_map(|each| {
        let mut filters = json!({});
        for (name, filter) in each {
            match filters[name].as_array_mut() {
                Some(list) => list.push(filter),
                None => filters[name] = json!([filter]),
            }
        }
        filters
    });
    let filters = filters.prop_filter("filters that go together", |filters| {
        Filters::compile_attributes(&read(filters), Timestamp(0)).is_ok()
    });
    let order = prop::collection::vec((prop::sample::select(&ORDERS), any::<bool>()), 0..3);
    let groups: Vec<&str> = TEXTS.iter().map(|(name, _)| *name).collect();
    let account = prop::sample::select(&[ADMINISTRATOR, ADMINISTRATOR, MEMBER]);
    let parts = (
        filters,
        order,
        prop::sample::select(groups),
        1..8_usize,
        account,
    );
    parts.prop_map(|(filters, order, group, page, account)| Asked {
        filters,
        order,
        group,
        page,
        account,
    })
}

fn read(filters: &Value) -> AwsSecurityFindingFilters {
    let structure = shape::structure(&AWS_SECURITY_FINDING_FILTERS);
    let node = wire::read(structure, filters.to_string().as_bytes());
    let node = node.unwrap_or_else(|rejection| panic!("{}", rejection.message()));
    AwsSecurityFindingFilters::from_node(node).unwrap()
}

impl Asked {
    /// Filters without an order.
    pub fn plain(filters: Value) -> Asked {
        Asked {
            filters,
            order: Vec::new(),
            group: "Id",
            page: 1,
            account: ADMINISTRATOR,
        }
    }

    pub fn compiled(&self, now: Timestamp) -> Filters {
        Filters::compile_attributes(&read(&self.filters), now).unwrap()
    }

    pub fn criteria(&self) -> Value {
        let criterion = |(field, descending): &(&str, bool)| json!({"Field": field, "SortOrder": if *descending { "desc" } else { "asc" }});
        self.order.iter().map(criterion).collect()
    }

    fn sort(&self) -> Sort {
        let criterion = |(field, descending): &(&str, bool)| SortCriterion {
            field: Some((*field).to_owned()),
            sort_order: Some(if *descending {
                SortOrder::Desc
            } else {
                SortOrder::Asc
            }),
        };
        let criteria: Vec<SortCriterion> = self.order.iter().map(criterion).collect();
        Sort::compile_attributes(&criteria).unwrap()
    }

    /// The findings that match, in order.
    pub fn found<'k>(
        &self,
        kept: &'k [(String, Value)],
        now: Timestamp,
    ) -> Vec<&'k (String, Value)> {
        let (filters, sort) = (self.compiled(now), self.sort());
        let matching = kept
            .iter()
            .filter(|(_, document)| filters.matches(document));
        let mut matching: Vec<&(String, Value)> = matching.collect();
        matching.sort_by_key(|(uid, document)| sort.key(document, uid));
        matching
    }

    /// The values of the group and how many findings have each.
    pub fn counted(&self, kept: &[(String, Value)], now: Timestamp) -> Vec<(String, i64)> {
        let path = Path::of(attribute(self.group).unwrap().path);
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for (_, document) in self.found(kept, now) {
            let mut values = BTreeSet::new();
            path.any_text(document, |text| {
                values.insert(text.to_owned());
                false
            });
            for value in values.into_iter().filter(|value| !value.trim().is_empty()) {
                *counts.entry(value).or_default() += 1;
            }
        }
        let mut counts: Vec<(String, i64)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| -count);
        counts.truncate(100);
        counts
    }
}
