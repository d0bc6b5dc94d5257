//! Texts in which findings stand each for itself: an array, a list in an object, one, or one a line.

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Format, Given, Placed, Refused, Report};

/// Makes a document of each finding. `list` is the member that holds them in a call or its answer.
pub fn read(
    format: Format,
    text: &str,
    list: &str,
    given: Given<'_>,
    document: impl Fn(&Value) -> Result<Box<RawValue>, String>,
) -> Report {
    let mut report = Report {
        format,
        findings: Vec::new(),
        refused: Vec::new(),
        scope: given.of_events(),
        undated: false,
    };
    let (word, findings) = match serde_json::from_str(text) {
        Ok(whole) => ("element", elements(whole, list).map(Some).collect()),
        Err(_) => ("line", lines(text, &mut report.refused)),
    };
    for (number, finding) in (1..).zip(findings) {
        let Some(finding) = finding else { continue };
        let place = format!("{word} {number}");
        match document(&finding) {
            Ok(document) => report.findings.push(Placed { place, document }),
            Err(reason) => report.refused.push(Refused { place, reason }),
        }
    }
    report
}

fn elements(mut whole: Value, list: &str) -> std::vec::IntoIter<Value> {
    let listed = whole.get_mut(list).map(Value::take);
    let findings = match (listed, whole) {
        (Some(Value::Array(findings)), _) | (None, Value::Array(findings)) => findings,
        (_, one) => vec![one],
    };
    findings.into_iter()
}

/// A value for each line; none for those that are blank, or that are no JSON and refused.
fn lines(text: &str, refused: &mut Vec<Refused>) -> Vec<Option<Value>> {
    let values = (1..).zip(text.lines()).map(|(number, line)| {
        let refuse = |error| {
            refused.push(Refused {
                place: format!("line {number}"),
                reason: format!("it is not JSON: {error}"),
            });
        };
        match line.trim() {
            "" => None,
            line => serde_json::from_str(line).map_err(refuse).ok(),
        }
    });
    values.collect()
}
