//! Reading columns that were written down.

use std::io::Read;

use super::source::Source;
use super::{FORMAT, LoadError, MAGIC, MIDDLE, NARROW, WIDE, compact, described};
use crate::chunk::{Cells, Chunk};
use crate::codes::Codes;
use crate::columns::Columns;
use crate::dates::Dates;
use crate::dictionary::{BLOCK, Block, Code, Dictionary, Entries, Open, Symbols};
use crate::mask::{CHUNK_ROWS, Mask};
use crate::schema::{Kind, Schema};
use crate::{KEY_BYTES, Key};

/// Chunks whose rows can still be counted.
const CHUNKS_MAX: usize = u32::MAX as usize / CHUNK_ROWS;
/// More dates than this has no row that was ever taken in.
const DATES_MAX: usize = 1 << 24;

impl Columns {
    /// Reads what `save` has written, `len` bytes of it. Entries of dictionaries that no row has any more are
    /// left out, if they are many.
    ///
    /// Nothing in it is believed: other bytes are an error, or at the worst other rows.
    pub fn load(schema: Schema, input: impl Read, len: u64) -> Result<Columns, LoadError> {
        let mut source = Source::new(input, len);
        if !source.is(&MAGIC)? || source.number::<u32>()? != FORMAT {
            return Err(LoadError::Format);
        }
        let described = described(&schema);
        if source.number::<u64>()? != described.len() as u64 || !source.is(&described)? {
            return Err(LoadError::Schema);
        }
        let count = source.count(CHUNKS_MAX)?;
        let mut chunks = Vec::new();
        for number in 1..=count {
            let chunk = load_chunk(&mut source, &schema)?;
            if number < count && chunk.keys.len() < CHUNK_ROWS {
                return Err(LoadError::Broken("a chunk is not full"));
            }
            chunks.push(chunk);
        }
        let mut entries = Vec::new();
        for field in schema.fields() {
            entries.push(match field.kind {
                Kind::Date => Entries::default(),
                Kind::Text | Kind::Number => load_entries(&mut source)?,
            });
        }
        source.finish()?;
        let mut dictionaries = Vec::new();
        for (field, entries) in entries.into_iter().enumerate() {
            let entries = compact::field(entries, &mut chunks, field)?;
            let dictionary = Dictionary::of(entries);
            dictionaries.push(dictionary.map_err(|_| LoadError::Broken("a value is there twice"))?);
        }
        Ok(Columns::of(schema, dictionaries, chunks))
    }
}

fn load_chunk<R: Read>(source: &mut Source<R>, schema: &Schema) -> Result<Chunk, LoadError> {
    let count = source.count(CHUNK_ROWS)?;
    let bytes: Vec<u8> = source.numbers(count * KEY_BYTES)?;
    let (keys, _) = bytes.as_chunks::<KEY_BYTES>();
    let keys: Vec<Key> = keys.to_vec();
    let words: Vec<u64> = source.numbers(CHUNK_ROWS / 64)?;
    let mut alive = Mask::of(&words).ok_or(LoadError::Truncated)?;
    let all = alive.len();
    alive.retain(|row| row < count);
    if alive.len() < all {
        return Err(LoadError::Broken("a row is there that has no name"));
    }
    let mut cells = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        cells.push(match field.kind {
            Kind::Text | Kind::Number => Cells::Codes(load_codes(source)?),
            Kind::Date => Cells::Dates(load_dates(source)?),
        });
    }
    Ok(Chunk::of(keys, alive, cells))
}

fn load_codes<R: Read>(source: &mut Source<R>) -> Result<Codes, LoadError> {
    match source.number::<u8>()? {
        NARROW => Ok(Codes::Narrow(source.array(CHUNK_ROWS)?)),
        MIDDLE => Ok(Codes::Middle(source.array(CHUNK_ROWS)?)),
        WIDE => Ok(Codes::Wide(source.array(CHUNK_ROWS)?)),
        _ => Err(LoadError::Broken("codes have no such width")),
    }
}

fn load_dates<R: Read>(source: &mut Source<R>) -> Result<Dates, LoadError> {
    let ms = source.array(CHUNK_ROWS)?;
    let mut several = Vec::new();
    for _ in 0..source.count(CHUNK_ROWS)? {
        several.push((source.number()?, source.array(DATES_MAX)?));
    }
    Dates::of(ms, several).map_err(LoadError::Broken)
}

fn load_entries<R: Read>(source: &mut Source<R>) -> Result<Entries, LoadError> {
    let sets = source.array(Code::MAX as usize / 64)?;
    let tried = source.count(Code::MAX as usize / BLOCK)?;
    let mut full = Vec::new();
    for _ in 0..source.count(Code::MAX as usize / BLOCK)? {
        let lengths: Vec<u8> = source.array(u8::MAX.into())?;
        let words: Vec<u64> = source.numbers(lengths.len())?;
        let symbols = (!lengths.is_empty()).then(|| Symbols::of(&lengths, &words));
        let symbols = symbols.transpose().map_err(LoadError::Broken)?;
        let ends = source.array(BLOCK)?;
        let bytes = source.array(u32::MAX as usize)?;
        full.push(Block::of(symbols, ends, bytes).map_err(LoadError::Broken)?);
    }
    let ends = source.array(BLOCK)?;
    let bytes = source.array(u32::MAX as usize)?;
    let open = Open::of(ends, bytes).map_err(LoadError::Broken)?;
    Entries::of(full, open, tried, sets).map_err(LoadError::Broken)
}
