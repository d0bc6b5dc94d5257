//! The text forms of a feed: a list, a single record, or a record a line.

use std::fmt;
use std::io::{BufRead, Read};

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::super::Advisory;
use super::Sink;
use crate::intelligence::feed::{FeedError, Line, Lines, MAX_RECORD_BYTES, RecordError};

/// Reads a list, a single record, or a record a line; which of them, the first two lines tell.
pub(super) fn read<F: FnMut(Result<Advisory, RecordError>)>(
    mut reader: impl BufRead,
    sink: &mut Sink<F>,
) -> Result<(), FeedError> {
    skip_blanks(&mut reader)?;
    let first = reader
        .fill_buf()
        .map_err(|cause| FeedError::from_io(cause, "at its start"))?;
    match first.first() {
        None => return Ok(()),
        Some(b'[') => return read_list(reader, sink),
        Some(b'{') => {}
        Some(_) => {
            return Err(FeedError::Malformed {
                place: "at its start".to_owned(),
                reason: "expected a JSON object, a JSON array, or a JSON object a line".to_owned(),
            });
        }
    }
    let mut lines = Lines::new(&mut reader);
    let first = lines.next()?;
    let second = lines.next()?;
    let head = [&first, &second]
        .into_iter()
        .flatten()
        .fold(Vec::new(), |mut head, line| {
            head.extend_from_slice(&line.text);
            head.extend(line.ended.then_some(b'\n'));
            head
        });
    // Two lines of a longer document leave it open; two records, or a broken one, do not.
    if first.as_ref().is_some_and(|first| is_open(&first.text)) && is_open_or_whole(&head) {
        return read_document(head, reader, sink);
    }
    for line in [first, second].into_iter().flatten() {
        read_line(line, sink)?;
    }
    while let Some(line) = lines.next()? {
        read_line(line, sink)?;
    }
    Ok(())
}

fn read_line<F: FnMut(Result<Advisory, RecordError>)>(
    line: Line,
    sink: &mut Sink<F>,
) -> Result<(), FeedError> {
    let place = format!("line {}", line.number);
    if line.text.trim_ascii().is_empty() {
        return Ok(());
    }
    if !line.ended && is_open(&line.text) {
        return Err(FeedError::Truncated {
            place: format!("at {place}"),
            reason: "the last record is not complete".to_owned(),
        });
    }
    sink.record(&place, &line.text);
    Ok(())
}

fn skip_blanks(reader: &mut impl BufRead) -> Result<(), FeedError> {
    loop {
        let buffer = reader
            .fill_buf()
            .map_err(|cause| FeedError::from_io(cause, "at its start"))?;
        let blanks = match buffer.strip_prefix(b"\xef\xbb\xbf") {
            Some(_) => 3,
            None => buffer
                .iter()
                .take_while(|byte| byte.is_ascii_whitespace())
                .count(),
        };
        if blanks == 0 {
            return Ok(());
        }
        reader.consume(blanks);
    }
}

/// Whether the text is the beginning of a JSON value that goes on.
fn is_open(text: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(text).is_err_and(|error| error.is_eof())
}

fn is_open_or_whole(text: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(text).map_or_else(|error| error.is_eof(), |_| true)
}

fn read_document<F: FnMut(Result<Advisory, RecordError>)>(
    mut text: Vec<u8>,
    rest: impl Read,
    sink: &mut Sink<F>,
) -> Result<(), FeedError> {
    rest.take(MAX_RECORD_BYTES)
        .read_to_end(&mut text)
        .map_err(|cause| FeedError::from_io(cause, "in its only record"))?;
    serde_json::from_slice::<&RawValue>(&text).map_err(FeedError::from_json)?;
    sink.record("record 1", &text);
    Ok(())
}

fn read_list<F: FnMut(Result<Advisory, RecordError>)>(
    reader: impl Read,
    sink: &mut Sink<F>,
) -> Result<(), FeedError> {
    let mut json = serde_json::Deserializer::from_reader(reader);
    json.deserialize_seq(List(sink))
        .map_err(FeedError::from_json)?;
    json.end().map_err(FeedError::from_json)
}

/// Hands on the records of a JSON array while it is being read.
struct List<'a, F>(&'a mut Sink<F>);

impl<'de, F: FnMut(Result<Advisory, RecordError>)> Visitor<'de> for List<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of OSV records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut position = 0_u64;
        while let Some(record) = list.next_element::<Box<RawValue>>()? {
            position += 1;
            self.0
                .record(&format!("record {position}"), record.get().as_bytes());
        }
        Ok(())
    }
}
