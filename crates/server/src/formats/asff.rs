//! ASFF, the form of Security Hub's first API: an array, `{"Findings": […]}`, one finding, or one a line.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::to_raw_value;

use super::{Format, Given, Placed, Refused, Report};
use crate::securityhub::asff;

#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Array(Vec<Value>),
    Request {
        #[serde(rename = "Findings")]
        findings: Vec<Value>,
    },
    One(Value),
}

pub fn read(text: &str, given: Given<'_>) -> Result<Report, String> {
    let mut report = Report {
        format: Format::Asff,
        findings: Vec::new(),
        refused: Vec::new(),
        scope: given.of_events(),
        undated: false,
    };
    let (word, findings) = match serde_json::from_str(text) {
        Ok(Text::Array(findings) | Text::Request { findings }) => ("element", findings),
        Ok(Text::One(finding)) => ("element", vec![finding]),
        Err(_) => ("line", lines(text, &mut report.refused)),
    };
    for (number, finding) in (1..).zip(findings) {
        let place = format!("{word} {number}");
        // A line that is not JSON was refused already.
        if finding.is_null() {
            continue;
        }
        let document = asff::to_ocsf(&finding)
            .and_then(|ocsf| to_raw_value(&ocsf).map_err(|error| error.to_string()));
        match document {
            Ok(document) => report.findings.push(Placed { place, document }),
            Err(reason) => report.refused.push(Refused { place, reason }),
        }
    }
    Ok(report)
}

/// A value for each line, null for those that are none.
fn lines(text: &str, refused: &mut Vec<Refused>) -> Vec<Value> {
    let values = (1..).zip(text.lines()).map(|(number, line)| {
        let refuse = |error| {
            refused.push(Refused {
                place: format!("line {number}"),
                reason: format!("it is not JSON: {error}"),
            });
            Value::Null
        };
        match line.trim() {
            "" => Value::Null,
            line => serde_json::from_str(line).unwrap_or_else(refuse),
        }
    });
    values.collect()
}
