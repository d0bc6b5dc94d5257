//! Takes the findings out of a file: a report of any format, or one document a line; gzip or not.

#[cfg(test)]
mod tests;

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use balefire_api::Document;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::command::input::{self, Input};
use crate::formats::{self, Format, Given, Placed, Refused, Scope, Version, Versions};

/// A file above this is read once.
const READ_TWICE_BYTES_MAX: u64 = 16 << 20;

/// A finding on its way.
pub struct Incoming {
    /// Where it stands in its file.
    pub place: String,
    pub document: Document,
    pub version: Option<Version>,
}

/// A finding with its place, or what none could be made of.
pub type Found = Result<Incoming, Refused>;

/// Findings one after the other.
pub struct Documents {
    pub format: Format,
    pub scope: Scope,
    pub undated: bool,
    /// As in `Report`.
    pub silent: Vec<String>,
    form: Form,
    length: u64,
    read: Arc<AtomicU64>,
}

enum Form {
    Whole(std::vec::IntoIter<Refused>, std::vec::IntoIter<Placed>),
    Lines {
        reader: Box<dyn BufRead + Send>,
        line: usize,
        ended: bool,
    },
}

/// Opens a file and finds out its format by its content, unless one is wanted.
pub fn open(path: &Path, wanted: Option<Format>, given: Given<'_>) -> Result<Documents> {
    let Input {
        reader,
        first,
        read,
    } = input::open(path)?;
    let documents = match first {
        None => bail!("{} is empty", path.display()),
        Some(b'[') => array(reader, wanted, given),
        Some(b'{') => object_or_lines(reader, wanted, given),
        Some(_) => lines_behind_others(reader, wanted, given),
    };
    let documents = documents.with_context(|| path.display().to_string())?;
    let length = path.metadata().map_or(0, |file| file.len());
    Ok(Documents {
        length,
        read,
        ..documents
    })
}

fn array(reader: impl Read, wanted: Option<Format>, given: Given<'_>) -> Result<Documents> {
    let text = input::text(reader, Vec::new())?;
    serde_json::from_str::<IgnoredAny>(&text)
        .context("the array is cut off or broken, so nothing of it was taken")?;
    whole(&text, wanted, given)
}

fn whole(text: &str, wanted: Option<Format>, given: Given<'_>) -> Result<Documents> {
    let Some(format) = wanted.or_else(|| formats::recognise(text)) else {
        bail!(formats::unrecognised());
    };
    let report = formats::read(format, text, given).map_err(anyhow::Error::msg)?;
    Ok(Documents {
        format,
        scope: report.scope,
        undated: report.undated,
        silent: report.silent,
        form: Form::Whole(report.refused.into_iter(), report.findings.into_iter()),
        length: 0,
        read: Arc::default(),
    })
}

/// One document a line, unless the first line is the one object there is, or only its beginning.
fn object_or_lines(
    mut reader: Box<dyn BufRead + Send>,
    wanted: Option<Format>,
    given: Given<'_>,
) -> Result<Documents> {
    let mut first = Vec::new();
    reader.read_until(b'\n', &mut first)?;
    let line = std::str::from_utf8(&first).unwrap_or_default();
    if serde_json::from_str::<IgnoredAny>(line).is_err() {
        return broken_or_lines(first, reader, wanted, given);
    }
    let Some(format) = wanted.or_else(|| formats::recognise(line)) else {
        bail!(formats::unrecognised());
    };
    if formats::is_line(format, line) {
        let reader = Box::new(io::Cursor::new(first).chain(reader));
        return Ok(lines(format, reader, given));
    }
    let text = input::text(reader, first)?;
    whole(&text, Some(format), given)
}

/// One object of several lines, or one document a line of which the first is broken.
fn broken_or_lines(
    first: Vec<u8>,
    mut reader: Box<dyn BufRead + Send>,
    wanted: Option<Format>,
    given: Given<'_>,
) -> Result<Documents> {
    let mut all = first;
    // What ends too early has its good lines taken, and the end is told where they end.
    let ended = reader.read_to_end(&mut all);
    if let Ok(text) = std::str::from_utf8(&all)
        && serde_json::from_str::<IgnoredAny>(text).is_ok()
    {
        return whole(text, wanted, given);
    }
    let Some(format) = formats::of_lines(all.split(|byte| *byte == b'\n'), wanted) else {
        ended?;
        input::text(io::empty(), all)?;
        bail!("the JSON is cut off or broken, so nothing of it was taken");
    };
    let end = BufReader::new(End(ended.err()));
    Ok(lines(
        format,
        Box::new(io::Cursor::new(all).chain(end)),
        given,
    ))
}

/// One document a line behind lines that are none, such as a tool's log.
fn lines_behind_others(
    mut reader: Box<dyn BufRead + Send>,
    wanted: Option<Format>,
    given: Given<'_>,
) -> Result<Documents> {
    let mut read = Vec::new();
    loop {
        let start = read.len();
        if reader.read_until(b'\n', &mut read)? == 0 {
            bail!("it is not JSON: {}", formats::unrecognised());
        }
        if let Some(format) = formats::of_lines([&read[start..]], wanted) {
            let reader = Box::new(io::Cursor::new(read).chain(reader));
            return Ok(lines(format, reader, given));
        }
    }
}

/// Nothing more, or why there is not more.
struct End(Option<io::Error>);

impl Read for End {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn lines(format: Format, reader: Box<dyn BufRead + Send>, given: Given<'_>) -> Documents {
    Documents {
        format,
        scope: given.of_events(),
        undated: false,
        silent: Vec::new(),
        form: Form::Lines {
            reader,
            line: 0,
            ended: false,
        },
        length: 0,
        read: Arc::default(),
    }
}

impl Incoming {
    /// Reads the text once: what its version can be read of is JSON. Fails where it is none.
    fn of_text(place: String, text: String) -> Result<Incoming, serde_json::Error> {
        let version = Version::of(&text);
        let document = match version {
            Some(_) => Document::of_sound(text),
            None => Document::from_text(text)?,
        };
        Ok(Incoming {
            place,
            document,
            version,
        })
    }

    fn of(place: String, document: Document) -> Incoming {
        Incoming {
            version: Version::of(document.text()),
            place,
            document,
        }
    }
}

/// Which of a file's findings are versions of one. A file of lines is read once more for it. That would take
/// a tenth of the time that the findings of a large one take, and a pipe cannot be read again: there only
/// those that stand near each other come together.
pub fn versions(
    documents: &Documents,
    path: &Path,
    wanted: Option<Format>,
    given: Given<'_>,
) -> Result<Versions<Incoming>> {
    if let Form::Whole(_, placed) = &documents.form {
        let placed = placed.as_slice().iter();
        return Ok(Versions::among(
            placed.filter_map(|one| Version::of(one.document.get())),
        ));
    }
    if documents.length > READ_TWICE_BYTES_MAX || !input::is_file(path) {
        return Ok(Versions::default());
    }
    let again = open(path, wanted, given)?;
    Ok(Versions::among(
        again.filter_map(|found| found.ok()?.version),
    ))
}

impl Documents {
    /// Bytes of the file; 0 where that is not known.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Bytes of the file that were read.
    pub fn read_so_far(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

impl Iterator for Documents {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        match &mut self.form {
            Form::Whole(refused, found) => {
                let refused = refused.next().map(Err);
                let found = || {
                    let Placed { place, document } = found.next()?;
                    Some(Ok(Incoming::of(place, document.into())))
                };
                refused.or_else(found)
            }
            Form::Lines {
                reader,
                line,
                ended,
            } => {
                let (place, text) = next_line(reader, line, ended)?;
                let found = text.and_then(|text| incoming(self.format, &place, &text));
                Some(found.map_err(|reason| Refused { place, reason }))
            }
        }
    }
}

/// The finding of a line. OCSF is taken as it is, so that one reading serves; what is no UTF-8 is told by the
/// other.
fn incoming(format: Format, place: &str, line: &[u8]) -> Result<Incoming, String> {
    let not_json = |error: serde_json::Error| format!("it is not JSON: {error}");
    if format == Format::Ocsf
        && let Ok(text) = std::str::from_utf8(line.trim_ascii())
    {
        return Incoming::of_text(place.to_owned(), text.to_owned()).map_err(not_json);
    }
    let document: Box<RawValue> = serde_json::from_slice(line).map_err(not_json)?;
    let document = formats::line(format, document)?;
    Ok(Incoming::of(place.to_owned(), document.into()))
}

type Line = (String, Result<Vec<u8>, String>);

/// The next line that is not blank, by its number.
fn next_line(reader: &mut dyn BufRead, line: &mut usize, ended: &mut bool) -> Option<Line> {
    let mut text = Vec::new();
    while !*ended {
        text.clear();
        *line += 1;
        match reader.read_until(b'\n', &mut text) {
            Ok(0) => return None,
            Ok(_) if text.trim_ascii().is_empty() => {}
            Ok(_) => return Some((format!("line {line}"), Ok(text))),
            Err(error) => {
                *ended = true;
                let reason = format!("the file is cut off or damaged: {error}");
                return Some((format!("line {line}"), Err(reason)));
            }
        }
    }
    None
}
