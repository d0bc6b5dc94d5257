//! Columns as bytes, which outlive the process and are loaded faster than rows are put in.

mod compact;
mod load;
mod number;
mod save;
mod sink;
mod source;

use std::fmt;
use std::io;

use crate::dictionary::BLOCK;
use crate::mask::CHUNK_ROWS;
use crate::schema::{Kind, Schema};

/// What a snapshot begins with.
const MAGIC: [u8; 8] = *b"COLUMNS\n";
/// It changes with every change of what follows.
const FORMAT: u32 = 2;
/// How wide codes are, in bytes.
const NARROW: u8 = 1;
const MIDDLE: u8 = 2;
const WIDE: u8 = 4;

/// Why a snapshot was not loaded.
#[derive(Debug)]
pub enum LoadError {
    Read(io::Error),
    /// It is no snapshot, or one of another version.
    Format,
    /// It has other fields.
    Schema,
    Truncated,
    Checksum,
    /// Something in it cannot be.
    Broken(&'static str),
}

impl fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Read(error) => write!(formatter, "it could not be read: {error}"),
            LoadError::Format => write!(formatter, "it has another format"),
            LoadError::Schema => write!(formatter, "it has other fields"),
            LoadError::Truncated => write!(formatter, "it is shorter than it says"),
            LoadError::Checksum => write!(formatter, "its checksum is wrong"),
            LoadError::Broken(what) => write!(formatter, "it is broken: {what}"),
        }
    }
}

impl std::error::Error for LoadError {}

/// What tells schemas apart, and how large chunks and blocks are.
fn described(schema: &Schema) -> Vec<u8> {
    let sizes = [CHUNK_ROWS as u64, BLOCK as u64];
    let mut bytes: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
    for field in schema.fields() {
        bytes.push(match field.kind {
            Kind::Text => b't',
            Kind::Number => b'n',
            Kind::Date => b'd',
        });
        bytes.extend_from_slice(&(field.name.len() as u64).to_le_bytes());
        bytes.extend_from_slice(field.name.as_bytes());
    }
    bytes
}
