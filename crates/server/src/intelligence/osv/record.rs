//! The OSV record as it stands in a file, tolerant of nulls, unknown fields and year 1.

use balefire_api::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use super::{
    Advisory, Affected, AffectedPackage, Event, Range, RangeKind, Reference, SeverityScore,
};

#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withdrawn: Option<String>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    aliases: Vec<String>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    related: Vec<String>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    upstream: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    details: Option<String>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    severity: Vec<SeverityScore>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    affected: Vec<AffectedRecord>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    references: Vec<Reference>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Value::is_null"
    )]
    database_specific: Value,
}

#[derive(Serialize, Deserialize)]
struct AffectedRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    package: Option<AffectedPackage>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    severity: Vec<SeverityScore>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    ranges: Vec<RangeRecord>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    versions: Vec<String>,
    #[serde(default, skip_serializing)]
    ecosystem_specific: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    database_specific: Value,
}

#[derive(Serialize, Deserialize)]
struct RangeRecord {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    events: Vec<EventRecord>,
}

#[derive(Default, Serialize, Deserialize)]
struct EventRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    introduced: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fixed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_affected: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
}

/// Databases write null where they mean an empty list.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl TryFrom<Record> for Advisory {
    type Error = String;

    fn try_from(record: Record) -> Result<Self, String> {
        if record.id.trim().is_empty() {
            return Err("\"id\" is empty".to_owned());
        }
        let cwes = record
            .database_specific
            .get("cwe_ids")
            .and_then(Value::as_array);
        let cwes = cwes
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned);
        Ok(Self {
            published: time("published", record.published)?,
            modified: time("modified", record.modified)?,
            withdrawn: withdrawn(record.withdrawn)?,
            severity_word: word(&record.database_specific, "severity"),
            cwes: cwes.collect(),
            id: record.id,
            aliases: record.aliases,
            related: record.related,
            upstream: record.upstream,
            summary: record.summary,
            details: record.details,
            severity: record.severity,
            references: record.references,
            affected: record.affected.into_iter().map(Affected::from).collect(),
        })
    }
}

/// Reads a time. Year 1 is how Go's tools write "never set".
fn time(name: &str, text: Option<String>) -> Result<Option<Timestamp>, String> {
    let Some(text) = text else { return Ok(None) };
    let time = Timestamp::parse_with_offset(text.trim())
        .ok_or_else(|| format!("\"{name}\" {text:?} is not a time such as 2099-01-31T00:00:00Z"))?;
    Ok((!text.starts_with("0001-")).then_some(time))
}

/// A withdrawal whose time was never set has still taken the advisory back.
fn withdrawn(text: Option<String>) -> Result<Option<Timestamp>, String> {
    let set = text.is_some();
    Ok(time("withdrawn", text)?.or(set.then_some(Timestamp(0))))
}

fn word(object: &Value, name: &str) -> Option<String> {
    let word = object.get(name)?.as_str()?.trim();
    (!word.is_empty()).then(|| word.to_owned())
}

impl From<AffectedRecord> for Affected {
    fn from(record: AffectedRecord) -> Self {
        let severity_word = word(&record.database_specific, "severity")
            .or_else(|| word(&record.ecosystem_specific, "severity"));
        Self {
            package: record.package,
            ranges: record.ranges.into_iter().map(Range::from).collect(),
            versions: record.versions,
            severity: record.severity,
            severity_word,
            informational: word(&record.database_specific, "informational"),
        }
    }
}

impl From<RangeRecord> for Range {
    fn from(record: RangeRecord) -> Self {
        let kind = match record.kind.as_str() {
            "SEMVER" => RangeKind::SemVer,
            "ECOSYSTEM" => RangeKind::Ecosystem,
            "GIT" => RangeKind::Git,
            _ => RangeKind::Other(record.kind),
        };
        let mut events = Vec::with_capacity(record.events.len());
        for event in record.events {
            // The standard wants one point in each object; more than one is read as several.
            events.extend(event.introduced.map(Event::Introduced));
            events.extend(event.fixed.map(Event::Fixed));
            events.extend(event.last_affected.map(Event::LastAffected));
            events.extend(event.limit.map(Event::Limit));
        }
        Self { kind, events }
    }
}

impl From<Advisory> for Record {
    fn from(advisory: Advisory) -> Self {
        let mut specific = Map::new();
        if let Some(word) = advisory.severity_word {
            specific.insert("severity".to_owned(), json!(word));
        }
        if !advisory.cwes.is_empty() {
            specific.insert("cwe_ids".to_owned(), json!(advisory.cwes));
        }
        Self {
            id: advisory.id,
            published: advisory.published.map(Timestamp::date_time),
            modified: advisory.modified.map(Timestamp::date_time),
            withdrawn: advisory.withdrawn.map(Timestamp::date_time),
            aliases: advisory.aliases,
            related: advisory.related,
            upstream: advisory.upstream,
            summary: advisory.summary,
            details: advisory.details,
            severity: advisory.severity,
            affected: advisory
                .affected
                .into_iter()
                .map(AffectedRecord::from)
                .collect(),
            references: advisory.references,
            database_specific: object_or_null(specific),
        }
    }
}

impl From<Affected> for AffectedRecord {
    fn from(affected: Affected) -> Self {
        let mut specific = Map::new();
        if let Some(word) = affected.severity_word {
            specific.insert("severity".to_owned(), json!(word));
        }
        if let Some(word) = affected.informational {
            specific.insert("informational".to_owned(), json!(word));
        }
        Self {
            package: affected.package,
            severity: affected.severity,
            ranges: affected.ranges.into_iter().map(RangeRecord::from).collect(),
            versions: affected.versions,
            ecosystem_specific: Value::Null,
            database_specific: object_or_null(specific),
        }
    }
}

fn object_or_null(object: Map<String, Value>) -> Value {
    if object.is_empty() {
        Value::Null
    } else {
        Value::Object(object)
    }
}

impl From<Range> for RangeRecord {
    fn from(range: Range) -> Self {
        let kind = match range.kind {
            RangeKind::SemVer => "SEMVER".to_owned(),
            RangeKind::Ecosystem => "ECOSYSTEM".to_owned(),
            RangeKind::Git => "GIT".to_owned(),
            RangeKind::Other(kind) => kind,
        };
        let events = range.events.into_iter().map(|event| {
            let mut record = EventRecord::default();
            match event {
                Event::Introduced(text) => record.introduced = Some(text),
                Event::Fixed(text) => record.fixed = Some(text),
                Event::LastAffected(text) => record.last_affected = Some(text),
                Event::Limit(text) => record.limit = Some(text),
            }
            record
        });
        Self {
            kind,
            events: events.collect(),
        }
    }
}

#[cfg(test)]
mod tests;
