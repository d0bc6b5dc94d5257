//! The dates of one field in one chunk.

use hashbrown::HashMap;

use crate::codes::keep;
use crate::mask::{CHUNK_ROWS, Mask};

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
    /// How many dates lie apart.
    apart: usize,
    /// No date is outside of these; rows that changed may have left them wider than they need be.
    bounds: Option<(i64, i64)>,
    /// How many of the rows before the end have no date.
    missing: usize,
}

impl Dates {
    /// Dates as `ms` and `several` gave them; or what is wrong with them.
    pub fn of(ms: Vec<i64>, several: Vec<(u16, Vec<i64>)>) -> Result<Dates, &'static str> {
        let said = ms.iter().filter(|ms| **ms == SEVERAL).count();
        let mut dates = Dates {
            apart: several.iter().map(|(_, dates)| dates.len()).sum(),
            several: HashMap::with_capacity(several.len()),
            missing: ms.iter().filter(|ms| **ms == NONE).count(),
            bounds: None,
            ms,
        };
        let single = dates.ms.iter().copied().filter(|ms| *ms >= LOWEST);
        dates.bounds = single.fold(None, widened);
        for (row, several) in several {
            let is_said = dates.ms.get(usize::from(row)) == Some(&SEVERAL);
            if !is_said || several.len() < 2 {
                return Err("several dates are where none are said to be");
            }
            dates.widen(&several);
            dates.several.insert(row, several.into());
        }
        match dates.several.len() == said {
            true => Ok(dates),
            false => Err("several dates are said to be where none are"),
        }
    }

    pub fn ms(&self) -> &[i64] {
        &self.ms
    }

    /// The rows that have several dates.
    pub fn several(&self) -> impl ExactSizeIterator<Item = (u16, &[i64])> {
        self.several.iter().map(|(row, dates)| (*row, &**dates))
    }

    pub fn set(&mut self, row: usize, dates: &[i64]) {
        if dates.is_empty() && row >= self.ms.len() {
            return;
        }
        if row >= self.ms.len() {
            self.missing += row + 1 - self.ms.len();
            self.ms.resize(row + 1, NONE);
        }
        self.missing -= usize::from(self.ms[row] == NONE);
        self.missing += usize::from(dates.is_empty());
        self.widen(dates);
        if self.ms[row] == SEVERAL {
            let before = self.several.remove(&(row as u16));
            self.apart -= before.map_or(0, |dates| dates.len());
        }
        self.ms[row] = match dates {
            [] => NONE,
            [ms] => (*ms).max(LOWEST),
            dates => {
                self.several.insert(row as u16, dates.into());
                self.apart += dates.len();
                SEVERAL
            }
        };
    }

    /// Keeps in the mask the rows that have a date between two, both included.
    pub fn keep_between(&self, from_ms: i64, to_ms: i64, mask: &mut Mask) {
        let from_ms = from_ms.max(LOWEST);
        let is_outside = |(lowest, highest)| to_ms < lowest || highest < from_ms;
        if from_ms > to_ms || self.bounds.is_none_or(is_outside) {
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
        if self.missing == 0 && self.ms.len() == CHUNK_ROWS {
            return mask.clear();
        }
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
        (self.ms.capacity() + self.apart) * size_of::<i64>() + self.several.allocation_size()
    }

    fn widen(&mut self, dates: &[i64]) {
        self.bounds = dates.iter().copied().fold(self.bounds, widened);
    }

    fn of_several(&self, row: usize) -> &[i64] {
        self.several.get(&(row as u16)).map_or(&[], |dates| dates)
    }
}

fn widened(bounds: Option<(i64, i64)>, ms: i64) -> Option<(i64, i64)> {
    let ms = ms.max(LOWEST);
    let (lowest, highest) = bounds.unwrap_or((ms, ms));
    Some((lowest.min(ms), highest.max(ms)))
}
