//! Events that Balefire writes itself and that no client may change.

use balefire_api::generated::ssm_incidents::{EventReference, TimelineEvent};
use serde_json::Value;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::incidents::incident::Incident;
use crate::incidents::pager_duty;

pub const INCIDENT_TRIGGER: &str = "SSM Incident Trigger";
pub const INCIDENT_START: &str = "SSM Incident Start";
pub const INCIDENT_UPDATE: &str = "SSM Incident Record Update";
/// Balefire's own: AWS has no type for it.
pub const CAUSE_RESOLVED: &str = "Balefire Cause Resolved";
pub const PAGE_ACKNOWLEDGED: &str = "SSM Contacts Page Acknowledgement for Incident";

/// Characters an event's data may have, as the model says.
const DATA_LENGTH_MAX: usize = 12_000;

/// Adds an event that happened now.
pub fn append_automatic(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    kind: &str,
    data: &Value,
) -> Result<(), Failure> {
    append_referring(ctx, incident, kind, data, None)
}

/// Adds an event that happened now, and that refers to another resource besides its incident.
pub fn append_referring(
    ctx: &mut Ctx<'_, '_>,
    incident: &Incident,
    kind: &str,
    data: &Value,
    to: Option<&str>,
) -> Result<(), Failure> {
    let arn = incident.arn();
    let references = [Some(arn.as_str()), to].into_iter().flatten();
    let references = references.map(|arn| EventReference::Resource(arn.to_owned()));
    let event = TimelineEvent {
        event_data: fitting(data),
        event_id: ctx.new_id(),
        event_references: Some(references.collect()),
        event_time: ctx.now,
        event_type: kind.to_owned(),
        event_updated_time: ctx.now,
        incident_record_arn: arn,
    };
    pager_duty::note(ctx, incident, &event)?;
    super::insert(ctx, incident, event)
}

/// The data as text. The longest text in it is shortened where the whole would not fit.
fn fitting(data: &Value) -> String {
    let text = data.to_string();
    let mut over = text.chars().count().saturating_sub(DATA_LENGTH_MAX);
    if over == 0 {
        return text;
    }
    let mut shorter = data.clone();
    while over > 0
        && let Some(longest) = longest(&mut shorter).filter(|longest| longest.len() > DOTS.len())
    {
        // Each character that is cut takes at least one with it, more where it was escaped.
        let keep = longest.chars().count().saturating_sub(over + DOTS.len());
        *longest = longest.chars().take(keep).chain(DOTS.chars()).collect();
        over = shorter
            .to_string()
            .chars()
            .count()
            .saturating_sub(DATA_LENGTH_MAX);
    }
    shorter.to_string()
}

/// What stands for the end of a text that was cut.
const DOTS: &str = "...";

/// The longest text in a document.
fn longest(value: &mut Value) -> Option<&mut String> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(items) => items
            .iter_mut()
            .filter_map(longest)
            .max_by_key(|text| text.len()),
        Value::Object(members) => members
            .values_mut()
            .filter_map(longest)
            .max_by_key(|text| text.len()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn data_is_cut_where_it_is_longest() {
        let quotes = "\"".repeat(8000);
        let plain = "a".repeat(20_000);
        for data in [
            json!({"rawData": plain, "triggerArn": "kept"}),
            json!({"rawData": quotes, "triggerArn": "kept"}),
            json!({"list": [{"a": plain}, {"b": quotes}], "triggerArn": "kept"}),
        ] {
            let text = fitting(&data);
            let length = text.chars().count();
            assert!((2..=DATA_LENGTH_MAX).contains(&length), "{length}");
            let read: Value = serde_json::from_str(&text).expect("still a document");
            assert_eq!(read["triggerArn"], "kept");
            assert!(text.contains(DOTS));
        }
        let short = json!({"a": "b"});
        assert_eq!(fitting(&short), short.to_string());
    }
}
