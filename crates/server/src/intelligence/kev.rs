//! The Known Exploited Vulnerabilities catalogue of CISA.

use std::collections::HashSet;
use std::io::Read;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::feed::{FeedError, RecordError};
use super::parse_cve;

/// The catalogue as released on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    /// The catalogue's own version, such as `2099.01.31`.
    pub version: String,
    /// When it was released.
    pub as_of: Timestamp,
    /// The vulnerabilities, in the catalogue's order.
    pub entries: Vec<KevEntry>,
    /// Where each entry stands among the catalogue's rows, counted from 0.
    pub positions: Vec<usize>,
    /// Rows that could not be read, each with its place and CVE id.
    pub rejected: Vec<RecordError>,
}

/// A vulnerability that is known to be exploited. Texts have no blanks around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KevEntry {
    /// The CVE id.
    pub cve: String,
    /// Vendor or project.
    pub vendor: String,
    /// Product.
    pub product: String,
    /// The vulnerability's name.
    pub name: String,
    /// What it is, in a sentence or two.
    pub description: String,
    /// When it was listed.
    pub date_added: Date,
    /// Until when it has to be dealt with.
    pub date_due: Date,
    /// What has to be done.
    pub action: String,
    /// Whether ransomware campaigns are known to use it.
    pub ransomware: bool,
    /// Weaknesses, as `CWE-79`.
    pub cwes: Vec<String>,
    /// Notes, mostly addresses.
    pub notes: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CatalogDocument {
    catalog_version: String,
    date_released: Option<String>,
    count: Option<usize>,
    vulnerabilities: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(rename = "cveID")]
    cve_id: String,
    vendor_project: String,
    product: String,
    vulnerability_name: String,
    date_added: String,
    due_date: String,
    required_action: String,
    #[serde(default)]
    short_description: Option<String>,
    #[serde(default)]
    known_ransomware_campaign_use: Option<String>,
    #[serde(default)]
    cwes: Option<Vec<String>>,
    #[serde(default)]
    notes: Option<String>,
}

/// Reads the catalogue's JSON.
///
/// The catalogue counts its own rows: another number of rows means that it is not whole.
pub fn read(reader: impl Read) -> Result<Catalog, FeedError> {
    let document: CatalogDocument =
        serde_json::from_reader(reader).map_err(FeedError::from_json)?;
    let rows = document.vulnerabilities.len();
    match document.count {
        Some(count) if count != rows => {
            return Err(FeedError::Truncated {
                place: "in \"vulnerabilities\"".to_owned(),
                reason: format!("\"count\" says {count} rows and there are {rows}"),
            });
        }
        _ if rows == 0 => {
            return Err(FeedError::Empty {
                expected: "KEV entries",
            });
        }
        _ => {}
    }
    let as_of = as_of(&document)?;
    let mut seen = HashSet::new();
    let mut entries = Vec::with_capacity(rows);
    let mut positions = Vec::with_capacity(rows);
    let mut rejected = Vec::new();
    for (position, raw) in document.vulnerabilities.iter().enumerate() {
        let read = entry(raw).and_then(|entry| match seen.insert(entry.cve.clone()) {
            true => Ok(entry),
            false => Err((
                Some(entry.cve),
                "is listed before; the first row stands".to_owned(),
            )),
        });
        match read {
            Ok(entry) => {
                entries.push(entry);
                positions.push(position);
            }
            Err((id, reason)) => {
                let place = format!("record {}", position + 1);
                rejected.push(RecordError { place, id, reason });
            }
        }
    }
    Ok(Catalog {
        version: document.catalog_version,
        as_of,
        entries,
        positions,
        rejected,
    })
}

fn as_of(document: &CatalogDocument) -> Result<Timestamp, FeedError> {
    if let Some(released) = document.date_released.as_deref()
        && let Ok(time) = released.trim().parse()
    {
        return Ok(time);
    }
    // Mirrors drop the time; the version is the date of the release.
    Date::strptime("%Y.%m.%d", document.catalog_version.trim())
        .and_then(|date| date.to_zoned(TimeZone::UTC))
        .map(|zoned| zoned.timestamp())
        .map_err(|_| FeedError::Malformed {
            place: "in \"dateReleased\"".to_owned(),
            reason: format!(
                "neither dateReleased ({:?}) nor catalogVersion ({:?}) is a date",
                document.date_released, document.catalog_version
            ),
        })
}

fn entry(raw: &RawValue) -> Result<KevEntry, (Option<String>, String)> {
    let row: Row = serde_json::from_str(raw.get()).map_err(|error| {
        #[derive(Deserialize)]
        struct Id {
            #[serde(rename = "cveID")]
            cve_id: String,
        }
        let id = serde_json::from_str::<Id>(raw.get())
            .ok()
            .map(|id| id.cve_id);
        (id, error.to_string())
    })?;
    let cve = row.cve_id.trim().to_owned();
    let fail = |reason: String| (Some(cve.clone()), reason);
    if parse_cve(&cve).is_none() {
        return Err(fail(
            "cveID is not a CVE id such as CVE-2099-0001".to_owned(),
        ));
    }
    let date = |name: &str, text: &str| {
        text.trim()
            .parse::<Date>()
            .map_err(|_| fail(format!("{name} {text:?} is not a date such as 2099-01-31")))
    };
    let date_added = date("dateAdded", &row.date_added)?;
    let date_due = date("dueDate", &row.due_date)?;
    let trimmed = |text: Option<String>| text.unwrap_or_default().trim().to_owned();
    let ransomware = trimmed(row.known_ransomware_campaign_use);
    let cwes = row.cwes.unwrap_or_default();
    Ok(KevEntry {
        vendor: trimmed(Some(row.vendor_project)),
        product: trimmed(Some(row.product)),
        name: trimmed(Some(row.vulnerability_name)),
        description: trimmed(row.short_description),
        date_added,
        date_due,
        action: trimmed(Some(row.required_action)),
        ransomware: ransomware.eq_ignore_ascii_case("known"),
        cwes: cwes
            .iter()
            .map(|cwe| cwe.trim().to_owned())
            .filter(|cwe| !cwe.is_empty())
            .collect(),
        notes: trimmed(row.notes),
        cve,
    })
}

#[cfg(test)]
mod tests;
