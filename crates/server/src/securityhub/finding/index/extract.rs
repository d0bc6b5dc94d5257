//! What of a document goes into the columns, and what customers' settings change there.

use balefire_columns::{Kind, Patch, Row};
use serde_json::Value;

use super::fields::{
    Attribute, COMMENT, Edited, Fields, IRREGULAR, SEVERITY, SEVERITY_ID, STATUS, STATUS_ID,
    UNTYPED, VENDOR_SEVERITY, VENDOR_SEVERITY_ID,
};
use crate::securityhub::asff::regular;
use crate::securityhub::finding::caption::{SEVERITIES, STATUSES, caption};
use crate::securityhub::finding::edit::Edit;

/// Fills a row with what a finding shows, which is its document with what customers set.
pub fn fill(row: &mut Row, fields: &Fields, account: &str, document: &Value) {
    row.add_text(fields.account, account);
    for attribute in &fields.texts {
        add_texts(row, attribute, document);
    }
    for attribute in &fields.numbers {
        add_numbers(row, attribute, document);
    }
    for (place, path) in &fields.booleans {
        path.any(document, |value| {
            if let Some(flag) = value.as_bool() {
                row.add_number(*place, u8::from(flag).into());
            }
            ON
        });
    }
    for (place, path) in &fields.dates {
        path.any_time_ms(document, |ms| {
            row.add_date(*place, ms);
            ON
        });
    }
    for (place, path) in &fields.maps {
        path.any(document, |entry| {
            row.add_text(*place, &entry.to_string());
            ON
        });
    }
}

/// Fills a row with what the provider sent of the attributes that customers set, and how its ASFF is.
pub fn fill_provided(row: &mut Row, fields: &Fields, document: &Value) {
    if !regular::is_regular(document) {
        row.add_text(fields.asff, IRREGULAR);
    }
    if !regular::has_plain_types(document) {
        row.add_text(fields.asff, UNTYPED);
    }
    for Edited { provider, .. } in &fields.edited {
        match fields.schema().fields()[provider.0].kind {
            Kind::Number => add_numbers(row, provider, document),
            _ => add_texts(row, provider, document),
        }
    }
}

/// What makes a walk go on to the next value.
const ON: bool = false;

fn add_texts(row: &mut Row, (place, path): &Attribute, document: &Value) {
    path.any_text(document, |text| {
        row.add_text(*place, text);
        ON
    });
}

fn add_numbers(row: &mut Row, (place, path): &Attribute, document: &Value) {
    path.any_number(document, |number| {
        row.add_number(*place, number);
        ON
    });
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
