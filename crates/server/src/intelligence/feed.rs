//! What can be wrong with a feed or one of its records, and reading feeds line by line.

use std::fmt;
use std::io::{self, BufRead, Read};

use balefire_api::Timestamp;
use jiff::civil::Date;

/// The longest record that is read, in bytes: far above any real one, far below memory.
pub const MAX_RECORD_BYTES: u64 = 64 * 1024 * 1024;

/// A feed that cannot be used as a whole: whoever reads it keeps the previous one.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// Opening or reading failed below the format.
    #[error("cannot be read {place}: {cause}")]
    Unreadable {
        /// Where in the feed.
        place: String,
        /// What the operating system or the connection said.
        cause: io::Error,
    },
    /// The feed ends before its format says it does.
    #[error("is cut off {place}: {reason}; fetch it again")]
    Truncated {
        /// Where in the feed.
        place: String,
        /// What is missing.
        reason: String,
    },
    /// The feed is not what it should be.
    #[error("is not usable {place}: {reason}")]
    Malformed {
        /// Where in the feed.
        place: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The feed has no record at all.
    #[error("holds no records: expected {expected}")]
    Empty {
        /// What a feed of this kind holds.
        expected: &'static str,
    },
}

impl FeedError {
    /// Tells an early end and damaged data from failures of the disk or the network.
    pub fn from_io(cause: io::Error, place: impl Into<String>) -> Self {
        let place = place.into();
        match cause.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated {
                place,
                reason: "the data ends early".to_owned(),
            },
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::Malformed {
                place,
                reason: format!("the data is damaged: {cause}"),
            },
            _ => Self::Unreadable { place, cause },
        }
    }

    /// The same for a JSON document that could not be read.
    pub fn from_json(error: serde_json::Error) -> Self {
        let place = format!("at line {}, column {}", error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Io => Self::from_io(error.into(), place),
            serde_json::error::Category::Eof => Self::Truncated {
                place,
                reason: "the JSON document has no end".to_owned(),
            },
            _ => Self::Malformed {
                place,
                reason: error.to_string(),
            },
        }
    }
}

/// One record that was left out; the rest of the feed stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RecordError {
    /// Where the record stands, such as `line 12` or `record 3`.
    pub place: String,
    /// The record's id, when it could still be read.
    pub id: Option<String>,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(f, "{} ({id}): {}", self.place, self.reason),
            None => write!(f, "{}: {}", self.place, self.reason),
        }
    }
}

/// Whether the date or time of a feed is after another; where one of them is a date, dates count.
pub fn is_newer(one: &str, other: &str) -> bool {
    let times: [Option<Timestamp>; 2] = [one, other].map(Timestamp::parse_with_offset);
    if let [Some(one), Some(other)] = times {
        return one > other;
    }
    let days: [Option<Date>; 2] = [one, other].map(|text| text.get(..10)?.parse().ok());
    matches!(days, [Some(one), Some(other)] if one > other)
}

/// Lines of a feed with their numbers, none longer than [`MAX_RECORD_BYTES`].
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
}

/// One line without its line end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from 1.
    pub number: u64,
    pub text: Vec<u8>,
    /// False for a last line that stops without a line end.
    pub ended: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, number: 0 }
    }

    /// The next line, or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Line>, FeedError> {
        let number = self.number + 1;
        let mut text = Vec::new();
        let read = (&mut self.reader)
            .take(MAX_RECORD_BYTES + 1)
            .read_until(b'\n', &mut text)
            .map_err(|cause| FeedError::from_io(cause, format!("at line {number}")))?;
        if read == 0 {
            return Ok(None);
        }
        let ended = text.pop_if(|last| *last == b'\n').is_some();
        if !ended && read as u64 > MAX_RECORD_BYTES {
            return Err(FeedError::Malformed {
                place: format!("at line {number}"),
                reason: format!("the line is longer than {MAX_RECORD_BYTES} bytes"),
            });
        }
        text.pop_if(|last| *last == b'\r');
        self.number = number;
        Ok(Some(Line {
            number,
            text,
            ended,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_say_whether_they_ended() {
        let mut lines = Lines::new(&b"a\r\n\nb"[..]);
        let mut seen = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            seen.push((
                line.number,
                String::from_utf8(line.text).unwrap(),
                line.ended,
            ));
        }
        let expected = [(1, "a", true), (2, "", true), (3, "b", false)];
        assert_eq!(
            seen,
            expected.map(|(number, text, ended)| (number, text.to_owned(), ended))
        );
    }

    #[test]
    fn dates_and_times_of_feeds_are_compared() {
        for (one, other, expected) in [
            ("2099-01-31", "2099-01-30", true),
            ("2099-01-31", "2099-01-31", false),
            ("2099-01-31T10:00:00Z", "2099-01-31T09:00:00Z", true),
            ("2099-01-31T10:00:00Z", "2099-01-31", false),
            ("2099-01-31T10:00:00Z", "2099-01-30", true),
            ("2099-01-30", "2099-01-31T10:00:00Z", false),
            ("", "2099-01-31", false),
        ] {
            assert_eq!(is_newer(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn a_line_without_end_is_bounded() {
        let mut lines = Lines::new(io::BufReader::new(io::repeat(b'x')));
        assert!(matches!(lines.next(), Err(FeedError::Malformed { .. })));
    }
}
