//! What findings there are of resources.

use std::collections::{BTreeSet, HashMap, HashSet};

use balefire_api::generated::securityhub::{ResourceFindingsSummary, ResourceSeverityBreakdown};
use balefire_columns::{Key, Plan, Scalar, Tallies};
use serde_json::{Value, json};

use super::key_of;
use crate::context::Visible;
use crate::failure::Failure;
use crate::securityhub::finding::index::{Current, Fields};
use crate::securityhub::trend::SEVERITIES;

/// What findings without a class, or without a product's name, are said to have.
const UNKNOWN: &str = "Unknown";
/// Suppressed, resolved, archived and deleted.
const DONE: std::ops::RangeInclusive<f64> = 3.0..=6.0;
const ACTIVITY_CLOSE: f64 = 3.0;
const COMPLIANCE_PASS: f64 = 1.0;

/// How many findings there are of a kind, by severity.
type Counts = (usize, [i64; SEVERITIES]);

/// The open findings of some resources: those that are neither suppressed nor done with, and whose check did
/// not pass.
#[derive(Default)]
pub struct Summaries {
    /// Classes of findings and names of products, in order.
    kinds: Vec<(String, String)>,
    /// Of each resource, by the place of the kind.
    counts: HashMap<Key, Vec<Counts>>,
}

impl Summaries {
    /// Of all resources.
    pub fn of_all(
        findings: &Current<'_>,
        visible: Visible<'_>,
        fields: &Fields,
    ) -> Result<Summaries, Failure> {
        Summaries::read(findings, visible, fields, Vec::new())
    }

    /// Of resources with these ids, in whatever account.
    pub fn of_ids(
        findings: &Current<'_>,
        visible: Visible<'_>,
        fields: &Fields,
        ids: Vec<&str>,
    ) -> Result<Summaries, Failure> {
        let ids = Plan::OneOf {
            field: place(fields.text("resources.uid"))?,
            texts: ids,
        };
        Summaries::read(findings, visible, fields, vec![ids])
    }

    fn read(
        findings: &Current<'_>,
        visible: Visible<'_>,
        fields: &Fields,
        mut plans: Vec<Plan<'_>>,
    ) -> Result<Summaries, Failure> {
        let number = |name: &str| place(fields.number(name));
        let text = |name: &str| place(fields.text(name));
        let is = |field: usize, passes: fn(f64) -> bool| Plan::Number {
            field,
            passes: Box::new(passes),
        };
        plans.push(Plan::Not(Box::new(Plan::Any(vec![
            is(number("status_id")?, |status| DONE.contains(&status)),
            is(number("activity_id")?, |activity| {
                activity == ACTIVITY_CLOSE
            }),
            is(number("compliance.status_id")?, |status| {
                status == COMPLIANCE_PASS
            }),
        ]))));
        let told = [
            fields.account,
            text("resources.uid")?,
            text("class_name")?,
            text("metadata.product.name")?,
            number("severity_id")?,
        ];
        Ok(Summaries::sum(&findings.tallies(
            visible,
            Plan::All(plans),
            told,
        )))
    }

    fn sum(tallies: &Tallies<5>) -> Summaries {
        let [accounts, ids, classes, products, severities] = &tallies.values;
        let named =
            |class: usize, product: usize| (named(&classes[class]), named(&products[product]));
        let kinds = tallies.counts.iter();
        let kinds: HashSet<(usize, usize)> = kinds
            .map(|([_, _, class, product, _], _)| (*class, *product))
            .collect();
        let kinds: BTreeSet<(String, String)> = kinds
            .iter()
            .map(|(class, product)| named(*class, *product))
            .collect();
        let kinds = Vec::from_iter(kinds);
        let mut places: HashMap<(usize, usize), usize> = HashMap::new();
        // Each resource's is made once: a hash takes longer than all else.
        let mut keys: HashMap<(usize, usize), Option<Key>> = HashMap::new();
        let mut counts: HashMap<Key, Vec<Counts>> = HashMap::new();
        for ([account, id, class, product, severity], count) in &tallies.counts {
            let key = keys.entry((*account, *id)).or_insert_with(|| {
                match (&accounts[*account], &ids[*id]) {
                    (Scalar::Text(account), Scalar::Text(id)) => key_of(account, id),
                    _ => None,
                }
            });
            let Some(key) = *key else { continue };
            let kind = *places.entry((*class, *product)).or_insert_with(|| {
                kinds
                    .binary_search(&named(*class, *product))
                    .unwrap_or_default()
            });
            let of_resource = counts.entry(key).or_default();
            let known = of_resource.iter().position(|(known, _)| *known == kind);
            let known = known.unwrap_or_else(|| {
                of_resource.push((kind, [0; SEVERITIES]));
                of_resource.len() - 1
            });
            let counter = counter(&severities[*severity]);
            of_resource[known].1[counter] += i64::try_from(*count).unwrap_or(i64::MAX);
        }
        counts
            .values_mut()
            .for_each(|of_resource| of_resource.sort_unstable());
        Summaries { kinds, counts }
    }

    /// Class, product and counts of the findings of a resource.
    fn of(&self, key: &Key) -> impl Iterator<Item = (&str, &str, [i64; SEVERITIES])> {
        let counts = self.counts.get(key).into_iter().flatten();
        counts.map(|(kind, counts)| {
            let (class, product) = &self.kinds[*kind];
            (class.as_str(), product.as_str(), *counts)
        })
    }

    /// The classes of the findings of a resource.
    pub fn classes(&self, key: &Key) -> impl Iterator<Item = &str> {
        self.of(key).map(|(class, ..)| class)
    }

    /// What a filter may ask of the findings of a resource.
    pub fn document(&self, key: &Key) -> Value {
        let summary = |(class, product, counts): (&str, &str, [i64; SEVERITIES])| {
            let [
                unknown,
                informational,
                low,
                medium,
                high,
                critical,
                fatal,
                other,
            ] = counts;
            json!({
                "FindingType": class,
                "ProductName": product,
                "TotalFindings": counts.iter().sum::<i64>(),
                "Severities": {
                    "Unknown": unknown, "Informational": informational, "Low": low, "Medium": medium,
                    "High": high, "Critical": critical, "Fatal": fatal, "Other": other,
                },
            })
        };
        self.of(key).map(summary).collect()
    }

    pub fn shown(&self, key: &Key) -> Vec<ResourceFindingsSummary> {
        let summary =
            |(class, product, counts): (&str, &str, [i64; SEVERITIES])| ResourceFindingsSummary {
                finding_type: class.to_owned(),
                product_name: product.to_owned(),
                total_findings: narrow(counts.iter().sum()),
                severities: Some(severities(counts)),
            };
        self.of(key).map(summary).collect()
    }
}

/// Every attribute that is asked for has a column.
fn place(column: Option<usize>) -> Result<usize, Failure> {
    column.ok_or_else(|| Failure::Internal("an attribute of findings has no column".into()))
}

fn named(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) if !text.trim().is_empty() => text.clone(),
        _ => UNKNOWN.to_owned(),
    }
}

/// All that OCSF has no number for is Other; what has none is unknown.
fn counter(severity: &Scalar) -> usize {
    match severity {
        Scalar::Number(id) => (0..SEVERITIES - 1)
            .find(|known| *known as f64 == *id)
            .unwrap_or(SEVERITIES - 1),
        _ => 0,
    }
}

fn severities(counts: [i64; SEVERITIES]) -> ResourceSeverityBreakdown {
    let [
        unknown,
        informational,
        low,
        medium,
        high,
        critical,
        fatal,
        other,
    ] = counts.map(|count| Some(narrow(count)));
    ResourceSeverityBreakdown {
        critical,
        fatal,
        high,
        informational,
        low,
        medium,
        other,
        unknown,
    }
}

fn narrow(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
