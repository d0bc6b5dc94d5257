//! Feeds of OSV records: JSON, JSON lines, gzip of those, a zip archive, or a folder of files.

mod text;

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;
use zip::ZipArchive;

use super::Advisory;
use crate::intelligence::feed::{FeedError, MAX_RECORD_BYTES, RecordError};
use crate::intelligence::source::{Input, Packing, Source, unpack};

/// How many records were handed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedSummary {
    /// As advisories.
    pub advisories: u64,
    /// As errors.
    pub rejected: u64,
}

/// Reads a feed and hands on its records one by one, so that memory holds one at a time.
///
/// `fetch` downloads a web address. A broken record is handed on as an error and the feed goes on.
/// A feed that is cut off or damaged is an error as a whole, perhaps after some of its records were
/// handed on: use them only after `Ok`.
pub fn read(
    source: &Source,
    fetch: impl FnOnce(&str) -> io::Result<Box<dyn Input>>,
    on: impl FnMut(Result<Advisory, RecordError>),
) -> Result<FeedSummary, FeedError> {
    match source {
        Source::Path(path) if path.is_dir() => read_directory(path, on),
        _ => read_input(source.open(fetch)?, on),
    }
}

/// Reads a feed that is one file.
pub fn read_input(
    mut input: impl Read + Seek,
    on: impl FnMut(Result<Advisory, RecordError>),
) -> Result<FeedSummary, FeedError> {
    let mut sink = Sink {
        on,
        summary: FeedSummary::default(),
    };
    let packing = Packing::detect(&mut input);
    match packing.map_err(|cause| FeedError::from_io(cause, "at its start"))? {
        Packing::Zip => read_zip(input, &mut sink)?,
        Packing::None | Packing::Gzip => text::read(unpack(input)?, &mut sink)?,
    }
    sink.finish()
}

/// Reads every `.json` file of a folder and the folders in it, in the order of their paths.
pub fn read_directory(
    folder: &Path,
    on: impl FnMut(Result<Advisory, RecordError>),
) -> Result<FeedSummary, FeedError> {
    let mut sink = Sink {
        on,
        summary: FeedSummary::default(),
    };
    for path in json_files(folder)? {
        let place = format!("in {}", path.display());
        let unreadable = |cause| FeedError::from_io(cause, place.clone());
        let mut text = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(MAX_RECORD_BYTES + 1).read_to_end(&mut text))
            .map_err(unreadable)?;
        sink.document(&path.display().to_string(), &text);
    }
    sink.finish()
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, FeedError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |cause| FeedError::from_io(cause, format!("in {}", folder.display()));
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            // A link is not followed into a folder: it may lead back here.
            let kind = entry.file_type().map_err(unreadable)?;
            let path = entry.path();
            if kind.is_dir() {
                folders.push(path);
            } else if is_json(&path) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn is_json(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Where records go, counted.
struct Sink<F> {
    on: F,
    summary: FeedSummary,
}

impl<F: FnMut(Result<Advisory, RecordError>)> Sink<F> {
    fn finish(self) -> Result<FeedSummary, FeedError> {
        match self.summary {
            FeedSummary {
                advisories: 0,
                rejected: 0,
            } => Err(FeedError::Empty {
                expected: "OSV records",
            }),
            summary => Ok(summary),
        }
    }

    fn reject(&mut self, place: &str, id: Option<String>, reason: String) {
        self.summary.rejected += 1;
        (self.on)(Err(RecordError {
            place: place.to_owned(),
            id,
            reason,
        }));
    }

    /// Takes one record.
    fn record(&mut self, place: &str, json: &[u8]) {
        match serde_json::from_slice::<Advisory>(json) {
            Ok(advisory) => {
                self.summary.advisories += 1;
                (self.on)(Ok(advisory));
            }
            Err(error) => self.reject(place, id_of(json), error.to_string()),
        }
    }

    /// Takes a whole file of a collection, which holds a record or a list of records.
    fn document(&mut self, place: &str, text: &[u8]) {
        if text.len() as u64 > MAX_RECORD_BYTES {
            let reason = format!("the file is longer than {MAX_RECORD_BYTES} bytes");
            return self.reject(place, None, reason);
        }
        if !text.trim_ascii_start().starts_with(b"[") {
            return self.record(place, text);
        }
        match serde_json::from_slice::<Vec<Box<RawValue>>>(text) {
            Ok(records) => {
                for (position, record) in records.iter().enumerate() {
                    let place = format!("{place}, record {}", position + 1);
                    self.record(&place, record.get().as_bytes());
                }
            }
            Err(error) => self.reject(place, None, error.to_string()),
        }
    }
}

/// The id of a record that could not be read, if at least that can be.
fn id_of(json: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Id {
        id: String,
    }
    serde_json::from_slice::<Id>(json).ok().map(|id| id.id)
}

fn read_zip<F: FnMut(Result<Advisory, RecordError>)>(
    input: impl Read + Seek,
    sink: &mut Sink<F>,
) -> Result<(), FeedError> {
    // The list of entries stands at the end, so an archive that is cut off has none.
    let mut archive =
        ZipArchive::new(BufReader::new(input)).map_err(|error| FeedError::Truncated {
            place: "at its end".to_owned(),
            reason: error.to_string(),
        })?;
    for position in 0..archive.len() {
        let damaged = |reason: String| FeedError::Malformed {
            place: format!("in entry {} of the archive", position + 1),
            reason,
        };
        let mut entry = archive
            .by_index(position)
            .map_err(|error| damaged(error.to_string()))?;
        let name = entry
            .name()
            .map_err(|error| damaged(error.to_string()))?
            .to_string();
        if !is_json(Path::new(&name)) {
            continue;
        }
        let mut text = Vec::new();
        (&mut entry)
            .take(MAX_RECORD_BYTES + 1)
            .read_to_end(&mut text)
            .map_err(|error| damaged(format!("{name}: {error}")))?;
        sink.document(&name, &text);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
