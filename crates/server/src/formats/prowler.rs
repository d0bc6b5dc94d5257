//! Prowler's dialect of OCSF: what passed is resolved, what is muted is suppressed, and old times are texts.

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::words::time_ms;

const NEW: i64 = 1;
const SUPPRESSED: i64 = 3;
const RESOLVED: i64 = 4;
const PRODUCT: &str = "prowler";

/// A document of Prowler as other OCSF documents are. What is wrong with it else, the server says.
pub fn uniform(document: &RawValue) -> Result<Box<RawValue>, String> {
    let event = serde_json::from_str::<Value>(document.get());
    let mut event = event.map_err(|error| format!("it cannot be read: {error}"))?;
    if let Some(members) = event.as_object_mut() {
        status(members);
        times(members);
        if let Some(product) = event.pointer_mut("/metadata/product")
            && let Some(members) = product.as_object_mut()
        {
            members.entry("uid").or_insert_with(|| PRODUCT.into());
        }
    }
    to_raw_value(&event).map_err(|error| error.to_string())
}

/// Whether a document says that Prowler wrote it.
pub fn wrote(product_name: Option<&str>) -> bool {
    product_name.is_some_and(|name| name.eq_ignore_ascii_case(PRODUCT))
}

fn status(event: &mut Map<String, Value>) {
    let muted = event.get("unmapped").and_then(|more| more.get("muted"));
    let is_muted = muted.and_then(Value::as_bool).unwrap_or_default()
        || event.get("status").and_then(Value::as_str) == Some("Suppressed");
    let passed = event.get("status_code").and_then(Value::as_str) == Some("PASS");
    let known = event.get("status_id").and_then(Value::as_i64);
    let (id, caption) = match (is_muted, passed, known) {
        (true, _, _) => (SUPPRESSED, "Suppressed"),
        (_, true, _) => (RESOLVED, "Resolved"),
        (_, _, None | Some(NEW)) => (NEW, "New"),
        _ => return,
    };
    event.insert("status_id".into(), id.into());
    event.insert("status".into(), caption.into());
}

/// Versions before 4.3 have texts, and call the time of the event otherwise.
fn times(event: &mut Map<String, Value>) {
    if let Some(info) = event.get_mut("finding_info").and_then(Value::as_object_mut)
        && let Some(ms) = info
            .get("created_time")
            .and_then(Value::as_str)
            .and_then(time_ms)
    {
        info.insert("created_time".into(), json!(ms));
    }
    if event.contains_key("time") {
        return;
    }
    let text = event.get("event_time").and_then(Value::as_str);
    let told = text.and_then(time_ms).map(Value::from);
    let created = || event.get("finding_info")?.get("created_time").cloned();
    if let Some(time) = told.or_else(created) {
        event.insert("time".into(), time);
    }
}
