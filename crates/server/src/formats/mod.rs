//! Reports of scanners, told apart by their content and made OCSF findings: text in, documents out.

mod asff;
mod cyclonedx;
mod draft;
mod each;
mod grype;
pub mod inspector;
mod namesakes;
mod ocsf;
mod prowler;
mod recognise;
mod sarif;
mod sheet;
#[cfg(test)]
mod tests;
mod trivy;
mod version;
mod words;

pub use recognise::recognise;
pub use version::{Version, Versions};

use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

/// The forms of reports that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Ocsf,
    Prowler,
    Sarif,
    Trivy,
    Grype,
    CycloneDx,
    Asff,
    Inspector,
}

/// A document and its place in the report.
#[derive(Debug)]
pub struct Placed {
    pub place: String,
    pub document: Box<RawValue>,
}

/// A part of a report of which no finding could be made.
#[derive(Debug, PartialEq)]
pub struct Refused {
    pub place: String,
    pub reason: String,
}

/// What a report covers: what it no longer names there is over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All that the product knows of the account.
    #[default]
    Product,
    /// What has a resource with this uid.
    Resource(String),
    /// It does not say what was scanned.
    Unknown,
}

/// The findings of a report.
#[derive(Debug)]
pub struct Report {
    pub format: Format,
    pub findings: Vec<Placed>,
    pub refused: Vec<Refused>,
    pub scope: Scope,
    /// The documents have no time, since the report has none.
    pub undated: bool,
    /// The tools, as products, that ran and found nothing, where others of the report found something.
    pub silent: Vec<String>,
}

/// What the report may not say and its bringer knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// What was scanned, in place of what the report calls it.
    pub scope: Option<&'a str>,
}

impl Given<'_> {
    /// What a file of events covers: each stands for itself, so only the bringer may know of less.
    pub fn of_events(self) -> Scope {
        let scope = self.scope.map(|uid| Scope::Resource(uid.into()));
        scope.unwrap_or_default()
    }
}

/// What stays open though a report is complete: that a tool finds nothing at all may be its failure.
pub fn kept_open(silent: &[String]) -> Option<String> {
    let tools = silent.join(", ");
    (!silent.is_empty()).then(|| {
        format!("what {tools} found before stays open, since the report has no findings of it")
    })
}

impl Report {
    /// One of findings that stand each for itself, of which none was taken yet.
    fn of_events(format: Format, given: Given<'_>) -> Report {
        Report {
            format,
            findings: Vec::new(),
            refused: Vec::new(),
            scope: given.of_events(),
            undated: false,
            silent: Vec::new(),
        }
    }

    /// Takes the document of one, or why there is none.
    fn take(&mut self, place: String, document: Result<Box<RawValue>, String>) {
        match document {
            Ok(document) => self.findings.push(Placed { place, document }),
            Err(reason) => self.refused.push(Refused { place, reason }),
        }
    }
}

impl Format {
    pub const ALL: [Format; 8] = [
        Format::Ocsf,
        Format::Prowler,
        Format::Sarif,
        Format::Trivy,
        Format::Grype,
        Format::CycloneDx,
        Format::Asff,
        Format::Inspector,
    ];

    /// As an option names it.
    pub fn word(self) -> &'static str {
        match self {
            Format::Ocsf => "ocsf",
            Format::Prowler => "prowler",
            Format::Sarif => "sarif",
            Format::Trivy => "trivy",
            Format::Grype => "grype",
            Format::CycloneDx => "cyclonedx",
            Format::Asff => "asff",
            Format::Inspector => "inspector",
        }
    }

    pub fn of_word(word: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.word() == word)
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Ocsf => "OCSF",
            Format::Prowler => "Prowler OCSF",
            Format::Sarif => "SARIF 2.1.0",
            Format::Trivy => "Trivy JSON",
            Format::Grype => "Grype JSON",
            Format::CycloneDx => "CycloneDX VEX",
            Format::Asff => "ASFF",
            Format::Inspector => "Inspector JSON",
        }
    }
}

/// What is told of a text that is none of the formats.
pub fn unrecognised() -> String {
    let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    format!(
        "the content is of none of the formats that are taken: {}",
        names.join(", ")
    )
}

/// Reads a text of any form: one JSON value, or one finding a line. `wanted` is the format where it need
/// not be found out.
pub fn read_text(text: &str, wanted: Option<Format>, given: Given<'_>) -> Result<Report, String> {
    // Some tools begin with the mark of UTF-8.
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err("it is empty".into());
    }
    let whole = serde_json::from_str::<IgnoredAny>(text);
    let Err(broken) = whole else {
        let format = wanted
            .or_else(|| recognise(text))
            .ok_or_else(unrecognised)?;
        return read(format, text, given);
    };
    let lines = text.lines().map(str::as_bytes);
    // What is left of a broken array is no file of lines.
    match of_lines(lines, wanted).filter(|_| !text.starts_with('[')) {
        Some(format) => Ok(lines_of(format, text, given)),
        None => Err(format!("it is no JSON, or cut off or broken: {broken}")),
    }
}

/// The format of findings that stand one a line: that of the first line that can be read. `None` where no
/// line is a finding.
pub fn of_lines<'a>(
    lines: impl IntoIterator<Item = &'a [u8]>,
    wanted: Option<Format>,
) -> Option<Format> {
    let mut lines = lines.into_iter().filter_map(|line| {
        let line = std::str::from_utf8(line).ok()?.trim();
        // What stands in a line of a broken report may be a text or a number.
        line.starts_with('{').then_some(line)
    });
    lines.find_map(|line| {
        let format = match wanted {
            Some(format) => serde_json::from_str::<IgnoredAny>(line)
                .ok()
                .map(|_| format),
            None => recognise(line),
        };
        format.filter(|format| is_line(*format, line))
    })
}

fn lines_of(format: Format, text: &str, given: Given<'_>) -> Report {
    let mut report = Report::of_events(format, given);
    for (number, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let document =
            serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"));
        let document = document.and_then(|document| line(format, document));
        report.take(format!("line {number}"), document);
    }
    report
}

/// Reads a report that is one JSON value. Fails where nothing of it can be read.
pub fn read(format: Format, text: &str, given: Given<'_>) -> Result<Report, String> {
    match format {
        Format::Ocsf | Format::Prowler => ocsf::read(format, text, given),
        Format::Sarif => sarif::read(text, given),
        Format::Trivy => trivy::read(text, given),
        Format::Grype => grype::read(text, given),
        Format::CycloneDx => cyclonedx::read(text, given),
        Format::Asff => asff::read(text, given),
        Format::Inspector => inspector::read(text, given),
    }
}

/// A document of a format in which each stands for itself, one a line.
pub fn line(format: Format, document: Box<RawValue>) -> Result<Box<RawValue>, String> {
    let value = |document: &RawValue| {
        let value = serde_json::from_str::<Value>(document.get());
        value.map_err(|error| format!("it cannot be read: {error}"))
    };
    match format {
        Format::Prowler => prowler::uniform(&document),
        Format::Asff => asff::one(&value(&document)?),
        Format::Inspector => inspector::one(&value(&document)?),
        _ => Ok(document),
    }
}

/// Whether a line that is JSON is one finding among others, and no whole report.
pub fn is_line(format: Format, line: &str) -> bool {
    match format {
        Format::Ocsf | Format::Prowler => !each::is_list(line, ocsf::LIST),
        Format::Asff => !each::is_list(line, asff::LIST),
        Format::Inspector => !each::is_list(line, inspector::LIST),
        _ => false,
    }
}
