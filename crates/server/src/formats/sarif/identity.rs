//! Which result is which: the same in every log, and what tells results of one log apart.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::words::{digest, joined};
use super::{Found, Spot};

/// What Semgrep writes for a print where nobody is logged in.
const NO_PRINT: &str = "requires login";

/// Lines move with each change of a file, so they are no part of it. The file is: tools put prints beside it
/// that say less than the standard asks for, down to one that all results share.
pub fn of(scanned: &str, rule: &str, uri: &str, found: &Found, message: &str) -> String {
    match all_prints(found).next() {
        Some(print) => joined(&[scanned, rule, uri, &print]),
        None => joined(&[scanned, rule, uri, message]),
    }
}

/// What tools say of a result, then the code that it is about, then where that stands.
pub fn apart(found: &Found, message: &str, spots: &[Spot<'_>]) -> Vec<String> {
    let mut said: Vec<String> = all_prints(found).collect();
    said.push(message.to_owned());
    let code: Vec<&str> = spots.iter().filter_map(|spot| spot.snippet).collect();
    let places: Vec<String> = spots.iter().map(place).collect();
    vec![
        digest(&said.join("\n")),
        digest(&code.join("\n")),
        places.join(","),
    ]
}

/// File, lines and columns.
fn place(spot: &Spot<'_>) -> String {
    let numbers = spot.region.map_or([None; 4], |region| {
        [
            region.start_line,
            region.start_column,
            region.end_line,
            region.end_column,
        ]
    });
    let numbers = numbers
        .into_iter()
        .flatten()
        .map(|number| format!(":{number}"));
    format!("{}{}", spot.uri, numbers.collect::<String>())
}

fn all_prints(found: &Found) -> impl Iterator<Item = String> {
    let kinds = [&found.fingerprints, &found.partial_fingerprints];
    kinds.into_iter().flat_map(prints)
}

/// The prints that say anything.
fn prints(prints: &Option<BTreeMap<String, Value>>) -> impl Iterator<Item = String> {
    let prints = prints.iter().flatten().map(|(name, print)| {
        // Some tools write more than a text here.
        let text = match print {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        (name, text)
    });
    let said = prints.filter(|(_, text)| !text.is_empty() && text != NO_PRINT);
    said.map(|(name, text)| format!("{name}={text}"))
}
