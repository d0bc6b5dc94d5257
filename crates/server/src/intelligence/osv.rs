//! Advisories in the OSV format: what is kept of them, reading feeds of them, deciding by them.

mod affected;
mod read;
mod record;

pub use affected::{Verdict, decide, entries_of, fixed_in};
pub use read::{FeedSummary, read, read_directory, read_input};

use balefire_api::Timestamp;
use serde::{Deserialize, Serialize};

/// One advisory. It is written and read back as an OSV record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "record::Record", into = "record::Record")]
pub struct Advisory {
    /// The advisory's own id.
    pub id: String,
    /// Ids of the same vulnerability elsewhere.
    pub aliases: Vec<String>,
    /// Ids of vulnerabilities that have to do with it and are not the same.
    pub related: Vec<String>,
    /// Ids of the vulnerabilities it was made from, as distributions name them.
    pub upstream: Vec<String>,
    /// One line.
    pub summary: Option<String>,
    /// Markdown.
    pub details: Option<String>,
    /// When it was published; absent where the feed says year 1.
    pub published: Option<Timestamp>,
    /// When it last changed; absent where the feed says year 1.
    pub modified: Option<Timestamp>,
    /// When it was taken back. A withdrawn advisory matches nothing.
    pub withdrawn: Option<Timestamp>,
    /// Scores of the vulnerability.
    pub severity: Vec<SeverityScore>,
    /// A word such as `MODERATE`, where the database gives one.
    pub severity_word: Option<String>,
    /// Addresses to read on.
    pub references: Vec<Reference>,
    /// The packages it is about.
    pub affected: Vec<Affected>,
    /// Weaknesses, as `CWE-79`.
    pub cwes: Vec<String>,
}

/// A score of some system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeverityScore {
    /// The system, such as `CVSS_V3`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A vector, or whatever the system writes.
    pub score: String,
}

/// An address with its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The kind, such as `FIX`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// The address.
    pub url: String,
}

/// One package with the versions that are affected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// The package; absent in records about a repository alone.
    pub package: Option<AffectedPackage>,
    /// Ranges of versions.
    pub ranges: Vec<Range>,
    /// Versions listed one by one, besides the ranges.
    pub versions: Vec<String>,
    /// Scores for this package, before those of the advisory.
    pub severity: Vec<SeverityScore>,
    /// A word for this package, before that of the advisory.
    pub severity_word: Option<String>,
    /// RustSec's kind of an advisory that is no vulnerability in itself, such as `unmaintained`.
    pub informational: Option<String>,
}

/// A package as an advisory names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedPackage {
    /// The ecosystem as text, since databases keep adding new ones.
    #[serde(default)]
    pub ecosystem: String,
    /// The name as the ecosystem writes it.
    #[serde(default)]
    pub name: String,
    /// The package URL, where given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
}

/// A range of versions, told by the events along it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// What the events' texts are.
    pub kind: RangeKind,
    /// In the record's order, which is not the order of versions.
    pub events: Vec<Event>,
}

/// What the events of a range are written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeKind {
    /// Versions by SemVer 2.0.
    SemVer,
    /// Versions by the ecosystem's own rules.
    Ecosystem,
    /// Commits; they say nothing about versions.
    Git,
    /// A kind this program does not know.
    Other(String),
}

impl RangeKind {
    /// Whether the events are versions of the package.
    pub fn is_versions(&self) -> bool {
        matches!(self, Self::SemVer | Self::Ecosystem)
    }
}

/// A point of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Affected from here on; `0` stands before all versions.
    Introduced(String),
    /// No longer affected from here on.
    Fixed(String),
    /// Affected up to and including this.
    LastAffected(String),
    /// Nothing from here on is meant; `*` stands after all versions.
    Limit(String),
}
