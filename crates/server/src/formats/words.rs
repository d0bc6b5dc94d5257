//! How scanners say severities, times and places, and what OCSF calls those.

use sha2::{Digest, Sha256};

use crate::hex;
use crate::instant;

/// The longest part of an identifier that stands in it as it is.
const PART_BYTES_MAX: usize = 256;
/// The longest text of a description that is kept.
const TEXT_CHARS_MAX: usize = 8000;

/// `severity_id` of a word that scanners use.
pub fn severity_id(word: &str) -> i64 {
    match word.to_ascii_lowercase().as_str() {
        "none" | "info" | "information" | "informational" | "negligible" => 1,
        "low" | "note" | "minor" => 2,
        "medium" | "moderate" | "warning" => 3,
        "high" | "important" | "error" | "major" => 4,
        "critical" => 5,
        _ => 0,
    }
}

/// `severity_id` of a score from 0 to 10, in the bands of CVSS.
pub fn severity_of_score(score: f64) -> i64 {
    match score {
        score if score >= 9.0 => 5,
        score if score >= 7.0 => 4,
        score if score >= 4.0 => 3,
        score if score > 0.0 => 2,
        _ => 1,
    }
}

/// Milliseconds of a time as reports write it; one without an offset is in UTC.
pub fn time_ms(text: &str) -> Option<i64> {
    let ms = instant::ms_of_text(text).or_else(|| spoken(text))?;
    // Tools write the year 1 where they know no time.
    (ms > 0).then_some(ms)
}

/// A time as events of Inspector have it: `Dec 3, 2021, 6:02:30 PM`.
fn spoken(text: &str) -> Option<i64> {
    // Newer Java writes another blank before the half of the day.
    let text = text.replace(['\u{202f}', '\u{a0}'], " ");
    let civil = jiff::civil::DateTime::strptime("%b %d, %Y, %I:%M:%S %p", text).ok()?;
    instant::ms_of_text(&civil.to_string())
}

/// A text within bounds.
pub fn bounded(text: &str) -> &str {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// A name as part of an identifier: lower case, with a hyphen for all but letters and digits.
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            c if c.is_alphanumeric() => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Parts as one identifier, in which each can still be told from the next. A long one is its hash.
pub fn joined(parts: &[&str]) -> String {
    let escaped = parts.iter().map(|part| match part.len() {
        0..=PART_BYTES_MAX => part.replace('\\', "\\\\").replace('|', "\\|"),
        _ => {
            format!("sha256:{}", hex::digits(Sha256::digest(part)))
        }
    });
    escaped.collect::<Vec<_>>().join("|")
}

/// A short name for a text; nothing for none.
pub fn digest(text: &str) -> String {
    match text {
        "" => String::new(),
        text => hex::digits(&Sha256::digest(text)[..8]),
    }
}

/// Whether an identifier is one of the CVE programme.
pub fn is_cve(id: &str) -> bool {
    id.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("CVE-"))
}

/// A CWE as `CWE-79`, however it is written: `cwe-079`, `external/cwe/cwe-079`, `79`.
pub fn cwe(text: &str) -> Option<String> {
    let last = text.rsplit('/').next().unwrap_or_default();
    let digits = match last.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("cwe-") => &last[4..],
        _ => last,
    };
    let number: u32 = digits.parse().ok()?;
    Some(format!("CWE-{number}"))
}
