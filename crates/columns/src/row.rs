//! The values of one row on their way into the columns.

use std::collections::BTreeSet;

use crate::dictionary::number_bytes;

/// The values of a row. It is reused: to clear one is cheaper than to make one.
#[derive(Clone, Debug, Default)]
pub struct Row {
    bytes: Vec<u8>,
    values: Vec<Value>,
    /// The fields that have values, in the order in which they came.
    fields: Vec<usize>,
    /// For each field the number of its last value, counted from 1.
    last: Vec<usize>,
    dates: Vec<(usize, i64)>,
}

/// Where the bytes of a value are.
#[derive(Clone, Copy, Debug)]
struct Value {
    from: usize,
    to: usize,
    /// The value of the same field before this one; zero for none.
    before: usize,
}

/// The values of one field.
#[derive(Clone)]
pub struct Values<'r> {
    row: &'r Row,
    next: usize,
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
        self.values.clear();
        self.dates.clear();
        for field in self.fields.drain(..) {
            self.last[field] = 0;
        }
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

    /// Changes some texts and numbers, one after the other, as they are changed in the columns.
    pub fn patch(&mut self, patches: &[(usize, Patch<'_>)]) {
        for (field, patch) in patches {
            let values = match patch {
                Patch::Copy(other) if other == field => continue,
                Patch::Copy(other) => self.last_of(*other),
                _ => 0,
            };
            self.remove(*field);
            match patch {
                Patch::Missing => {}
                Patch::Text(text) => self.add_text(*field, text),
                Patch::Number(number) => self.add_number(*field, *number),
                Patch::Copy(_) => self.share(*field, values),
            }
        }
    }

    fn remove(&mut self, field: usize) {
        if self.last_of(field) != 0 {
            self.last[field] = 0;
            self.fields.retain(|known| *known != field);
        }
    }

    fn add(&mut self, field: usize, value: &[u8]) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.link(field, from, self.bytes.len());
    }

    /// Gives a field the values of another, from the last one on.
    fn share(&mut self, field: usize, mut next: usize) {
        while let Some(Value { from, to, before }) = self.value(next) {
            self.link(field, from, to);
            next = before;
        }
    }

    fn link(&mut self, field: usize, from: usize, to: usize) {
        if field >= self.last.len() {
            self.last.resize(field + 1, 0);
        }
        let before = self.last[field];
        if before == 0 {
            self.fields.push(field);
        }
        self.values.push(Value { from, to, before });
        self.last[field] = self.values.len();
    }

    fn last_of(&self, field: usize) -> usize {
        self.last.get(field).copied().unwrap_or_default()
    }

    fn value(&self, number: usize) -> Option<Value> {
        self.values.get(number.checked_sub(1)?).copied()
    }

    fn values(&self, field: usize) -> Values<'_> {
        Values {
            row: self,
            next: self.last_of(field),
        }
    }

    /// The texts and numbers of each field, field after field.
    pub(crate) fn each_coded(&self, mut take: impl FnMut(usize, Values<'_>)) {
        for field in &self.fields {
            take(*field, self.values(*field));
        }
    }

    /// The dates of each field, field after field.
    pub(crate) fn each_dates(&mut self, mut take: impl FnMut(usize, &[i64])) {
        self.dates.sort_unstable();
        self.dates.dedup();
        for of_field in self.dates.chunk_by(|a, b| a.0 == b.0) {
            match of_field {
                [(field, ms)] => take(*field, &[*ms]),
                several => {
                    let dates: Vec<i64> = several.iter().map(|(_, ms)| *ms).collect();
                    take(several[0].0, &dates);
                }
            }
        }
    }
}

impl<'r> Iterator for Values<'r> {
    type Item = &'r [u8];

    fn next(&mut self) -> Option<&'r [u8]> {
        let Value { from, to, before } = self.row.value(self.next)?;
        self.next = before;
        Some(&self.row.bytes[from..to])
    }
}

/// Rows are the same where each field has the same set of values.
impl PartialEq for Row {
    fn eq(&self, other: &Row) -> bool {
        let dates = |row: &Row| row.dates.iter().copied().collect::<BTreeSet<_>>();
        let fields = 0..self.last.len().max(other.last.len());
        let values = |row, field| -> BTreeSet<Vec<u8>> {
            Row::values(row, field).map(<[u8]>::to_vec).collect()
        };
        dates(self) == dates(other)
            && fields
                .into_iter()
                .all(|field| values(self, field) == values(other, field))
    }
}
