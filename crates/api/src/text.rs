//! Values in labels, query parameters and headers, where everything is text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use crate::json::{self};
use crate::node::Node;
use crate::rejection::Rejection;
use crate::shape::{Shape, Text};
use crate::timestamp::{TimeFormat, Timestamp};

/// Reads one value. `place` is what the error names, such as `query parameter 'maxResults'`.
pub fn read(shape: &'static Shape, text: &str, place: &str) -> Result<Node, Rejection> {
    let node = match shape {
        Shape::Text(Text {
            holds_json: true, ..
        }) if place.starts_with("header") => decoded(text),
        Shape::Text(_) => Some(Node::Text(text.to_owned())),
        Shape::Boolean => match text {
            "true" => Some(Node::Boolean(true)),
            "false" => Some(Node::Boolean(false)),
            _ => None,
        },
        Shape::Integer(_) | Shape::Float(_) => number(shape, text),
        Shape::Timestamp(TimeFormat::EpochSeconds) => number(shape, text),
        Shape::Timestamp(TimeFormat::DateTime) => {
            Timestamp::parse_date_time(text).map(Node::Timestamp)
        }
        Shape::Timestamp(TimeFormat::HttpDate) => {
            Timestamp::parse_http_date(text).map(Node::Timestamp)
        }
        _ => None,
    };
    node.ok_or_else(|| {
        Rejection::Serialization(format!(
            "The {place} could not be read: '{text}' is not {}.",
            wanted(shape)
        ))
    })
}

/// Numbers have the grammar of JSON, and floats three words besides.
fn number(shape: &'static Shape, text: &str) -> Option<Node> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'));
    match shape {
        _ if plain => json::read_payload(shape, text.as_bytes()).ok().flatten(),
        Shape::Float(_) => {
            let mut quoted = Vec::new();
            json::text(text, &mut quoted);
            json::read_payload(shape, &quoted).ok().flatten()
        }
        _ => None,
    }
}

fn decoded(text: &str) -> Option<Node> {
    let bytes = STANDARD.decode(text).ok()?;
    String::from_utf8(bytes).ok().map(Node::Text)
}

fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Shape::Boolean => "true or false",
        Shape::Integer(_) => "an integer in range",
        Shape::Float(_) => "a number",
        Shape::Timestamp(_) => "a time in the format asked for",
        _ => "of the form asked for",
    }
}

/// Writes one value as a header shows it.
pub fn write(shape: &Shape, node: &Node) -> String {
    match (shape, node) {
        (
            Shape::Text(Text {
                holds_json: true, ..
            }),
            Node::Text(text),
        ) => STANDARD.encode(text),
        (_, Node::Text(text)) => text.clone(),
        (Shape::Timestamp(TimeFormat::EpochSeconds), Node::Timestamp(t)) => t.epoch_seconds(),
        (Shape::Timestamp(TimeFormat::DateTime), Node::Timestamp(t)) => t.date_time(),
        (Shape::Timestamp(TimeFormat::HttpDate), Node::Timestamp(t)) => t.http_date(),
        (_, Node::Float(value)) if value.is_nan() => "NaN".into(),
        (_, Node::Float(value)) if value.is_infinite() => {
            if *value > 0.0 {
                "Infinity".into()
            } else {
                "-Infinity".into()
            }
        }
        (Shape::List(list), Node::List(items)) => {
            let quotes = matches!(list.item, Shape::Text(_));
            let items: Vec<String> = items
                .iter()
                .map(|item| listed(&write(list.item, item), quotes))
                .collect();
            items.join(", ")
        }
        (shape, node) => {
            let mut out = Vec::new();
            json::write(shape, node, &mut out);
            String::from_utf8(out).unwrap_or_default()
        }
    }
}

/// An entry of a header list, quoted where it holds a comma or a quote.
fn listed(text: &str, quotes: bool) -> String {
    if quotes && text.contains([',', '"']) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        text.to_owned()
    }
}

/// Splits a header list at commas outside quotes; HTTP dates bring a comma of their own.
pub fn split_header(text: &str, dates: bool) -> Option<Vec<String>> {
    let mut entries = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (entry, after) = if rest.starts_with('"') {
            quoted(rest)?
        } else {
            bare(rest, dates)
        };
        entries.push(entry);
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None if after.is_empty() => after,
            None => return None,
        };
    }
    Some(entries)
}

fn bare(text: &str, dates: bool) -> (String, &str) {
    let mut commas = text.match_indices(',').map(|(at, _)| at);
    let end = if dates { commas.nth(1) } else { commas.next() }.unwrap_or(text.len());
    (text[..end].trim().to_owned(), &text[end..])
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let mut entry = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((entry, &text[at + 1..])),
            '\\' => entry.push(characters.next()?.1),
            c => entry.push(c),
        }
    }
    None
}

/// Decodes percent-encoding once; `None` where the bytes are not UTF-8.
pub fn percent_decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    bytes.extend(percent_decode_str(text));
    String::from_utf8(bytes).ok()
}

/// The parameters of a raw query string, decoded once, in their order.
pub fn query_parameters(raw: &str) -> Option<Vec<(String, String)>> {
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((percent_decoded(key)?, percent_decoded(value)?))
        })
        .collect()
}
