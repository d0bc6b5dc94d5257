//! TestEventPattern: whether a pattern matches an event, both given as JSON.

use balefire_api::generated::events::{TestEventPatternRequest, TestEventPatternResponse};
use serde_json::Value;

use super::Pattern;
use crate::context::Ctx;
use crate::events::put_events::ENTRY_BYTES_MAX;
use crate::failure::Failure;

/// What every event of a bus has.
const REQUIRED: &[&str] = &[
    "id",
    "account",
    "source",
    "time",
    "region",
    "resources",
    "detail-type",
];

pub fn test_event_pattern(
    _ctx: &mut Ctx<'_, '_>,
    input: TestEventPatternRequest,
) -> Result<TestEventPatternResponse, Failure> {
    if input.event.len() > ENTRY_BYTES_MAX {
        let rule = format!("Member must have at most {ENTRY_BYTES_MAX} bytes, as events have");
        return Err(Failure::invalid("/Event", rule));
    }
    let pattern = Pattern::compile(&input.event_pattern);
    let pattern = pattern.map_err(|malformed| Failure::Pattern(malformed.to_string()))?;
    let event = serde_json::from_str::<Value>(&input.event).map_err(|error| {
        Failure::invalid("/Event", format_args!("Member must be JSON: {error}"))
    })?;
    if !event.is_object() {
        return Err(Failure::invalid("/Event", "Member must be a JSON object"));
    }
    let missing = REQUIRED.iter().filter(|name| event.get(name).is_none());
    let missing: Vec<&str> = missing.copied().collect();
    if !missing.is_empty() {
        let rule = format!("Member must have the fields {}", missing.join(", "));
        return Err(Failure::invalid("/Event", rule));
    }
    Ok(TestEventPatternResponse {
        result: Some(pattern.matches(&event)),
    })
}
