//! Writing columns down, beside searches and changes.

use std::io::{self, Write};
use std::sync::Arc;

use parking_lot::RwLock;

use super::sink::Sink;
use super::{FORMAT, MAGIC, MIDDLE, NARROW, WIDE, described};
use crate::chunk::{Cells, Chunk};
use crate::codes::Codes;
use crate::columns::Columns;
use crate::dates::Dates;
use crate::dictionary::Symbols;
use crate::schema::Kind;

impl Columns {
    /// Writes all rows down. Locks are held for copies in memory alone, none larger than the cells of one
    /// field in one chunk or the texts of a block.
    ///
    /// Rows that change meanwhile may be written as they were before, as they are after, or in part; one
    /// that is taken out and put in again may be missing. Who keeps a snapshot therefore applies again, after
    /// loading, every change since the writing began.
    pub fn save(&self, out: impl Write) -> io::Result<()> {
        let mut sink = Sink::new(out);
        sink.bytes(&MAGIC)?;
        sink.number(FORMAT)?;
        sink.array(&described(self.schema()))?;
        let chunks = self.chunks();
        sink.count(chunks.len())?;
        for chunk in &chunks {
            save_chunk(&mut sink, chunk, self.schema().fields().len())?;
        }
        // Dictionaries only grow: those that are written last have every code that was written before.
        for (place, field) in self.schema().fields().iter().enumerate() {
            if field.kind != Kind::Date {
                self.save_dictionary(&mut sink, place)?;
            }
        }
        sink.finish()
    }

    fn save_dictionary<W: Write>(&self, sink: &mut Sink<W>, field: usize) -> io::Result<()> {
        let (sets, tried, (full, open)) = {
            let dictionary = self.dictionary(field);
            let entries = dictionary.entries();
            (entries.sets().to_vec(), entries.tried(), entries.blocks())
        };
        sink.array(&sets)?;
        sink.count(tried)?;
        sink.count(full.len())?;
        for block in full {
            let symbols = block.symbols();
            sink.array(symbols.map_or(&[], Symbols::lengths))?;
            sink.numbers(&symbols.map_or_else(Vec::new, Symbols::words))?;
            sink.array(block.ends())?;
            sink.array(block.bytes())?;
        }
        sink.array(open.ends())?;
        sink.array(open.bytes())
    }
}

fn save_chunk<W: Write>(
    sink: &mut Sink<W>,
    chunk: &Arc<RwLock<Chunk>>,
    fields: usize,
) -> io::Result<()> {
    let (keys, alive) = {
        let chunk = chunk.read();
        (chunk.keys.clone(), chunk.alive.clone())
    };
    sink.count(keys.len())?;
    sink.bytes(keys.as_flattened())?;
    sink.numbers(alive.words())?;
    for field in 0..fields {
        let cells = chunk.read().cells(field).clone();
        match cells {
            Cells::Codes(codes) => save_codes(sink, &codes)?,
            Cells::Dates(dates) => save_dates(sink, &dates)?,
        }
    }
    Ok(())
}

fn save_codes<W: Write>(sink: &mut Sink<W>, codes: &Codes) -> io::Result<()> {
    match codes {
        Codes::Narrow(codes) => {
            sink.number(NARROW)?;
            sink.array(codes)
        }
        Codes::Middle(codes) => {
            sink.number(MIDDLE)?;
            sink.array(codes)
        }
        Codes::Wide(codes) => {
            sink.number(WIDE)?;
            sink.array(codes)
        }
    }
}

fn save_dates<W: Write>(sink: &mut Sink<W>, dates: &Dates) -> io::Result<()> {
    sink.array(dates.ms())?;
    let several = dates.several();
    sink.count(several.len())?;
    for (row, dates) in several {
        sink.number(row)?;
        sink.array(dates)?;
    }
    Ok(())
}
