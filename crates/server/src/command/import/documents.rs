//! Takes the documents out of a file: an array, one object, or one object a line; gzip or not.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use flate2::bufread::MultiGzDecoder;
use serde_json::value::RawValue;

/// A document and its place, or the place and reason of what is none.
pub type Found = Result<(String, Box<RawValue>), (String, String)>;

/// Documents one after the other.
pub struct Documents {
    form: Form,
    read: Arc<AtomicU64>,
}

enum Form {
    Array(std::vec::IntoIter<Box<RawValue>>, usize),
    Lines {
        reader: Box<dyn BufRead + Send>,
        line: usize,
        ended: bool,
    },
}

/// Counts what was read of the file itself, for the progress bar.
struct Counted<R>(R, Arc<AtomicU64>);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Opens a file and finds out its form by its content.
pub fn open(path: &Path) -> Result<Documents> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let read = Arc::new(AtomicU64::new(0));
    let mut raw = BufReader::with_capacity(1 << 16, Counted(file, Arc::clone(&read)));
    let zipped = raw.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let mut reader: Box<dyn BufRead + Send> = if zipped {
        Box::new(BufReader::new(MultiGzDecoder::new(raw)))
    } else {
        Box::new(raw)
    };
    let form = match first_byte(&mut reader)
        .with_context(|| format!("reading {}", path.display()))?
    {
        None => bail!("{} is empty", path.display()),
        Some(b'[') => array(reader).with_context(|| path.display().to_string())?,
        Some(b'{') => object_or_lines(reader).with_context(|| path.display().to_string())?,
        Some(_) => bail!(
            "{} is not JSON: it must be an array of OCSF findings, one finding, or one finding a line",
            path.display()
        ),
    };
    Ok(Documents { form, read })
}

/// The first byte that is no white space, which stays unread.
fn first_byte(reader: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let buffer = reader.fill_buf()?;
        let Some(first) = buffer.first().copied() else {
            return Ok(None);
        };
        if !first.is_ascii_whitespace() {
            return Ok(Some(first));
        }
        reader.consume(1);
    }
}

fn array(mut reader: impl Read) -> Result<Form> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    let documents: Vec<Box<RawValue>> = serde_json::from_slice(&bytes)
        .context("the array is cut off or broken, so nothing of it was taken")?;
    Ok(Form::Array(documents.into_iter(), 0))
}

/// One object a line, unless the first line is only the beginning of the one object there is.
fn object_or_lines(mut reader: Box<dyn BufRead + Send>) -> Result<Form> {
    let mut first = Vec::new();
    reader.read_until(b'\n', &mut first)?;
    if serde_json::from_slice::<&RawValue>(&first).is_ok() {
        return Ok(Form::Lines {
            reader: Box::new(io::Cursor::new(first).chain(reader)),
            line: 0,
            ended: false,
        });
    }
    // A whole file is read only where its first line is short, as in indented JSON.
    let mut rest = Vec::new();
    if first.trim_ascii() == b"{" {
        reader.read_to_end(&mut rest)?;
        let all = [first.as_slice(), &rest].concat();
        if let Ok(document) = serde_json::from_slice::<Box<RawValue>>(&all) {
            return Ok(Form::Array(vec![document].into_iter(), 0));
        }
    }
    let reader = io::Cursor::new(first)
        .chain(io::Cursor::new(rest))
        .chain(reader);
    Ok(Form::Lines {
        reader: Box::new(reader),
        line: 0,
        ended: false,
    })
}

impl Documents {
    /// Bytes of the file that were read.
    pub fn position(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

impl Iterator for Documents {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        match &mut self.form {
            Form::Array(documents, taken) => {
                let document = documents.next()?;
                *taken += 1;
                Some(Ok((format!("element {taken}"), document)))
            }
            Form::Lines {
                reader,
                line,
                ended,
            } => next_line(reader, line, ended),
        }
    }
}

fn next_line(reader: &mut dyn BufRead, line: &mut usize, ended: &mut bool) -> Option<Found> {
    let mut text = Vec::new();
    while !*ended {
        text.clear();
        *line += 1;
        match reader.read_until(b'\n', &mut text) {
            Ok(0) => return None,
            Ok(_) if text.trim_ascii().is_empty() => continue,
            Ok(_) => {
                let place = format!("line {line}");
                return Some(match serde_json::from_slice::<Box<RawValue>>(&text) {
                    Ok(document) => Ok((place, document)),
                    Err(error) => Err((place, format!("it is not JSON: {error}"))),
                });
            }
            Err(error) => {
                *ended = true;
                return Some(Err((
                    format!("line {line}"),
                    format!("the file is cut off or damaged: {error}"),
                )));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn taken(content: &[u8]) -> Vec<Result<String, String>> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let documents = open(file.path()).unwrap();
        documents
            .map(|found| found.map(|(place, _)| place).map_err(|(place, _)| place))
            .collect()
    }

    #[test]
    fn the_form_is_found_by_content() {
        let ok = |places: &[&str]| {
            places
                .iter()
                .map(|p| Ok((*p).to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            taken(b"[{\"a\":1},{\"a\":2}]"),
            ok(&["element 1", "element 2"])
        );
        assert_eq!(taken(b"{\n \"a\": 1\n}\n"), ok(&["element 1"]));
        assert_eq!(
            taken(b"{\"a\":1}\n\n{\"a\":2}\n"),
            ok(&["line 1", "line 3"])
        );
        let broken = taken(b"{\"a\":1}\n{\"a\":\n{\"a\":3}");
        assert_eq!(
            broken,
            [
                Ok("line 1".into()),
                Err("line 2".into()),
                Ok("line 3".into())
            ]
        );
    }

    #[test]
    fn gzip_is_opened_and_a_cut_is_told() {
        let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        for number in 0..2000 {
            writeln!(zipped, "{{\"a\":{number}}}").unwrap();
        }
        let zipped = zipped.finish().unwrap();
        assert_eq!(taken(&zipped).len(), 2000);
        let cut = taken(&zipped[..zipped.len() / 2]);
        assert!(cut.last().unwrap().is_err(), "{:?}", cut.last());
        assert!(cut.len() < 2000);
    }
}
