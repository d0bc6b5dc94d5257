//! Words of the report: times, spans, names, and what an event says.

use balefire_api::Timestamp;
use jiff::SignedDuration;
use serde_json::Value;

use crate::incidents::timeline::{
    CAUSE_RESOLVED, INCIDENT_START, INCIDENT_TRIGGER, INCIDENT_UPDATE,
};

/// Characters of an event's text that are told.
const SAID_CHARS_MAX: usize = 400;

/// `2026-01-01 00:00:00 UTC`
pub fn time(at: Timestamp) -> String {
    let text = at.date_time();
    let whole = text.split(['.', 'Z']).next().unwrap_or(&text);
    format!("{} UTC", whole.replace('T', " "))
}

/// `1h 3m 5s`, in whole seconds.
pub fn span(from: Timestamp, to: Timestamp) -> String {
    let seconds = (to.0 - from.0).div_euclid(1000);
    format!("{:#}", SignedDuration::from_secs(seconds))
}

/// The name at the end of an ARN.
pub fn actor(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

/// Text that stays within its cell and is shown as it is.
pub fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '|' | '*' | '`' | '[' | ']' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            other => out.push(other),
        }
    }
    out
}

/// What an event says, for people.
pub fn said(kind: &str, data: &Value) -> String {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let said = match kind {
        INCIDENT_START => format!("Incident started: {}", text("incidentTitle")),
        INCIDENT_TRIGGER => triggered(data),
        INCIDENT_UPDATE => changes(data),
        CAUSE_RESOLVED => format!("Resolved, says {}: {}", text("source"), text("cause")),
        "Custom Event" | "Note" => match data {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        },
        other => format!("{other}: {data}"),
    };
    let said = said.trim();
    match said.char_indices().nth(SAID_CHARS_MAX) {
        Some((end, _)) => format!("{}...", &said[..end]),
        None => said.to_owned(),
    }
}

fn triggered(data: &Value) -> String {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let how = match data.get("createdIncident").and_then(Value::as_bool) {
        Some(false) => "Triggered again",
        _ => "Triggered",
    };
    let left_out = match data.get("relatedItemsLeftOut").and_then(Value::as_u64) {
        Some(items) => format!("; no room for {items} related items"),
        None => String::new(),
    };
    let by = format!("{} {}", text("incidentSource"), text("triggerArn"));
    format!("{how} by {}{left_out}", by.trim())
}

fn changes(data: &Value) -> String {
    let attributes = data.get("modifiedAttributes").and_then(Value::as_array);
    let changed = attributes.into_iter().flatten().map(|attribute| {
        let text = |name: &str| {
            attribute
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        format!("{} is now {}", text("attributeName"), text("newValue"))
    });
    changed.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words() {
        assert_eq!(
            time(Timestamp(1_767_225_600_500)),
            "2026-01-01 00:00:00 UTC"
        );
        assert_eq!(span(Timestamp(0), Timestamp(3_785_999)), "1h 3m 5s");
        assert_eq!(actor("arn:aws:iam::111111111111:user/ops/ada"), "ada");
        assert_eq!(cell("a|b\n<i>*"), "a\\|b &lt;i>\\*");
    }

    #[test]
    fn what_events_say() {
        for (kind, data, expected) in [
            ("Note", json!("looking"), "looking"),
            (
                INCIDENT_START,
                json!({"incidentTitle": "Down"}),
                "Incident started: Down",
            ),
            (
                INCIDENT_TRIGGER,
                json!({"createdIncident": false, "incidentSource": "aws.cloudwatch", "triggerArn": "arn:x"}),
                "Triggered again by aws.cloudwatch arn:x",
            ),
            (
                INCIDENT_TRIGGER,
                json!({"createdIncident": true, "incidentSource": "tests", "relatedItemsLeftOut": 3}),
                "Triggered by tests; no room for 3 related items",
            ),
            (
                INCIDENT_UPDATE,
                json!({"modifiedAttributes": [{"attributeName": "status", "newValue": "RESOLVED"}]}),
                "status is now RESOLVED",
            ),
        ] {
            assert_eq!(said(kind, &data), expected);
        }
        assert_eq!(said("Note", &json!("é".repeat(500))).chars().count(), 403);
    }
}
