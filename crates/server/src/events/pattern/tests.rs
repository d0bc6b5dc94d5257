//! What patterns match, what they refuse, and what holds of all of them.

mod malformed;
mod matching;
mod properties;
mod structure;

use serde_json::Value;

use super::Pattern;

/// Whether a pattern that is well formed matches an event.
fn matches(pattern: &Value, event: &Value) -> bool {
    let compiled = Pattern::compile(&pattern.to_string());
    let compiled = compiled.unwrap_or_else(|malformed| panic!("{pattern}: {malformed}"));
    compiled.matches(event)
}
