//! The columns of an export's row, and texts in them that are of an enumeration.

use balefire_store::{Error, Row};

pub const COLUMNS: &[&str] = &[
    "status",
    "started_ms",
    "ended_ms",
    "organization",
    "request",
    "after_uid",
    "findings",
    "written",
    "pending",
    "failure_code",
    "failure_message",
];

pub fn required<T>(row: &Row, place: usize, parse: fn(&str) -> Option<T>) -> Result<T, Error> {
    known(row.text(place)?, parse)
}

pub fn optional<T>(
    row: &Row,
    place: usize,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    let text = row.optional_text(place)?;
    text.map(|text| known(text, parse)).transpose()
}

fn known<T>(text: &str, parse: fn(&str) -> Option<T>) -> Result<T, Error> {
    parse(text).ok_or_else(|| Error::Invalid {
        what: "a row of export_job",
        reason: format!("'{text}' is no value of its column"),
    })
}
