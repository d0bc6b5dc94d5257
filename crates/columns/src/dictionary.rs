//! The distinct values of one field, by code; sets of several values are entries of their own.

mod block;
mod entries;
mod prefix;

use std::hash::BuildHasher;

use hashbrown::hash_table::Entry as Slot;
use hashbrown::{DefaultHashBuilder, HashTable};

pub use block::{BLOCK, Block, Open};
pub use entries::{Entries, Entry};

/// A place in a dictionary, counted from 1. Zero is no value.
pub type Code = u32;

pub const MISSING: Code = 0;

/// An entry is there twice.
#[derive(Debug)]
pub struct Repeated;

/// Values and sets of values. It only grows, so a code means the same for ever.
#[derive(Default)]
pub struct Dictionary {
    entries: Entries,
    table: HashTable<Code>,
    hasher: DefaultHashBuilder,
}

impl Dictionary {
    /// A dictionary of entries that were kept. Each may be there once.
    pub fn of(entries: Entries) -> Result<Dictionary, Repeated> {
        let hasher = DefaultHashBuilder::default();
        let mut table = HashTable::with_capacity(entries.len());
        let hash_of = |code: &Code| hasher.hash_one(entries.bytes_of(*code));
        for code in 1..=entries.len() as Code {
            let (bytes, is_set) = (entries.bytes_of(code), entries.is_set(code));
            let is_it = |known: &Code| entries.is_it(*known, bytes, is_set);
            match table.entry(hasher.hash_one(bytes), is_it, hash_of) {
                Slot::Occupied(_) => return Err(Repeated),
                Slot::Vacant(slot) => drop(slot.insert(code)),
            }
        }
        Ok(Dictionary {
            entries,
            table,
            hasher,
        })
    }

    pub fn entries(&self) -> &Entries {
        &self.entries
    }

    /// How many entries there are; the highest code.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn has_sets(&self) -> bool {
        self.entries.set_count() > 0
    }

    /// How many entries are values.
    pub fn value_count(&self) -> usize {
        self.len() - self.entries.set_count()
    }

    pub fn entry(&self, code: Code) -> Entry<'_> {
        self.entries.get(code)
    }

    pub fn code_of(&self, value: &[u8]) -> Option<Code> {
        self.find(value, false)
    }

    /// The code of several values in whatever order, or of one, if all of them are known.
    pub fn code_of_all<'v>(
        &self,
        mut values: impl Iterator<Item = &'v [u8]>,
        set: &mut SetOf,
    ) -> Option<Code> {
        let Some(first) = values.next() else {
            return Some(MISSING);
        };
        let first = self.code_of(first)?;
        let Some(second) = values.next() else {
            return Some(first);
        };
        set.codes.clear();
        set.codes.extend([first, self.code_of(second)?]);
        for value in values {
            set.codes.push(self.code_of(value)?);
        }
        match set.made() {
            Ok(code) => Some(code),
            Err(bytes) => self.find(bytes, true),
        }
    }

    /// As `code_of_all`, and takes in what is new.
    pub fn add_all<'v>(&mut self, values: impl Iterator<Item = &'v [u8]>, set: &mut SetOf) -> Code {
        set.codes.clear();
        set.codes.extend(values.map(|value| self.add(value, false)));
        // What there is no room for is left out.
        set.codes.retain(|code| *code != MISSING);
        match set.made() {
            Ok(code) => code,
            Err(bytes) => self.add(bytes, true),
        }
    }

    /// Bytes of memory.
    pub fn memory(&self) -> usize {
        self.entries.memory() + self.table.allocation_size()
    }

    fn add(&mut self, added: &[u8], is_set: bool) -> Code {
        let Dictionary {
            entries,
            table,
            hasher,
        } = self;
        let is_it = |code: &Code| entries.is_it(*code, added, is_set);
        let hash_of = |code: &Code| hasher.hash_one(entries.bytes_of(*code));
        let vacant = match table.entry(hasher.hash_one(added), is_it, hash_of) {
            Slot::Occupied(known) => return *known.get(),
            Slot::Vacant(vacant) => vacant,
        };
        let code = entries.push(added, is_set);
        if code != MISSING {
            vacant.insert(code);
        }
        code
    }

    fn find(&self, bytes: &[u8], is_set: bool) -> Option<Code> {
        let is_it = |code: &Code| self.entries.is_it(*code, bytes, is_set);
        self.table.find(self.hasher.hash_one(bytes), is_it).copied()
    }
}

/// The codes of several values on their way to a set; it is reused.
#[derive(Default)]
pub struct SetOf {
    codes: Vec<Code>,
    bytes: Vec<u8>,
}

impl SetOf {
    /// The code of a set of one or none, or the bytes of a larger one.
    fn made(&mut self) -> Result<Code, &[u8]> {
        self.codes.sort_unstable();
        self.codes.dedup();
        match self.codes.as_slice() {
            [] => Ok(MISSING),
            [code] => Ok(*code),
            codes => {
                self.bytes.clear();
                let bytes = codes.iter().flat_map(|code| code.to_le_bytes());
                self.bytes.extend(bytes);
                Err(&self.bytes)
            }
        }
    }
}

/// Bytes that compare as the numbers do. Both zeros are one number.
pub fn number_bytes(number: f64) -> [u8; 8] {
    let bits = (number + 0.0).to_bits();
    let ordered = match bits >> 63 {
        0 => bits | 1 << 63,
        _ => !bits,
    };
    ordered.to_be_bytes()
}

/// The number of such bytes.
pub fn number_of(bytes: &[u8]) -> f64 {
    let ordered = bytes
        .first_chunk()
        .map_or(0, |eight| u64::from_be_bytes(*eight));
    f64::from_bits(match ordered >> 63 {
        0 => !ordered,
        _ => ordered & !(1 << 63),
    })
}

/// The text of bytes that were one.
pub fn text_of(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_and_sets_have_codes_of_their_own() {
        let mut dictionary = Dictionary::default();
        let mut set = SetOf::default();
        let mut add = |dictionary: &mut Dictionary, values: &[&[u8]]| {
            dictionary.add_all(values.iter().copied(), &mut set)
        };
        let a = add(&mut dictionary, &[b"a"]);
        let both = add(&mut dictionary, &[b"b", b"a", b"b"]);
        assert_eq!(add(&mut dictionary, &[b"a", b"b"]), both);
        assert_eq!(add(&mut dictionary, &[]), MISSING);
        let mut set = SetOf::default();
        let mut known = |values: &[&[u8]]| dictionary.code_of_all(values.iter().copied(), &mut set);
        assert_eq!(known(&[]), Some(MISSING));
        assert_eq!(known(&[b"a"]), Some(a));
        assert_eq!(known(&[b"a", b"a"]), Some(a));
        assert_eq!(known(&[b"b", b"a"]), Some(both));
        assert_eq!(known(&[b"a", b"c"]), None);
        let Entry::Set(members) = dictionary.entry(both) else {
            panic!("{both} is no set");
        };
        assert!(members.iter().eq([a, dictionary.code_of(b"b").unwrap()]));
        // A value whose bytes are those of a set is another entry.
        let bytes: Vec<u8> = members.iter().flat_map(Code::to_le_bytes).collect();
        assert_ne!(dictionary.add_all([&*bytes].into_iter(), &mut set), both);
    }

    proptest! {
        #[test]
        fn numbers_come_back_and_keep_their_order(a: f64, b: f64) {
            prop_assume!(!a.is_nan() && !b.is_nan());
            prop_assert_eq!(number_of(&number_bytes(a)), a);
            let order = number_bytes(a).cmp(&number_bytes(b));
            prop_assert_eq!(Some(order), a.partial_cmp(&b));
        }
    }
}
