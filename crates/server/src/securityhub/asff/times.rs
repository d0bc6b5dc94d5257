//! Times: texts in ASFF; in OCSF milliseconds, and the text beside them.

use balefire_api::Timestamp;
use serde_json::Value;

use super::place;
use crate::securityhub::finding::instant_ms;

/// A time's name in ASFF and its places in OCSF, the one that it is read from first.
const TIMES: [(&str, &[&str]); 4] = [
    ("CreatedAt", &["finding_info.created_time"]),
    ("UpdatedAt", &["finding_info.modified_time", "time"]),
    ("FirstObservedAt", &["finding_info.first_seen_time"]),
    ("LastObservedAt", &["finding_info.last_seen_time"]),
];

pub fn to_ocsf(left: &mut Value, event: &mut Value) {
    for (name, places) in TIMES {
        let Some(text) = place::text(left, name).map(str::to_owned) else {
            continue;
        };
        let Some(ms) = instant_ms(&text) else {
            continue;
        };
        place::take(left, name);
        for at in places {
            place::put(event, at, ms.into());
            place::put(event, &format!("{at}_dt"), text.as_str().into());
        }
    }
}

pub fn to_asff(ocsf: &Value, finding: &mut Value) {
    for (name, places) in TIMES {
        let time = places.iter().find_map(|at| read(ocsf, at));
        if let Some(time) = time {
            place::put(finding, name, time.into());
        }
    }
    // A provider that gives one time of a finding gives the event's.
    let updated = place::text(finding, "UpdatedAt")
        .map(str::to_owned)
        .or_else(|| read(ocsf, "time"))
        .unwrap_or_else(|| Timestamp(0).date_time());
    for name in ["CreatedAt", "UpdatedAt"] {
        place::put_default(finding, name, || updated.as_str().into());
    }
}

fn read(ocsf: &Value, at: &str) -> Option<String> {
    let text = place::text(ocsf, &format!("{at}_dt")).or_else(|| place::text(ocsf, at));
    if let Some(text) = text.filter(|text| instant_ms(text).is_some()) {
        return Some(text.to_owned());
    }
    let ms = place::get(ocsf, at)?.as_f64()?;
    Some(Timestamp(ms as i64).date_time())
}
