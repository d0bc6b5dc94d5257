//! Severity of a vulnerability: CVSS base scores, and the words that stand for them.

use std::fmt;

use cvss::Cvss as Vector;

use super::osv::{Advisory, Affected, SeverityScore};
use super::package::Package;

/// Severity in the words of inspector2, in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nobody has scored it yet.
    Untriaged,
    /// Score 0.
    Informational,
    /// 0.1 to 3.9.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 to 10.
    Critical,
}

impl Severity {
    /// The word of a base score, 0 to 10, on the scale of CVSS v3.
    pub fn from_score(score: f64) -> Self {
        match score {
            s if s >= 9.0 => Self::Critical,
            s if s >= 7.0 => Self::High,
            s if s >= 4.0 => Self::Medium,
            s if s >= 0.1 => Self::Low,
            _ => Self::Informational,
        }
    }

    /// The severity a database means by its word, such as `MODERATE`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "none" | "negligible" | "informational" | "info" => Some(Self::Informational),
            "low" => Some(Self::Low),
            "moderate" | "medium" => Some(Self::Medium),
            "high" | "important" => Some(Self::High),
            "critical" => Some(Self::Critical),
            _ => None,
        }
    }

    /// The word of inspector2.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Untriaged => "UNTRIAGED",
            Self::Informational => "INFORMATIONAL",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A version of the Common Vulnerability Scoring System.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CvssVersion {
    /// 2.0.
    V2,
    /// 3.0.
    V30,
    /// 3.1.
    V31,
    /// 4.0.
    V4,
}

impl CvssVersion {
    /// The number, such as `3.1`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "2.0",
            Self::V30 => "3.0",
            Self::V31 => "3.1",
            Self::V4 => "4.0",
        }
    }

    /// Version 3 first, since inspector2 rates by it, then 4, then 2.
    fn preference(self) -> u8 {
        match self {
            Self::V31 => 3,
            Self::V30 => 2,
            Self::V4 => 1,
            Self::V2 => 0,
        }
    }
}

/// A vector with the base score that it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct CvssScore {
    /// The version of the vector.
    pub version: CvssVersion,
    /// 0 to 10, in tenths.
    pub base_score: f64,
    /// The vector as given, without parentheses.
    pub vector: String,
}

/// A text that is no CVSS vector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{vector:?} is not a CVSS vector of version 2.0, 3.0, 3.1 or 4.0: {reason}")]
pub struct CvssError {
    /// The text.
    pub vector: String,
    /// What is wrong with it.
    pub reason: String,
}

const V2_BASE: &[&str] = &["AV", "AC", "Au", "C", "I", "A"];
const V3_BASE: &[&str] = &["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
const V4_BASE: &[&str] = &[
    "AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA",
];

/// Reads a vector and scores its base metrics, all of which it must have.
pub fn base_score(vector: &str) -> Result<CvssScore, CvssError> {
    let text = vector.trim().trim_start_matches('(').trim_end_matches(')');
    let fail = |reason: String| CvssError {
        vector: vector.to_owned(),
        reason,
    };
    let parse = |text: &str| {
        text.parse::<Vector>()
            .map_err(|error| fail(error.to_string()))
    };
    let whole = parse(text)?;
    let metrics = match whole {
        Vector::CvssV20(_) => V2_BASE,
        Vector::CvssV30(_) | Vector::CvssV31(_) => V3_BASE,
        _ => V4_BASE,
    };
    // Without a metric a version 3 vector would score 0, as if it were harmless.
    let has = |metric: &str| {
        text.split('/')
            .any(|part| part.split(':').next() == Some(metric))
    };
    if let Some(missing) = metrics.iter().find(|metric| !has(metric)) {
        return Err(fail(format!("the base metric {missing} is missing")));
    }
    let (version, base_score) = match whole {
        Vector::CvssV20(vector) => (CvssVersion::V2, vector.score().value()),
        Vector::CvssV30(vector) => (CvssVersion::V30, vector.base_score().value()),
        Vector::CvssV31(vector) => (CvssVersion::V31, vector.base_score().value()),
        // Other metrics of version 4 change its score, which then is no base score.
        Vector::CvssV40(_) => (CvssVersion::V4, parse(&v4_base(text))?.score()),
        _ => return Err(fail("this version is not scored".to_owned())),
    };
    Ok(CvssScore {
        version,
        base_score,
        vector: text.to_owned(),
    })
}

fn v4_base(text: &str) -> String {
    let is_base = |part: &&str| match part.split_once(':') {
        Some((name, _)) => name == "CVSS" || V4_BASE.contains(&name),
        None => true,
    };
    text.split('/')
        .filter(is_base)
        .collect::<Vec<_>>()
        .join("/")
}

/// How severe a vulnerability is, and by which score.
#[derive(Clone, Debug, PartialEq)]
pub struct Rating {
    /// The word.
    pub severity: Severity,
    /// The score it comes from; absent when only a word was given.
    pub cvss: Option<CvssScore>,
}

/// Rates an advisory, by what it says of one package before what it says in general.
///
/// The score of the preferred version decides; without a readable score the database's word; without
/// a word an advisory that is informational is so rated, and any other stays untriaged.
pub fn rate(advisory: &Advisory, package: Option<&Package>) -> Rating {
    let about = |entry: &&Affected| package.is_some_and(|package| package.is_in(entry));
    let entries: Vec<_> = advisory.affected.iter().filter(about).collect();
    let own = preferred(entries.iter().flat_map(|entry| &entry.severity));
    if let Some(cvss) = own.or_else(|| preferred(&advisory.severity)) {
        return Rating {
            severity: Severity::from_score(cvss.base_score),
            cvss: Some(cvss),
        };
    }
    let of_entry = entries
        .iter()
        .find_map(|entry| entry.severity_word.as_deref());
    let of_system = advisory.severity.iter().map(|entry| entry.score.as_str());
    let words = of_entry
        .into_iter()
        .chain(advisory.severity_word.as_deref())
        .chain(of_system);
    let informational = || {
        let all = !entries.is_empty() && entries.iter().all(|entry| entry.informational.is_some());
        if all {
            Severity::Informational
        } else {
            Severity::Untriaged
        }
    };
    let severity = words
        .filter_map(Severity::from_word)
        .next()
        .unwrap_or_else(informational);
    Rating {
        severity,
        cvss: None,
    }
}

/// The preferred one of the scores that can be read.
fn preferred<'a>(scores: impl IntoIterator<Item = &'a SeverityScore>) -> Option<CvssScore> {
    let read = scores
        .into_iter()
        .filter_map(|score| base_score(&score.score).ok());
    read.max_by(|a, b| {
        let by_version = a.version.preference().cmp(&b.version.preference());
        by_version.then(a.base_score.total_cmp(&b.base_score))
    })
}

#[cfg(test)]
mod tests;
