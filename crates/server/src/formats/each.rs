//! Texts in which findings stand each for itself: an array, a list in an object, or one.

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Format, Given, Report};

/// Makes a document of each finding. `list` is the member that holds them in a call or its answer.
pub fn read(
    format: Format,
    text: &str,
    list: &str,
    given: Given<'_>,
    document: impl Fn(&Value) -> Result<Box<RawValue>, String>,
) -> Result<Report, String> {
    let whole = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
    let mut report = Report::of_events(format, given);
    for (number, finding) in (1..).zip(elements(whole, list)) {
        report.take(format!("element {number}"), document(&finding));
    }
    Ok(report)
}

/// Whether a text is a call or its answer, and no finding itself.
pub fn is_list(text: &str, list: &str) -> bool {
    let whole = serde_json::from_str::<Value>(text);
    whole.is_ok_and(|whole| whole.get(list).is_some_and(Value::is_array))
}

fn elements(mut whole: Value, list: &str) -> std::vec::IntoIter<Value> {
    let listed = whole.get_mut(list).map(Value::take);
    let findings = match (listed, whole) {
        (Some(Value::Array(findings)), _) | (None, Value::Array(findings)) => findings,
        (_, one) => vec![one],
    };
    findings.into_iter()
}
