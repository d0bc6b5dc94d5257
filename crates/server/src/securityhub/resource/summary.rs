//! What findings there are of resources.

use std::collections::{BTreeMap, HashMap};

use balefire_api::generated::securityhub::{ResourceFindingsSummary, ResourceSeverityBreakdown};
use balefire_columns::{Plan, Scalar, Tally};
use serde_json::{Value, json};

use super::uid_of;
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

/// Of a class of findings and the name of a product: how many there are by severity.
type Counts = BTreeMap<(String, String), [i64; SEVERITIES]>;

/// The open findings of some resources: those that are neither suppressed nor done with, and whose check did
/// not pass.
#[derive(Default)]
pub struct Summaries(HashMap<String, Counts>);

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
        let tallies = findings.tallies(visible, Plan::All(plans), told);
        let mut by_resource: HashMap<(String, String), Counts> = HashMap::new();
        for Tally { values, count } in tallies {
            let [account, id, class, product, severity] = values;
            let (Scalar::Text(account), Scalar::Text(id)) = (account, id) else {
                continue;
            };
            let counts = by_resource.entry((account, id)).or_default();
            let counts = counts.entry((named(class), named(product))).or_default();
            counts[counter(&severity)] += i64::try_from(count).unwrap_or(i64::MAX);
        }
        let with_uid =
            |((account, id), counts): ((String, String), Counts)| (uid_of(&account, &id), counts);
        Ok(Summaries(by_resource.into_iter().map(with_uid).collect()))
    }

    /// What a filter may ask of the findings of a resource.
    pub fn document(&self, uid: &str) -> Value {
        let summary = |((class, product), counts): (&(String, String), &[i64; SEVERITIES])| {
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
        self.0.get(uid).into_iter().flatten().map(summary).collect()
    }

    pub fn shown(&self, uid: &str) -> Vec<ResourceFindingsSummary> {
        let summary = |((class, product), counts): (&(String, String), &[i64; SEVERITIES])| {
            ResourceFindingsSummary {
                finding_type: class.clone(),
                product_name: product.clone(),
                total_findings: narrow(counts.iter().sum()),
                severities: Some(severities(*counts)),
            }
        };
        self.0.get(uid).into_iter().flatten().map(summary).collect()
    }
}

/// Every attribute that is asked for has a column.
fn place(column: Option<usize>) -> Result<usize, Failure> {
    column.ok_or_else(|| Failure::Internal("an attribute of findings has no column".into()))
}

fn named(value: Scalar) -> String {
    match value {
        Scalar::Text(text) if !text.trim().is_empty() => text,
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
