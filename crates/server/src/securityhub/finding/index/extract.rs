//! What of a document goes into the columns, and what customers' settings change there.

mod plain;
mod reader;
#[cfg(test)]
mod tests;
mod tree;

pub use tree::Place;

use balefire_columns::{Patch, Row};

use super::fields::{
    COMMENT, Fields, SEVERITY, SEVERITY_ID, STATUS, STATUS_ID, VENDOR_SEVERITY, VENDOR_SEVERITY_ID,
};
use crate::securityhub::finding::caption::{SEVERITIES, STATUSES, caption};
use crate::securityhub::finding::edit::Edit;

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
    if edit.is_some() {
        row.patch(&patches(fields, edit));
    }
    Ok(())
}

/// What the columns of an edited finding have in place of the provider's values.
pub fn patches<'e>(fields: &Fields, edit: Option<&'e Edit>) -> Vec<(usize, Patch<'e>)> {
    let mut patches: Vec<(usize, Patch<'e>)> = fields
        .edited
        .iter()
        .map(|edited| (edited.place, Patch::Copy(edited.provider.0)))
        .collect();
    let mut set = |place: usize, patch| patches[place].1 = patch;
    let provider = |place: usize| Patch::Copy(fields.edited[place].provider.0);
    if let Some(id) = edit.and_then(|edit| edit.severity_id) {
        set(SEVERITY_ID, Patch::Number(id as f64));
        set(SEVERITY, text(caption(SEVERITIES, id)));
        set(VENDOR_SEVERITY_ID, provider(SEVERITY_ID));
        set(VENDOR_SEVERITY, provider(SEVERITY));
    }
    if let Some(id) = edit.and_then(|edit| edit.status_id) {
        set(STATUS_ID, Patch::Number(id as f64));
        set(STATUS, text(caption(STATUSES, id)));
    }
    if let Some(comment) = edit.and_then(|edit| edit.comment.as_deref()) {
        set(COMMENT, Patch::Text(comment));
    }
    patches
}

fn text(caption: Option<&'static str>) -> Patch<'static> {
    caption.map_or(Patch::Missing, Patch::Text)
}
