//! OCSF findings as they are: an array, an answer of Security Hub, or one; Prowler's are made uniform.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Format, Given, Report, prowler};

/// What holds the findings in an answer of GetFindingsV2.
pub const LIST: &str = "Findings";

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Findings")]
    findings: Vec<Box<RawValue>>,
}

pub fn read(format: Format, text: &str, given: Given<'_>) -> Result<Report, String> {
    let mut report = Report::of_events(format, given);
    let documents: Vec<Box<RawValue>> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|error| {
            format!("the array is cut off or broken, so nothing of it was taken: {error}")
        })?
    } else if let Ok(answer) = serde_json::from_str::<Answer>(text) {
        answer.findings
    } else {
        let document = serde_json::from_str(text);
        vec![document.map_err(|error| format!("it is not JSON: {error}"))?]
    };
    for (number, document) in (1..).zip(documents) {
        let uniform = match format {
            Format::Prowler => prowler::uniform(&document),
            _ => Ok(document),
        };
        report.take(format!("element {number}"), uniform);
    }
    Ok(report)
}
