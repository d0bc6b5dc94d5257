//! Writes nodes as JSON: absent members are left out, and nothing is ever null but sparse entries.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::node::Node;
use crate::shape::{Location, Member, Shape, Structure};
use crate::timestamp::{TimeFormat, Timestamp};

/// Appends the JSON of a value to `out`.
pub fn write(shape: &Shape, node: &Node, out: &mut Vec<u8>) {
    match (shape, node) {
        (_, Node::Null) => out.extend_from_slice(b"null"),
        (_, Node::Document(document)) => out.extend_from_slice(document.text().as_bytes()),
        // A value that is in its wire form already.
        (_, Node::Written(json)) => out.extend_from_slice(json),
        (Shape::Structure(structure), node) => write_members(structure, node, out),
        (Shape::List(list), Node::List(items)) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(list.item, item, out);
            }
            out.push(b']');
        }
        (Shape::Map(map), Node::Map(entries)) => {
            out.push(b'{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                text(key, out);
                out.push(b':');
                write(map.value, value, out);
            }
            out.push(b'}');
        }
        (Shape::Timestamp(format), Node::Timestamp(instant)) => timestamp(*format, *instant, out),
        (_, node) => scalar(node, out),
    }
}

/// Appends the members of a structure that travel in a body; a missing one shows its default.
pub fn write_members(structure: &Structure, node: &Node, out: &mut Vec<u8>) {
    out.push(b'{');
    let mut first = true;
    let mut start = |member: &Member, out: &mut Vec<u8>| {
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        quoted(member.wire, out);
        out.push(b':');
    };
    match node {
        Node::Union(place, value) => {
            let member = &structure.members[*place];
            start(member, out);
            write(member.shape, value, out);
        }
        Node::Structure(slots) => {
            for (member, slot) in structure.members.iter().zip(slots) {
                match (slot, member.default) {
                    _ if !in_body(member.location) => {}
                    (Some(value), _) => {
                        start(member, out);
                        write(member.shape, value, out);
                    }
                    (None, Some(default)) => {
                        start(member, out);
                        out.extend_from_slice(default.as_bytes());
                    }
                    (None, None) => {}
                }
            }
        }
        _ => {}
    }
    out.push(b'}');
}

/// Labels and queries only mean something in requests.
fn in_body(location: Location) -> bool {
    matches!(
        location,
        Location::Body | Location::Label | Location::Query | Location::QueryMap
    )
}

fn scalar(node: &Node, out: &mut Vec<u8>) {
    match node {
        Node::Boolean(true) => out.extend_from_slice(b"true"),
        Node::Boolean(false) => out.extend_from_slice(b"false"),
        Node::Integer(value) => append(out, format_args!("{value}")),
        Node::Float(value) => float(*value, out),
        Node::Text(value) => text(value, out),
        Node::Blob(bytes) => text(&STANDARD.encode(bytes), out),
        // The other kinds never reach here with a matching shape.
        _ => out.extend_from_slice(b"null"),
    }
}

fn float(value: f64, out: &mut Vec<u8>) {
    if value.is_nan() {
        out.extend_from_slice(b"\"NaN\"");
    } else if value.is_infinite() {
        out.extend_from_slice(if value > 0.0 {
            b"\"Infinity\""
        } else {
            b"\"-Infinity\""
        });
    } else {
        append(out, format_args!("{value:?}"));
    }
}

fn timestamp(format: TimeFormat, instant: Timestamp, out: &mut Vec<u8>) {
    match format {
        TimeFormat::EpochSeconds => out.extend_from_slice(instant.epoch_seconds().as_bytes()),
        TimeFormat::DateTime => text(&instant.date_time(), out),
        TimeFormat::HttpDate => text(&instant.http_date(), out),
    }
}

/// Appends a JSON string.
pub fn text(value: &str, out: &mut Vec<u8>) {
    if is_plain(value) {
        quoted(value, out);
    } else {
        // Writing to memory cannot fail.
        let _ = serde_json::to_writer(out, value);
    }
}

/// Whether a text is written as it is. All bytes are looked at, which the compiler does many at a time.
fn is_plain(value: &str) -> bool {
    let is_plain = |byte: u8| (byte >= b' ') & (byte != b'"') & (byte != b'\\');
    value.bytes().fold(true, |all, byte| all & is_plain(byte))
}

fn quoted(plain: &str, out: &mut Vec<u8>) {
    out.reserve(plain.len() + 2);
    out.push(b'"');
    out.extend_from_slice(plain.as_bytes());
    out.push(b'"');
}

fn append(out: &mut Vec<u8>, arguments: std::fmt::Arguments) {
    let _ = out.write_fmt(arguments);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_written_as_serde_json_writes_them() {
        for byte in 0..=0x7f_u8 {
            let character = char::from(byte);
            for value in [
                character.to_string(),
                format!("plain and then{character}more, with ü and 漢"),
            ] {
                let mut out = Vec::new();
                text(&value, &mut out);
                assert_eq!(out, serde_json::to_vec(&value).unwrap(), "{value:?}");
            }
        }
        let mut out = Vec::new();
        text("", &mut out);
        assert_eq!(out, b"\"\"");
    }
}
