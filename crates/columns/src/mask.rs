//! Which rows of a chunk are meant: a bit for each.

/// How many rows a chunk has.
pub const CHUNK_ROWS: usize = if cfg!(test) { 128 } else { 1 << 16 };
const WORDS: usize = CHUNK_ROWS / 64;

#[derive(Clone)]
pub struct Mask(Box<[u64; WORDS]>);

impl Mask {
    pub fn none() -> Mask {
        Mask(Box::new([0; WORDS]))
    }

    /// `None` where there are not as many words as a mask has.
    pub fn of(words: &[u64]) -> Option<Mask> {
        Some(Mask(Box::new(*words.as_array()?)))
    }

    pub fn words(&self) -> &[u64] {
        &*self.0
    }

    pub fn words_mut(&mut self) -> &mut [u64] {
        &mut *self.0
    }

    pub fn has(&self, row: usize) -> bool {
        self.0[row / 64] >> (row % 64) & 1 == 1
    }

    pub fn set(&mut self, row: usize) {
        self.0[row / 64] |= 1 << (row % 64);
    }

    pub fn unset(&mut self, row: usize) {
        self.0[row / 64] &= !(1 << (row % 64));
    }

    pub fn clear(&mut self) {
        self.0.fill(0);
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub fn len(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub fn add(&mut self, other: &Mask) {
        for (word, other) in self.0.iter_mut().zip(&*other.0) {
            *word |= other;
        }
    }

    pub fn remove(&mut self, other: &Mask) {
        for (word, other) in self.0.iter_mut().zip(&*other.0) {
            *word &= !other;
        }
    }

    /// Keeps the rows that are as asked.
    pub fn retain(&mut self, mut is: impl FnMut(usize) -> bool) {
        for (place, word) in self.0.iter_mut().enumerate() {
            let (mut left, mut kept) = (*word, 0);
            while left != 0 {
                let at = left.trailing_zeros();
                left &= left - 1;
                kept |= u64::from(is(place * 64 + at as usize)) << at;
            }
            *word = kept;
        }
    }

    /// Takes out one row of each 64, where there are any, and shows it.
    pub fn take_some(&mut self, mut show: impl FnMut(usize)) {
        for (place, word) in self.0.iter_mut().enumerate() {
            if *word != 0 {
                show(place * 64 + word.trailing_zeros() as usize);
                *word &= *word - 1;
            }
        }
    }

    /// Shows each row.
    pub fn each(&self, mut show: impl FnMut(usize)) {
        for (place, word) in self.0.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                show(place * 64 + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }
}
