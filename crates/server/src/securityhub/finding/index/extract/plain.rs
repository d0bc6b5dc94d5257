//! Fills a row from a parsed document, attribute after attribute: what the one pass must come to.

use balefire_columns::{Kind, Row};
use serde_json::Value;

use crate::securityhub::finding::index::fields::{Attribute, Edited, Fields};

/// What makes a walk go on to the next value.
const ON: bool = false;

/// Adds to a row what a document shows.
pub fn fill(row: &mut Row, fields: &Fields, document: &Value) {
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

/// Adds to a row what the provider sent of the attributes that customers set.
pub fn fill_provided(row: &mut Row, fields: &Fields, document: &Value) {
    for Edited { provider, .. } in &fields.edited {
        match fields.schema().fields()[provider.0].kind {
            Kind::Number => add_numbers(row, provider, document),
            _ => add_texts(row, provider, document),
        }
    }
}

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
