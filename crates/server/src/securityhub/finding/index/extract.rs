//! What of a document goes into the columns, and what customers' settings change there.

mod plain;
mod reader;
#[cfg(test)]
mod tests;
mod tree;

pub use tree::Place;

use balefire_columns::{Patch, Row};
use serde_json::Value;

use super::fields::{
    COMMENT, Fields, IRREGULAR, SEVERITY, SEVERITY_ID, STATUS, STATUS_ID, UNTYPED, VENDOR_SEVERITY,
    VENDOR_SEVERITY_ID,
};
use crate::securityhub::asff::regular;
use crate::securityhub::finding::caption::{SEVERITIES, STATUSES, caption};
use crate::securityhub::finding::edit::Edit;
use crate::securityhub::finding::fields::Setting;

/// Fills a row with what a finding shows: the provider's document, and over it what customers set.
pub fn fill(
    row: &mut Row,
    fields: &Fields,
    account: &str,
    text: &str,
    edit: Option<&Edit>,
) -> Result<(), serde_json::Error> {
    row.clear();
    if !reader::read(row, fields, text)? {
        // Of a member that is there twice, the last one counts.
        row.clear();
        let document = serde_json::from_str(text)?;
        plain::fill(row, fields, &document);
        plain::fill_provided(row, fields, &document);
    }
    row.add_text(fields.account, account);
    mark(row, fields, text)?;
    if let Some(edit) = edit {
        row.patch(&patches(fields, edit.set()));
    }
    Ok(())
}

/// Marks a document whose ASFF does not follow from its OCSF.
fn mark(row: &mut Row, fields: &Fields, text: &str) -> Result<(), serde_json::Error> {
    let document: Value = serde_json::from_str(text)?;
    if !regular::is_regular(&document) {
        row.add_text(fields.asff, IRREGULAR);
    }
    if !regular::has_plain_types(&document) {
        row.add_text(fields.asff, UNTYPED);
    }
    Ok(())
}

/// What the columns of a finding have after some of it was set.
pub fn patches<'e>(fields: &Fields, set: Setting<'e>) -> Vec<(usize, Patch<'e>)> {
    let mut patches = Vec::new();
    let mut put = |place: usize, patch| patches.push((fields.edited[place].place, patch));
    let provider = |place: usize| Patch::Copy(fields.edited[place].provider.0);
    if let Some(id) = set.severity_id {
        put(SEVERITY_ID, Patch::Number(id as f64));
        put(SEVERITY, text(caption(SEVERITIES, id)));
        put(VENDOR_SEVERITY_ID, provider(SEVERITY_ID));
        put(VENDOR_SEVERITY, provider(SEVERITY));
    }
    if let Some(id) = set.status_id {
        put(STATUS_ID, Patch::Number(id as f64));
        put(STATUS, text(caption(STATUSES, id)));
    }
    if let Some(comment) = set.comment {
        put(COMMENT, Patch::Text(comment));
    }
    patches
}

fn text(caption: Option<&'static str>) -> Patch<'static> {
    caption.map_or(Patch::Missing, Patch::Text)
}
