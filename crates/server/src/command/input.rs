//! Files as they come: plain or gzip, by a path or from standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use flate2::bufread::MultiGzDecoder;

/// The name that means no file.
const STANDARD_INPUT: &str = "-";

/// A file that was opened, unzipped and without what stands before its text.
pub struct Input {
    pub reader: Box<dyn BufRead + Send>,
    /// The first byte that is no white space, which stays unread.
    pub first: Option<u8>,
    /// How many bytes were read of the file itself, for the progress bar.
    pub read: Arc<AtomicU64>,
}

/// Counts what was read.
struct Counted<R>(R, Arc<AtomicU64>);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

pub fn open(path: &Path) -> Result<Input> {
    let file: Box<dyn Read + Send> = match path.as_os_str() == STANDARD_INPUT {
        true => Box::new(io::stdin()),
        false => {
            let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
            Box::new(file)
        }
    };
    let read = Arc::new(AtomicU64::new(0));
    let raw = BufReader::with_capacity(1 << 16, Counted(file, Arc::clone(&read)));
    // A folder can be opened, and is told where it is read.
    let opened = unzipped(raw).with_context(|| format!("reading {}", path.display()));
    let (reader, first) = opened?;
    Ok(Input {
        reader,
        first,
        read,
    })
}

/// Whether a path names a file that can be opened twice.
pub fn is_file(path: &Path) -> bool {
    path.as_os_str() != STANDARD_INPUT && path.is_file()
}

type Unzipped = (Box<dyn BufRead + Send>, Option<u8>);

fn unzipped(mut raw: impl BufRead + Send + 'static) -> io::Result<Unzipped> {
    let zipped = raw.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let mut reader: Box<dyn BufRead + Send> = match zipped {
        true => Box::new(BufReader::new(MultiGzDecoder::new(raw))),
        false => Box::new(raw),
    };
    let first = first_byte(&mut reader)?;
    Ok((reader, first))
}

/// The first byte that is no white space, which stays unread. The mark of UTF-8 is passed over.
fn first_byte(reader: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.starts_with(&[0xef, 0xbb, 0xbf]) {
            reader.consume(3);
            continue;
        }
        let Some(first) = buffer.first().copied() else {
            return Ok(None);
        };
        if !first.is_ascii_whitespace() {
            return Ok(Some(first));
        }
        reader.consume(1);
    }
}

/// The rest of a text, behind what was read of it.
pub fn text(mut reader: impl Read, mut read: Vec<u8>) -> Result<String> {
    reader.read_to_end(&mut read)?;
    String::from_utf8(read).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        let before = good.iter().rev().take_while(|byte| **byte != b'\n');
        let column = before.count() + 1;
        anyhow::anyhow!(
            "it is not UTF-8 at line {line} column {column}, so nothing of it was taken"
        )
    })
}
