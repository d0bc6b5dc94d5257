//! Findings: one vulnerability of one resource each, and what happens to them over time.

mod batch_get_finding_details;
mod facts;
mod filter;
mod life;
mod list_findings;
mod of_resource;
mod order;
#[cfg(test)]
mod tests;
mod view;

pub use batch_get_finding_details::batch_get_finding_details;
pub use life::{CLOSED_KEPT_MS, REOPENED_WITHIN_MS, Step, remove_expired, steps};
pub use list_findings::list_findings;
pub use of_resource::{findings_of, is_kept, kept_of};

use balefire_api::generated::inspector2::{FindingStatus, FixAvailable};
use balefire_store::{Error, Record, Row, Table, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hex;
use crate::intelligence::severity::Severity;

/// A finding as it is kept. What the feeds know of its vulnerability is read when it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub arn: String,
    pub account: String,
    pub region: String,
    /// The resource's ARN.
    pub resource: String,
    /// The id by which the resource is shown.
    pub resource_id: String,
    /// In the model's words.
    pub resource_type: String,
    /// The repository of an image, else empty.
    pub repository: String,
    pub vulnerability: String,
    /// The database whose advisory is shown.
    pub source: String,
    /// The database's own word at the last scan that changed the finding, else empty.
    pub vendor_severity: String,
    /// As rated at the last scan that changed the finding.
    pub severity: Severity,
    /// The score of that rating in tenths, -1 where there is none.
    pub score_tenths: i64,
    pub status: FindingStatus,
    pub first_observed_ms: i64,
    pub last_observed_ms: i64,
    pub updated_ms: i64,
    /// When it was closed, 0 while it is not.
    pub closed_ms: i64,
    pub matched: Matched,
}

/// What matching said, beyond the columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Matched {
    /// The advisory to show.
    pub advisory: String,
    /// Other ids of the vulnerability, the advisories' own included.
    pub related: Vec<String>,
    /// The version of the rating's score, such as `3.1`, and its vector.
    pub vector: Option<(String, String)>,
    pub packages: Vec<VulnerablePackage>,
}

/// An installed package that the vulnerability affects.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VulnerablePackage {
    pub name: String,
    pub version: String,
    pub path: Option<String>,
    /// In the model's words.
    pub manager: Option<String>,
    pub fixed_in: Option<String>,
}

impl Record for Finding {
    const TABLE: Table = Table {
        name: "inspector_finding",
        key: &["arn"],
        columns: &[
            "account",
            "region",
            "resource",
            "resource_id",
            "resource_type",
            "repository",
            "vulnerability",
            "source",
            "vendor_severity",
            "severity_rank",
            "score_tenths",
            "status",
            "first_observed_ms",
            "last_observed_ms",
            "updated_ms",
            "closed_ms",
            "match_body",
        ],
    };

    fn key(&self) -> Vec<Value> {
        vec![(&self.arn).into()]
    }

    fn values(&self) -> Vec<Value> {
        let matched = serde_json::to_vec(&self.matched);
        vec![
            (&self.account).into(),
            (&self.region).into(),
            (&self.resource).into(),
            (&self.resource_id).into(),
            (&self.resource_type).into(),
            (&self.repository).into(),
            (&self.vulnerability).into(),
            (&self.source).into(),
            (&self.vendor_severity).into(),
            rank(self.severity).into(),
            self.score_tenths.into(),
            self.status.as_str().into(),
            self.first_observed_ms.into(),
            self.last_observed_ms.into(),
            self.updated_ms.into(),
            self.closed_ms.into(),
            matched
                .expect("Invariant: texts and lists are always JSON")
                .into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        let text = |column: usize| row.text(column).map(str::to_owned);
        let other = |column: &str, expected| Error::Column {
            column: column.into(),
            expected,
            found: "something else",
        };
        Ok(Finding {
            arn: text(0)?,
            account: text(1)?,
            region: text(2)?,
            resource: text(3)?,
            resource_id: text(4)?,
            resource_type: text(5)?,
            repository: text(6)?,
            vulnerability: text(7)?,
            source: text(8)?,
            vendor_severity: text(9)?,
            severity: of_rank(row.int(10)?).ok_or_else(|| other("severity_rank", "a rank"))?,
            score_tenths: row.int(11)?,
            status: FindingStatus::parse(row.text(12)?)
                .ok_or_else(|| other("status", "a status"))?,
            first_observed_ms: row.int(13)?,
            last_observed_ms: row.int(14)?,
            updated_ms: row.int(15)?,
            closed_ms: row.int(16)?,
            matched: serde_json::from_slice(row.blob(17)?)
                .map_err(|_| other("match_body", "the JSON of a match"))?,
        })
    }
}

const RANKS: [Severity; 6] = [
    Severity::Untriaged,
    Severity::Informational,
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Critical,
];

/// The rank by which severities are sorted and kept. Stored rows depend on it, so it never changes.
pub(super) fn rank(severity: Severity) -> i64 {
    RANKS
        .iter()
        .position(|known| *known == severity)
        .unwrap_or_default() as i64
}

fn of_rank(rank: i64) -> Option<Severity> {
    RANKS.get(usize::try_from(rank).ok()?).copied()
}

impl Finding {
    /// The title: the vulnerability and the packages, each named once.
    pub fn title(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for package in &self.matched.packages {
            if !names.contains(&package.name.as_str()) {
                names.push(&package.name);
            }
        }
        clip(
            &format!("{} - {}", self.vulnerability, names.join(", ")),
            1024,
        )
    }

    /// Whether moving to other versions would end the finding.
    pub fn fix_available(&self) -> FixAvailable {
        let fixed = self
            .matched
            .packages
            .iter()
            .filter(|package| package.fixed_in.is_some())
            .count();
        match fixed {
            0 => FixAvailable::No,
            all if all == self.matched.packages.len() => FixAvailable::Yes,
            _ => FixAvailable::Partial,
        }
    }

    /// The CVSS score that rated it.
    pub fn score(&self) -> Option<f64> {
        (self.score_tenths >= 0).then(|| self.score_tenths as f64 / 10.0)
    }
}

/// The ARN of a finding: 32 hexadecimal digits of the SHA-256 of what it is about.
///
/// `opened_ms` tells a finding that came back too late to be the same one from the one before.
pub fn arn(
    partition: &str,
    account: &str,
    region: &str,
    resource: &str,
    vulnerability: &str,
    opened_ms: Option<i64>,
) -> String {
    let mut hash = Sha256::new();
    for part in [account, region, resource, vulnerability] {
        hash.update(part);
        hash.update([0]);
    }
    if let Some(opened_ms) = opened_ms {
        hash.update(opened_ms.to_be_bytes());
    }
    let digits = hex::digits(&hash.finalize()[..16]);
    format!("arn:{partition}:inspector2:{region}:{account}:finding/{digits}")
}

/// The first characters of a text that is too long, with a mark that it goes on.
fn clip(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    text.chars().take(chars_max - 1).chain(['…']).collect()
}
