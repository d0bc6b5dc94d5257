//! A timeline event as people read it in a note.

use balefire_api::generated::ssm_incidents::TimelineEvent;
use serde_json::Value;

/// PagerDuty refuses longer notes. One waits as a text of the store, which takes no NUL.
const CHARS_MAX: usize = 10_000;

pub fn of(event: &TimelineEvent) -> String {
    let said = match serde_json::from_str(&event.event_data) {
        Ok(Value::String(text)) => text,
        Ok(Value::Object(data)) => members(&data),
        _ => event.event_data.clone(),
    };
    let at = event.event_time.date_time();
    let text = format!("{at} {}\n{said}", event.event_type);
    let kept = text.chars().map(|c| {
        if c == '\0' {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    });
    kept.take(CHARS_MAX).collect()
}

/// One line a member; of changed attributes, one line each.
fn members(data: &serde_json::Map<String, Value>) -> String {
    let mut lines = Vec::new();
    for (name, value) in data {
        match value {
            Value::Null => {}
            Value::String(text) => lines.push(format!("{name}: {text}")),
            Value::Array(changes) if name == "modifiedAttributes" => {
                lines.extend(changes.iter().map(change));
            }
            value => lines.push(format!("{name}: {value}")),
        }
    }
    lines.join("\n")
}

fn change(change: &Value) -> String {
    let text = |name: &str| change[name].as_str().unwrap_or_default();
    format!("{} is now: {}", text("attributeName"), text("newValue"))
}

#[cfg(test)]
mod tests {
    use super::of;
    use balefire_api::Timestamp;
    use balefire_api::generated::ssm_incidents::TimelineEvent;

    #[test]
    fn events_read_as_people_write() {
        let updated = r#"{"modifiedBy":"me",
            "modifiedAttributes":[{"attributeName":"title","newValue":"x"}]}"#;
        for (kind, data, expected) in [
            ("Note", r#""it is \"down\"""#, "it is \"down\""),
            ("Custom Event", "not JSON", "not JSON"),
            ("Custom Event", "[1]", "[1]"),
            ("Custom Event", "a\0b", "a\u{fffd}b"),
            ("Update", updated, "title is now: x\nmodifiedBy: me"),
            ("Update", r#"{"a":null,"b":{"c":1}}"#, "b: {\"c\":1}"),
        ] {
            let event = TimelineEvent {
                event_data: data.into(),
                event_id: String::new(),
                event_references: None,
                event_time: Timestamp(1_767_225_600_000),
                event_type: kind.into(),
                event_updated_time: Timestamp(0),
                incident_record_arn: String::new(),
            };
            let expected = format!("2026-01-01T00:00:00Z {kind}\n{expected}");
            assert_eq!(of(&event), expected);
        }
    }
}
