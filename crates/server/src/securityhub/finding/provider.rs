//! A document as a provider sends it: what it must have, and what is made uniform before it is kept.

mod account;
mod faults;
mod form;
mod sound;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::caption::{self, ACTIVITIES, CLASSES, SEVERITIES, STATUSES};
use super::identity::Identity;
use super::instant_ms;
use super::members::{Changes, Members, json_text};
use crate::instant::ms_of_float;
use crate::securityhub::resource::About;
use crate::securityhub::{software, trend};
use faults::Faults;
use sound::Sound;

/// The most bytes of a document, which is Security Hub's limit for a finding.
pub const DOCUMENT_BYTES_MAX: usize = 240 * 1024;
/// The end of the year 9999, beyond which no date can be written.
const TIME_MS_MAX: f64 = 253_402_300_799_999.0;
const FINDINGS_CATEGORY: i64 = 2;
const STATUS_NEW: i64 = 1;
/// The times of `finding_info` in milliseconds, which some providers write in seconds.
const FINDING_TIMES: [&str; 4] = [
    "created_time",
    "first_seen_time",
    "last_seen_time",
    "modified_time",
];

/// A document that may be kept.
#[derive(Debug, PartialEq)]
pub struct Accepted {
    pub uid: String,
    pub account: String,
    /// `metadata.product.uid`.
    pub product: String,
    pub time_ms: i64,
    /// The document had no time and got that of its import.
    pub is_undated: bool,
    /// The document, with `metadata.uid` and what else is filled in.
    pub text: String,
    /// What trends count.
    pub state: trend::State,
    /// What it says of resources.
    pub about: About,
    /// The software that it names.
    pub software: software::Installations,
}

/// Checks a document and makes it uniform; otherwise says everything that is wrong, by attribute.
///
/// - `metadata.uid` becomes the finding's own; another one moves to `metadata.original_event_uid`.
/// - Times in seconds become milliseconds.
/// - `cloud.account.uid` becomes the importing account where it is absent, or is one of another cloud.
/// - Captions are filled in where only the number is there; a finding without a status is new.
/// - `type_uid` is filled in from class and activity.
/// - A Security Finding of the deprecated class 2001 gets its `finding` as `finding_info` too.
///
/// `undated_ms` is the time of documents that need not have one.
pub fn accept(text: &str, importer: &str, undated_ms: Option<i64>) -> Result<Accepted, String> {
    if let Some(reason) = too_long(text) {
        return Err(reason);
    }
    let unreadable = |error| format!("the document cannot be read: {error}");
    let fields = trend::read_whole::<Sound>(text).map_err(unreadable)?;
    let mut faults = Faults::default();
    match read(text, importer, undated_ms, &mut faults) {
        Some(read) if faults.0.is_empty() => read.accepted(fields).map_err(unreadable),
        _ => Err(faults.0.join("; ")),
    }
}

/// Why a document is not taken for its length.
pub fn too_long(text: &str) -> Option<String> {
    let len = text.len();
    (len > DOCUMENT_BYTES_MAX)
        .then(|| format!("the document has {len} bytes; at most {DOCUMENT_BYTES_MAX} are taken"))
}

/// What was read of a document, and its text made uniform.
struct Read {
    uid: String,
    account: String,
    product: String,
    time_ms: i64,
    is_undated: bool,
    /// What trends read in members that were filled in.
    filled: trend::Fields,
    text: String,
    about: About,
}

impl Read {
    /// With what trends read in the document as it was sent; what was filled in says more.
    fn accepted(self, mut fields: trend::Fields) -> Result<Accepted, serde_json::Error> {
        fields.overlay(self.filled);
        Ok(Accepted {
            state: trend::State::new(&self.account, fields),
            software: software::named(&self.account, &self.text)?,
            uid: self.uid,
            account: self.account,
            product: self.product,
            time_ms: self.time_ms,
            is_undated: self.is_undated,
            text: self.text,
            about: self.about,
        })
    }
}

fn read(text: &str, importer: &str, undated_ms: Option<i64>, faults: &mut Faults) -> Option<Read> {
    let event = faults.members(text, "the document")?;
    let mut changes = Changes::of(text);
    let mut fills = fills_of_event(&event, faults);
    // Where there is a text beside the time that need not be there, it is the time.
    let told_ms = event.get("time_dt").and_then(text_of);
    let told_ms = told_ms.and_then(|text| instant_ms(&text));
    let is_undated = event.get("time").is_none() && told_ms.is_none();
    let undated_ms = undated_ms.map(|ms| told_ms.unwrap_or(ms));
    fills.extend(time_fill(&event, undated_ms, faults));
    form::check(&event, faults);
    let product = faults.object(&event, "metadata", "").and_then(|metadata| {
        let product = faults.object(&metadata, "product", "metadata.")?;
        let uid = faults.text(&product, "uid", "metadata.product.")?;
        Some((metadata, uid))
    });
    let mut event_members = fills;
    let finding = match deprecated(&event) {
        Some(raw) => {
            let mut copy = Changes::of(raw);
            let uid = finding(raw, "finding", &mut copy, faults);
            event_members.push(("finding_info", copy.make().into_owned()));
            uid
        }
        None => faults
            .required(&event, "finding_info")
            .and_then(|raw| finding(raw, "finding_info", &mut changes, faults)),
    };
    let account = account::of(&event, importer, &mut changes, &mut event_members, faults);
    let mut filled = captions(&event_members);
    changes.set(&event, event_members);
    let ((metadata, product_uid), finding_uid, account) = (product?, finding?, account?);
    let identity = Identity {
        account: &account,
        product_uid: &product_uid,
        finding_uid: &finding_uid,
    };
    let uid = identity.uid();
    changes.set(&metadata, uid_members(&metadata, &uid));
    let text = changes.make().into_owned();
    if deprecated(&event).is_some() {
        filled = trend::read(&text).ok()?;
    }
    let part = |name| event.get(name).unwrap_or("null");
    let about = About::of(&account, part("resources"), part("cloud")).unwrap_or_default();
    Some(Read {
        filled,
        text,
        account: account.into_owned(),
        product: product_uid.into_owned(),
        about,
        time_ms: event.get("time").map_or(undated_ms, time_ms)?,
        is_undated,
        uid,
    })
}

/// What trends read in members that are filled in.
fn captions(members: &[(&'static str, String)]) -> trend::Fields {
    let mut fields = trend::Fields::default();
    for (member, value) in members {
        if let (Some(name), Some(caption)) = (trend::field_of(member), text_of(value)) {
            fields.set(name, &caption);
        }
    }
    fields
}

/// The `finding` of a document that has no `finding_info`, as those of class 2001 are.
fn deprecated<'a>(event: &Members<'a>) -> Option<&'a str> {
    let is_deprecated = event.get("class_uid") == Some("2001");
    let has_info = event.get("finding_info").is_some();
    event.get("finding").filter(|_| is_deprecated && !has_info)
}

/// The provider's id of the finding, whose times are made uniform.
fn finding<'a>(
    raw: &'a str,
    name: &str,
    changes: &mut Changes<'a>,
    faults: &mut Faults,
) -> Option<Cow<'a, str>> {
    let info = faults.members(raw, name)?;
    let at = format!("{name}.");
    faults.text(&info, "title", &at);
    let uid = faults.text(&info, "uid", &at)?;
    changes.set(&info, finding_times(&info, name, faults));
    Some(uid)
}

/// Checks the attributes of the event itself and gives those to set.
fn fills_of_event(event: &Members<'_>, faults: &mut Faults) -> Vec<(&'static str, String)> {
    let mut fills = Vec::new();
    let category = faults.integer(event, "category_uid");
    if category.is_some_and(|category| category != FINDINGS_CATEGORY) {
        faults.add("category_uid", "must be 2, the category Findings");
    }
    for (id, text, captions) in [
        ("class_uid", "class_name", CLASSES),
        ("activity_id", "activity_name", ACTIVITIES),
        ("severity_id", "severity", SEVERITIES),
    ] {
        let value = faults.integer(event, id);
        if let Some(caption) = value.and_then(|value| faults.caption(id, captions, value))
            && event.get(text).is_none()
        {
            fills.push((text, json_text(caption)));
        }
    }
    fills.extend(status_fills(event, faults));
    fills.extend(form::type_uid(event, faults));
    fills
}

fn time_fill(
    event: &Members<'_>,
    undated_ms: Option<i64>,
    faults: &mut Faults,
) -> Option<(&'static str, String)> {
    let Some(raw) = event.get("time") else {
        if undated_ms.is_none() {
            faults.add("time", "is missing; it must be milliseconds since 1970");
        }
        return undated_ms.map(|ms| ("time", ms.to_string()));
    };
    let ms = time_ms(raw);
    if ms.is_none() {
        faults.add("time", "must be a number of milliseconds since 1970");
    }
    ms.map(|ms| ms.to_string())
        .filter(|ms| ms != raw)
        .map(|ms| ("time", ms))
}

/// The status is optional: of number and caption, each follows from the other.
fn status_fills(event: &Members<'_>, faults: &mut Faults) -> Vec<(&'static str, String)> {
    let text = event.get("status").and_then(text_of);
    let id = event
        .get("status_id")
        .map(|_| faults.integer(event, "status_id"));
    match (id, text) {
        (None, None) => {
            let id = form::state(event).unwrap_or(STATUS_NEW);
            let caption = caption::caption(STATUSES, id).unwrap_or_default();
            vec![
                ("status_id", id.to_string()),
                ("status", json_text(caption)),
            ]
        }
        (None, Some(text)) => {
            let id = caption::value_of(STATUSES, &text).unwrap_or(99);
            vec![("status_id", id.to_string())]
        }
        (Some(id), text) => {
            let caption = id.and_then(|id| faults.caption("status_id", STATUSES, id));
            match (caption, text) {
                (Some(caption), None) => vec![("status", json_text(caption))],
                _ => Vec::new(),
            }
        }
    }
}

fn finding_times(info: &Members<'_>, at: &str, faults: &mut Faults) -> Vec<(&'static str, String)> {
    let mut fills = Vec::new();
    for name in FINDING_TIMES {
        // Old providers write texts here; date filters read those too.
        let Some(raw) = info.get(name).filter(|raw| !raw.starts_with('"')) else {
            continue;
        };
        match time_ms(raw) {
            None => faults.add(
                &format!("{at}.{name}"),
                "must be a number of milliseconds since 1970",
            ),
            Some(ms) if ms.to_string() != raw => fills.push((name, ms.to_string())),
            Some(_) => {}
        }
    }
    fills
}

fn uid_members(metadata: &Members<'_>, uid: &str) -> Vec<(&'static str, String)> {
    let sent = metadata.get("uid").and_then(text_of);
    let mut members = vec![("uid", json_text(uid))];
    if let Some(sent) = sent.filter(|sent| sent != uid && !sent.is_empty())
        && metadata.get("original_event_uid").is_none()
    {
        members.push(("original_event_uid", json_text(&sent)));
    }
    members
}

fn text_of(raw: &str) -> Option<Cow<'_, str>> {
    match serde_json::from_str::<&str>(raw) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => serde_json::from_str::<String>(raw).ok().map(Cow::Owned),
    }
}

/// A time as providers write it, in milliseconds.
fn time_ms(raw: &str) -> Option<i64> {
    let ms = ms_of_float(serde_json::from_str(raw).ok()?);
    (0.0..=TIME_MS_MAX)
        .contains(&ms)
        .then_some(ms.round() as i64)
}
