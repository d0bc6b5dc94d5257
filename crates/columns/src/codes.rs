//! The codes of one field in one chunk, as narrow as they can be.

use crate::dictionary::{Code, MISSING};
use crate::mask::Mask;

/// A code for each row; rows beyond the end have no value.
#[derive(Clone, Debug)]
pub enum Codes {
    Narrow(Vec<u8>),
    Middle(Vec<u16>),
    Wide(Vec<Code>),
}

/// Does the same with codes of every width.
macro_rules! each_width {
    ($codes:expr, $vec:ident => $body:expr) => {
        match $codes {
            Codes::Narrow($vec) => $body,
            Codes::Middle($vec) => $body,
            Codes::Wide($vec) => $body,
        }
    };
}

impl Default for Codes {
    fn default() -> Codes {
        Codes::Narrow(Vec::new())
    }
}

impl Codes {
    /// Codes as narrow as they can be.
    pub fn of(codes: &[Code]) -> Codes {
        let highest = codes.iter().copied().max().unwrap_or(MISSING);
        if highest <= u8::MAX.into() {
            Codes::Narrow(codes.iter().map(|code| *code as u8).collect())
        } else if highest <= u16::MAX.into() {
            Codes::Middle(codes.iter().map(|code| *code as u16).collect())
        } else {
            Codes::Wide(codes.to_vec())
        }
    }

    /// Marks the codes that are here. False where there is one that has no mark.
    pub fn mark(&self, marks: &mut [bool]) -> bool {
        each_width!(self, codes => codes.iter().all(|code| {
            let mark = marks.get_mut(*code as usize);
            mark.map(|mark| *mark = true).is_some()
        }))
    }

    /// The same with what each code became.
    pub fn recoded(&self, became: &[Code]) -> Codes {
        let recoded: Vec<Code> =
            each_width!(self, codes => codes.iter().map(|code| became[*code as usize]).collect());
        Codes::of(&recoded)
    }

    pub fn get(&self, row: usize) -> Code {
        each_width!(self, codes => codes.get(row).copied().map_or(MISSING, Code::from))
    }

    pub fn set(&mut self, row: usize, code: Code) {
        if code == MISSING && row >= self.len() {
            return;
        }
        self.widen_for(code);
        match self {
            Codes::Narrow(codes) => put(codes, row, code as u8),
            Codes::Middle(codes) => put(codes, row, code as u16),
            Codes::Wide(codes) => put(codes, row, code),
        }
    }

    pub fn len(&self) -> usize {
        each_width!(self, codes => codes.len())
    }

    /// Gives back what a chunk that is full will never need.
    pub fn shrink(&mut self) {
        each_width!(self, codes => codes.shrink_to_fit());
    }

    pub fn memory(&self) -> usize {
        each_width!(self, codes => size_of_val(codes.as_slice()) * codes.capacity() / codes.len().max(1))
    }

    /// Keeps in the mask the rows that have this code.
    pub fn keep_equal(&self, code: Code, mask: &mut Mask) {
        match self {
            // A narrow column has no wide code.
            Codes::Narrow(codes) => match u8::try_from(code) {
                Ok(code) => keep_dense::<_, DENSE_EQUAL>(codes, mask, |one| one == code, false),
                Err(_) => mask.clear(),
            },
            Codes::Middle(codes) => match u16::try_from(code) {
                Ok(code) => keep_dense::<_, DENSE_EQUAL>(codes, mask, |one| one == code, false),
                Err(_) => mask.clear(),
            },
            Codes::Wide(codes) => {
                keep_dense::<_, DENSE_EQUAL>(codes, mask, |one| one == code, false);
            }
        }
    }

    /// Keeps in the mask the rows that have no value.
    pub fn keep_missing(&self, mask: &mut Mask) {
        each_width!(self, codes => keep(codes, mask, |one| Code::from(one) == MISSING, true));
    }

    /// Keeps in the mask the rows whose code the table passes; it has an element for each code.
    pub fn keep_passed(&self, table: &[bool], mask: &mut Mask) {
        let missing = table[MISSING as usize];
        match self {
            Codes::Narrow(codes) => {
                // With an element for every number there is, none needs to be checked to have one.
                let mut narrow = [false; 1 << u8::BITS];
                let len = table.len().min(narrow.len());
                narrow[..len].copy_from_slice(&table[..len]);
                keep(codes, mask, |one| narrow[usize::from(one)], missing);
            }
            Codes::Middle(codes) => keep(codes, mask, |one| table[usize::from(one)], missing),
            Codes::Wide(codes) => keep(codes, mask, |one| table[one as usize], missing),
        }
    }

    /// Keeps in the mask the rows whose code is as asked.
    pub fn keep_each(&self, mut is: impl FnMut(Code) -> bool, mask: &mut Mask) {
        mask.retain(|row| is(self.get(row)));
    }

    /// Counts the rows of the mask by code.
    pub fn count(&self, mask: &Mask, counts: &mut [u32]) {
        match self {
            Codes::Narrow(codes) => count_narrow(codes, mask, counts),
            Codes::Middle(codes) => count(codes, mask, counts),
            Codes::Wide(codes) => count(codes, mask, counts),
        }
    }

    fn widen_for(&mut self, code: Code) {
        match self {
            Codes::Narrow(codes) if code > u8::MAX.into() => {
                *self = if code > u16::MAX.into() {
                    Codes::Wide(codes.iter().map(|code| Code::from(*code)).collect())
                } else {
                    Codes::Middle(codes.iter().map(|code| u16::from(*code)).collect())
                };
            }
            Codes::Middle(codes) if code > u16::MAX.into() => {
                *self = Codes::Wide(codes.iter().map(|code| Code::from(*code)).collect());
            }
            _ => {}
        }
    }
}

fn put<T: Copy + Default>(codes: &mut Vec<T>, row: usize, code: T) {
    if row >= codes.len() {
        codes.resize(row + 1, T::default());
    }
    codes[row] = code;
}

/// How many rows of a word make it worth to look at all of them at once.
const DENSE: u32 = 12;
/// The same where many are compared in one step of the processor.
const DENSE_EQUAL: u32 = 4;

/// Keeps in the mask the rows whose element is as asked; `missing` says what becomes of those beyond the end.
pub fn keep<T: Copy>(codes: &[T], mask: &mut Mask, is: impl Fn(T) -> bool, missing: bool) {
    keep_dense::<T, DENSE>(codes, mask, is, missing);
}

fn keep_dense<T: Copy, const DENSE: u32>(
    codes: &[T],
    mask: &mut Mask,
    is: impl Fn(T) -> bool,
    missing: bool,
) {
    let words = mask.words_mut();
    let (whole, rest) = codes.as_chunks::<64>();
    let (inside, outside) = words.split_at_mut(whole.len());
    for (word, codes) in inside.iter_mut().zip(whole) {
        if *word == 0 {
            continue;
        }
        if word.count_ones() >= DENSE {
            *word &= bits(&codes.map(|code| u8::from(is(code))));
        } else {
            let (mut left, mut passed) = (*word, 0);
            while left != 0 {
                let at = left.trailing_zeros();
                left &= left - 1;
                passed |= u64::from(is(codes[at as usize])) << at;
            }
            *word = passed;
        }
    }
    let Some((word, outside)) = outside.split_first_mut() else {
        return;
    };
    let mut passed = 0;
    for at in 0..64 {
        passed |= u64::from(rest.get(at).map_or(missing, |code| is(*code))) << at;
    }
    *word &= passed;
    if !missing {
        outside.fill(0);
    }
}

/// A bit for each byte, which is zero or one.
fn bits(bytes: &[u8; 64]) -> u64 {
    // Moves the lowest bit of each of eight bytes into the highest byte, beside each other.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = bytes.as_chunks::<8>();
    let gathered = eights.iter().zip((0..64).step_by(8)).map(|(eight, at)| {
        let bits = u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56;
        bits << at
    });
    gathered.fold(0, |all, eight| all | eight)
}

/// Few codes, of which the same come again and again: counted in four places in turn, so that no count waits
/// for the one before.
fn count_narrow(codes: &[u8], mask: &Mask, counts: &mut [u32]) {
    const NONE: [u32; 1 << u8::BITS] = [0; 1 << u8::BITS];
    let mut turns = [NONE; 4];
    let (whole, rest) = codes.as_chunks::<64>();
    let mut words = mask.words().iter();
    for (codes, word) in whole.iter().zip(&mut words) {
        if *word == u64::MAX {
            for four in codes.as_chunks::<4>().0 {
                for (turn, code) in turns.iter_mut().zip(four) {
                    turn[usize::from(*code)] += 1;
                }
            }
            continue;
        }
        let mut left = *word;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            turns[at % 4][usize::from(codes[at])] += 1;
            left &= left - 1;
        }
    }
    if let Some(word) = words.next() {
        for (at, code) in rest.iter().enumerate() {
            turns[at % 4][usize::from(*code)] += (*word >> at & 1) as u32;
        }
    }
    for turn in turns {
        for (count, of_turn) in counts.iter_mut().zip(turn) {
            *count += of_turn;
        }
    }
}

fn count<T: Copy + Into<Code>>(codes: &[T], mask: &Mask, counts: &mut [u32]) {
    let (whole, rest) = codes.as_chunks::<64>();
    let mut words = mask.words().iter();
    for (codes, word) in whole.iter().zip(&mut words) {
        if *word == u64::MAX {
            for code in codes {
                counts[Into::<Code>::into(*code) as usize] += 1;
            }
            continue;
        }
        let mut left = *word;
        while left != 0 {
            counts[codes[left.trailing_zeros() as usize].into() as usize] += 1;
            left &= left - 1;
        }
    }
    if let Some(word) = words.next() {
        for (at, code) in rest.iter().enumerate() {
            counts[Into::<Code>::into(*code) as usize] += (*word >> at & 1) as u32;
        }
    }
}
