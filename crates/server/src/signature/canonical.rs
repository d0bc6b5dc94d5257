//! The canonical request and the string to sign of Signature Version 4.

use std::borrow::Cow;
use std::ops::Range;

use http::HeaderMap;
use sha2::{Digest, Sha256};

use super::claim::Scope;
use super::{ALGORITHM, TERMINATOR, hex, split};

/// How a service writes the path it signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathStyle {
    /// Dot segments and repeated slashes are taken out first.
    pub normalize: bool,
    /// The path as sent, escapes included, is escaped once more.
    pub double_encode: bool,
}

impl PathStyle {
    /// The style of every AWS service but S3.
    pub const STANDARD: Self = Self {
        normalize: true,
        double_encode: true,
    };

    /// The style of S3, whose keys may have dots and slashes anywhere.
    pub const S3: Self = Self {
        normalize: false,
        double_encode: false,
    };
}

/// The parts of a request that its signature covers.
pub(super) struct Covered<'a> {
    pub method: &'a str,
    /// The path as sent, still escaped.
    pub path: &'a str,
    pub query: &'a CanonicalQuery,
    pub headers: &'a HeaderMap,
    /// Lower-case names in ascending order, `;` between.
    pub signed_headers: &'a str,
    pub body_sha256: &'a [u8; 32],
}

/// A signed header that the request does not have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PhantomHeader(pub String);

impl Covered<'_> {
    /// Writes the canonical request.
    pub fn canonical_request(&self, style: PathStyle) -> Result<Vec<u8>, PhantomHeader> {
        let mut out = Vec::with_capacity(1024);
        out.extend_from_slice(self.method.as_bytes());
        out.push(b'\n');
        push_path(&mut out, self.path, style);
        out.push(b'\n');
        self.query.push_signed(&mut out);
        out.push(b'\n');
        for name in split(self.signed_headers, b';') {
            push_header(&mut out, self.headers, name)?;
        }
        out.push(b'\n');
        out.extend_from_slice(self.signed_headers.as_bytes());
        out.push(b'\n');
        out.extend_from_slice(&hex(self.body_sha256));
        Ok(out)
    }
}

/// Writes the string that is signed: algorithm, time, scope and the canonical request's hash.
pub(super) fn string_to_sign(timestamp: &str, scope: &Scope, canonical_request: &[u8]) -> Vec<u8> {
    let digest: [u8; 32] = Sha256::digest(canonical_request).into();
    let mut out = Vec::with_capacity(160);
    for line in [ALGORITHM, timestamp] {
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
    }
    for part in [&scope.date, &scope.region, &scope.service] {
        out.extend_from_slice(part.as_bytes());
        out.push(b'/');
    }
    out.extend_from_slice(TERMINATOR.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(&hex(&digest));
    out
}

/// A query, escaped in the one canonical way and sorted by name, then value.
pub(super) struct CanonicalQuery {
    text: String,
    /// Name and value of each parameter in `text`.
    pairs: Vec<(Range<usize>, Range<usize>)>,
}

impl CanonicalQuery {
    /// Reads a query as sent; empty pieces between `&` are dropped.
    pub fn new(query: &str) -> Self {
        let mut text = Vec::with_capacity(query.len() + 16);
        let mut pairs = Vec::new();
        for (name, value) in pieces(query) {
            let start = text.len();
            push_recoded(&mut text, name, false);
            let middle = text.len();
            push_recoded(&mut text, value, false);
            pairs.push((start..middle, middle..text.len()));
        }
        let text = String::from_utf8(text).expect("Invariant: escaped text is ASCII");
        pairs.sort_by(|a, b| {
            let key = |pair: &(Range<usize>, Range<usize>)| {
                (&text[pair.0.clone()], &text[pair.1.clone()])
            };
            key(a).cmp(&key(b))
        });
        Self { text, pairs }
    }

    /// Escaped names and values in canonical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (&self.text[name.clone()], &self.text[value.clone()]))
    }

    /// A presigned query cannot hold its own signature, so that one parameter is left out.
    fn push_signed(&self, out: &mut Vec<u8>) {
        let mut first = true;
        for (name, value) in self.iter().filter(|(name, _)| *name != "X-Amz-Signature") {
            if !std::mem::take(&mut first) {
                out.push(b'&');
            }
            out.extend_from_slice(name.as_bytes());
            out.push(b'=');
            out.extend_from_slice(value.as_bytes());
        }
    }
}

/// Whether a query can have a parameter whose canonical name begins so; the prefix needs no escapes itself.
pub(super) fn may_name(query: &str, prefix: &str) -> bool {
    // An escape may stand for any letter of a name.
    pieces(query).any(|(name, _)| name.starts_with(prefix.as_bytes()) || name.contains(&b'%'))
}

/// Names and values of a query as sent; empty pieces between `&` are dropped.
fn pieces(query: &str) -> impl Iterator<Item = (&[u8], &[u8])> {
    let pieces = query.as_bytes().split(|byte| *byte == b'&');
    pieces.filter(|piece| !piece.is_empty()).map(|piece| {
        let middle = piece.iter().position(|byte| *byte == b'=');
        middle.map_or((piece, &[][..]), |at| (&piece[..at], &piece[at + 1..]))
    })
}

/// The path that the signature stands for: no dot segments, no repeated slashes, escapes as sent.
///
/// Route on this path: a captured signature also fits any other spelling of it.
pub fn normalize_path(path: &str) -> Cow<'_, str> {
    let mut segments = path.split('/').peekable();
    let mut clean = path.starts_with('/');
    segments.next();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        clean &= !matches!(segment, "." | "..") && (last || !segment.is_empty());
    }
    if clean {
        return Cow::Borrowed(path);
    }
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => _ = kept.pop(),
            _ => kept.push(segment),
        }
    }
    let mut out = String::with_capacity(path.len() + 1);
    for segment in &kept {
        out.push('/');
        out.push_str(segment);
    }
    if kept.is_empty() || path.ends_with('/') {
        out.push('/');
    }
    Cow::Owned(out)
}

fn push_path(out: &mut Vec<u8>, path: &str, style: PathStyle) {
    let path = if style.normalize {
        normalize_path(path)
    } else {
        Cow::Borrowed(path)
    };
    if path.is_empty() {
        out.push(b'/');
    } else if style.double_encode {
        path.bytes().for_each(|byte| push_escaped(out, byte, true));
    } else {
        push_recoded(out, path.as_bytes(), true);
    }
}

/// Repeated headers are joined by a comma, in the order they came.
fn push_header(out: &mut Vec<u8>, headers: &HeaderMap, name: &str) -> Result<(), PhantomHeader> {
    let mut values = headers.get_all(name).iter();
    let first = values
        .next()
        .ok_or_else(|| PhantomHeader(name.to_owned()))?;
    out.extend_from_slice(name.as_bytes());
    out.push(b':');
    push_collapsed(out, first.as_bytes());
    for value in values {
        out.push(b',');
        push_collapsed(out, value.as_bytes());
    }
    out.push(b'\n');
    Ok(())
}

/// Blanks at the ends go, each run of blanks inside becomes one space.
fn push_collapsed(out: &mut Vec<u8>, value: &[u8]) {
    let mut first = true;
    for word in value
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
    {
        if !std::mem::take(&mut first) {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}

/// The bytes that stand for themselves in canonical text.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        plain[byte] =
            (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'-' | b'.' | b'_' | b'~');
        byte += 1;
    }
    plain
};

/// Writes the bytes up to the first that does not stand for itself, and returns the others.
fn push_plain<'a>(out: &mut Vec<u8>, text: &'a [u8]) -> &'a [u8] {
    let end = text.iter().position(|byte| !PLAIN[usize::from(*byte)]);
    let (plain, rest) = text.split_at(end.unwrap_or(text.len()));
    out.extend_from_slice(plain);
    rest
}

/// Undoes the sender's escapes and applies the canonical ones, in one pass.
fn push_recoded(out: &mut Vec<u8>, text: &[u8], keep_slash: bool) {
    let mut rest = push_plain(out, text);
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = match (byte, tail) {
            (b'%', [high, low, after @ ..]) => {
                digit(*high).zip(digit(*low)).map(|pair| (pair, after))
            }
            _ => None,
        };
        match escape {
            Some(((high, low), after)) => {
                push_escaped(out, high << 4 | low, false);
                rest = push_plain(out, after);
            }
            None => {
                push_escaped(out, byte, keep_slash);
                rest = push_plain(out, tail);
            }
        }
    }
}

fn push_escaped(out: &mut Vec<u8>, byte: u8, keep_slash: bool) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    if PLAIN[usize::from(byte)] || (keep_slash && byte == b'/') {
        out.push(byte);
    } else {
        out.extend_from_slice(&[
            b'%',
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]);
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
