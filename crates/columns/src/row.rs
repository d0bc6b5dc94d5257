//! The values of one row on their way into the columns.

use crate::dictionary::number_bytes;

/// The values of a row. It is reused: to clear one is cheaper than to make one.
#[derive(Clone, Debug, Default)]
pub struct Row {
    bytes: Vec<u8>,
    /// The field and the place of the value's bytes.
    coded: Vec<(usize, usize, usize)>,
    dates: Vec<(usize, i64)>,
}

/// What a patch sets a field to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Patch<'a> {
    Missing,
    Text(&'a str),
    Number(f64),
    /// What another field of the same kind has, text or number.
    Copy(usize),
}

impl Row {
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.coded.clear();
        self.dates.clear();
    }

    pub fn add_text(&mut self, field: usize, text: &str) {
        self.add(field, text.as_bytes());
    }

    pub fn add_number(&mut self, field: usize, number: f64) {
        self.add(field, &number_bytes(number));
    }

    pub fn add_date(&mut self, field: usize, ms: i64) {
        self.dates.push((field, ms));
    }

    fn add(&mut self, field: usize, value: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.coded.push((field, start, self.bytes.len()));
    }

    /// The texts and numbers of each field, field after field.
    pub(crate) fn each_coded(&mut self, mut take: impl FnMut(usize, &[&[u8]])) {
        self.coded.sort_by_key(|(field, ..)| *field);
        let mut values: Vec<&[u8]> = Vec::new();
        for of_field in self.coded.chunk_by(|a, b| a.0 == b.0) {
            values.clear();
            values.extend(of_field.iter().map(|(_, from, to)| &self.bytes[*from..*to]));
            take(of_field[0].0, &values);
        }
    }

    /// The dates of each field, field after field.
    pub(crate) fn each_dates(&mut self, mut take: impl FnMut(usize, &[i64])) {
        self.dates.sort_unstable();
        self.dates.dedup();
        let mut values: Vec<i64> = Vec::new();
        for of_field in self.dates.chunk_by(|a, b| a.0 == b.0) {
            values.clear();
            values.extend(of_field.iter().map(|(_, ms)| *ms));
            take(of_field[0].0, &values);
        }
    }
}
