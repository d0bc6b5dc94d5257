//! What of a document goes into the columns, and what customers' settings change there.

use balefire_columns::{Kind, Patch, Row};
use serde_json::Value;

use super::fields::{
    Attribute, COMMENT, Edited, Fields, SEVERITY, SEVERITY_ID, STATUS, STATUS_ID, VENDOR_SEVERITY,
    VENDOR_SEVERITY_ID,
};
use crate::securityhub::finding::caption::{SEVERITIES, STATUSES, caption};
use crate::securityhub::finding::fields::Fields as Settable;

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

/// Fills a row with what the provider sent of the attributes that customers set.
pub fn fill_provided(row: &mut Row, fields: &Fields, document: &Value) {
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

/// What the columns of a finding have after some of it was set.
pub fn patches_of<'e>(fields: &Fields, set: &'e Settable) -> Vec<(usize, Patch<'e>)> {
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
    if let Some(comment) = &set.comment {
        put(COMMENT, Patch::Text(comment));
    }
    patches
}

fn text(caption: Option<&'static str>) -> Patch<'static> {
    caption.map_or(Patch::Missing, Patch::Text)
}
