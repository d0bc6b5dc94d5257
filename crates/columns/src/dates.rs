//! The dates of one field in one chunk.

use hashbrown::HashMap;

use crate::codes::keep;
use crate::mask::Mask;

/// What stands for no date.
pub const NONE: i64 = i64::MIN;
/// What stands for several, which lie apart.
const SEVERAL: i64 = i64::MIN + 1;
/// The lowest date that is kept as it is.
const LOWEST: i64 = i64::MIN + 2;

/// A date for each row in milliseconds; rows beyond the end have none.
#[derive(Clone, Debug, Default)]
pub struct Dates {
    ms: Vec<i64>,
    several: HashMap<u16, Box<[i64]>>,
}

impl Dates {
    pub fn set(&mut self, row: usize, dates: &[i64]) {
        if dates.is_empty() && row >= self.ms.len() {
            return;
        }
        if row >= self.ms.len() {
            self.ms.resize(row + 1, NONE);
        }
        if self.ms[row] == SEVERAL {
            self.several.remove(&(row as u16));
        }
        self.ms[row] = match dates {
            [] => NONE,
            [ms] => (*ms).max(LOWEST),
            dates => {
                self.several.insert(row as u16, dates.into());
                SEVERAL
            }
        };
    }

    /// Keeps in the mask the rows that have a date between two, both included.
    pub fn keep_between(&self, from_ms: i64, to_ms: i64, mask: &mut Mask) {
        let from_ms = from_ms.max(LOWEST);
        if from_ms > to_ms {
            return mask.clear();
        }
        let span = from_ms..=to_ms;
        let of_several = self.several.iter().filter(|(row, dates)| {
            mask.has(usize::from(**row)) && dates.iter().any(|ms| span.contains(ms))
        });
        let of_several: Vec<usize> = of_several.map(|(row, _)| usize::from(*row)).collect();
        // One comparison for both bounds.
        let width = to_ms.abs_diff(from_ms);
        let is_within = |ms: i64| ms.wrapping_sub(from_ms).cast_unsigned() <= width;
        keep(&self.ms, mask, is_within, false);
        of_several.into_iter().for_each(|row| mask.set(row));
    }

    /// Keeps in the mask the rows that have no date.
    pub fn keep_missing(&self, mask: &mut Mask) {
        keep(&self.ms, mask, |ms| ms == NONE, true);
    }

    /// The lowest or the highest date of a row, or `NONE`.
    pub fn edge(&self, row: usize, highest: bool) -> i64 {
        match self.ms.get(row) {
            None => NONE,
            Some(&SEVERAL) => {
                let dates = self.of_several(row).iter().copied();
                let edge = if highest { dates.max() } else { dates.min() };
                edge.unwrap_or(NONE).max(LOWEST)
            }
            Some(ms) => *ms,
        }
    }

    pub fn shrink(&mut self) {
        self.ms.shrink_to_fit();
    }

    pub fn memory(&self) -> usize {
        let several: usize = self
            .several
            .values()
            .map(|dates| size_of_val(&**dates))
            .sum();
        self.ms.capacity() * 8 + several + self.several.allocation_size()
    }

    fn of_several(&self, row: usize) -> &[i64] {
        self.several.get(&(row as u16)).map_or(&[], |dates| dates)
    }
}
