//! Rows that lie together under one lock.

use crate::Key;
use crate::codes::Codes;
use crate::dates::Dates;
use crate::dictionary::{Code, MISSING};
use crate::mask::{CHUNK_ROWS, Mask};
use crate::schema::{Kind, Schema};

/// The values of one field.
#[derive(Clone, Debug)]
pub enum Cells {
    Codes(Codes),
    Dates(Dates),
}

pub struct Chunk {
    pub keys: Vec<Key>,
    /// The rows that are there: what was removed leaves a gap.
    pub alive: Mask,
    cells: Vec<Cells>,
    /// All rows in the order of their keys, once the chunk is full.
    by_key: Option<Box<[u16]>>,
}

impl Chunk {
    pub fn new(schema: &Schema) -> Chunk {
        let cells = schema.fields().iter().map(|field| match field.kind {
            Kind::Text | Kind::Number => Cells::Codes(Codes::default()),
            Kind::Date => Cells::Dates(Dates::default()),
        });
        Chunk {
            keys: Vec::new(),
            alive: Mask::none(),
            cells: cells.collect(),
            by_key: None,
        }
    }

    /// A chunk of what was kept: names of the rows that ever were, which of them are there, and the cells of
    /// each field.
    pub fn of(keys: Vec<Key>, alive: Mask, cells: Vec<Cells>) -> Chunk {
        Chunk {
            by_key: by_key(&keys),
            keys,
            alive,
            cells,
        }
    }

    /// All rows in the order of their keys, those that are not there among them. `None` where the chunk is
    /// not full, or a row got another key since it was.
    pub fn by_key(&self) -> Option<&[u16]> {
        self.by_key.as_deref()
    }

    pub fn cells(&self, field: usize) -> &Cells {
        &self.cells[field]
    }

    pub fn cells_mut(&mut self, field: usize) -> &mut Cells {
        &mut self.cells[field]
    }

    /// Gives a row its name; what a row before it had in its place is gone.
    pub fn place(&mut self, row: usize, key: Key) {
        if row == self.keys.len() {
            self.keys.push(key);
        } else {
            self.keys[row] = key;
            self.by_key = None;
        }
        self.alive.set(row);
        if self.keys.len() == CHUNK_ROWS && row + 1 == CHUNK_ROWS {
            self.shrink();
            self.by_key = by_key(&self.keys);
        }
    }

    pub fn empty(&mut self, row: usize) {
        for cells in &mut self.cells {
            match cells {
                Cells::Codes(codes) => codes.set(row, MISSING),
                Cells::Dates(dates) => dates.set(row, &[]),
            }
        }
    }

    pub fn set_code(&mut self, field: usize, row: usize, code: Code) {
        if let Cells::Codes(codes) = &mut self.cells[field] {
            codes.set(row, code);
        }
    }

    pub fn set_dates(&mut self, field: usize, row: usize, dates: &[i64]) {
        if let Cells::Dates(cells) = &mut self.cells[field] {
            cells.set(row, dates);
        }
    }

    pub fn codes(&self, field: usize) -> Option<&Codes> {
        match &self.cells[field] {
            Cells::Codes(codes) => Some(codes),
            Cells::Dates(_) => None,
        }
    }

    pub fn dates(&self, field: usize) -> Option<&Dates> {
        match &self.cells[field] {
            Cells::Dates(dates) => Some(dates),
            Cells::Codes(_) => None,
        }
    }

    pub fn code(&self, field: usize, row: usize) -> Code {
        self.codes(field).map_or(MISSING, |codes| codes.get(row))
    }

    pub fn memory(&self) -> usize {
        let cells: usize = self
            .cells
            .iter()
            .map(|cells| match cells {
                Cells::Codes(codes) => codes.memory(),
                Cells::Dates(dates) => dates.memory(),
            })
            .sum();
        let by_key = self.by_key.as_deref().map_or(0, size_of_val);
        cells + self.keys.capacity() * size_of::<Key>() + CHUNK_ROWS / 8 + by_key
    }

    fn shrink(&mut self) {
        self.keys.shrink_to_fit();
        for cells in &mut self.cells {
            match cells {
                Cells::Codes(codes) => codes.shrink(),
                Cells::Dates(dates) => dates.shrink(),
            }
        }
    }
}

fn by_key(keys: &[Key]) -> Option<Box<[u16]>> {
    if keys.len() < CHUNK_ROWS {
        return None;
    }
    let mut rows: Box<[u16]> = (0..=u16::MAX).take(keys.len()).collect();
    rows.sort_unstable_by_key(|row| keys[usize::from(*row)]);
    Some(rows)
}
