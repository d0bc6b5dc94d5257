//! The distinct values of one field, by code; sets of several values are entries of their own.

mod block;
mod entries;
mod prefix;
mod symbols;

use std::borrow::Cow;
use std::cell::RefCell;
use std::hash::BuildHasher;

use hashbrown::hash_table::Entry as Slot;
use hashbrown::{DefaultHashBuilder, HashTable};

pub use block::{BLOCK, Block, Open};
pub use entries::{Entries, Members};
pub use symbols::{Spare, Symbols};

/// A place in a dictionary, counted from 1. Zero is no value.
pub type Code = u32;

pub const MISSING: Code = 0;

/// An entry is there twice.
#[derive(Debug)]
pub struct Repeated;

/// What was done beside searches.
pub enum Upkeep {
    /// A table with more room.
    Table(HashTable<Code>),
    /// A block that was packed, or need not be.
    Packed(Option<Block>),
}

/// For so many entries at least there must be room before the next are added, so that nobody waits while all
/// are put into a larger table.
const ROOM: usize = if cfg!(test) { 4 } else { 1 << 10 };

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
        let hash_of = hash_of(&hasher, &entries);
        let mut spare = Spare::default();
        for code in 1..=entries.len() as Code {
            let (bytes, is_set) = (entries.bytes_in(code, &mut spare), entries.is_set(code));
            let is_it = |known: &Code| entries.is_it(*known, bytes, is_set);
            match table.entry(hasher.hash_one(bytes), is_it, &hash_of) {
                Slot::Occupied(_) => return Err(Repeated),
                Slot::Vacant(slot) => drop(slot.insert(code)),
            }
        }
        drop(hash_of);
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

    /// The members of a set; `None` where the code is of a value.
    pub fn members(&self, code: Code) -> Option<Members<'_>> {
        self.entries.members(code)
    }

    /// Empty for the code of no value, and of a set.
    pub fn value(&self, code: Code) -> Cow<'_, [u8]> {
        self.entries.value(code)
    }

    /// As `value`, where many are asked for.
    pub fn value_in<'a>(&'a self, code: Code, spare: &'a mut Spare) -> &'a [u8] {
        self.entries.value_in(code, spare)
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

    /// What takes long and is due, done beside searches. Nobody may change the dictionary until it is taken
    /// over.
    pub fn upkeep(&self) -> Option<Upkeep> {
        if self.table.len() > ROOM && self.table.capacity() - self.table.len() < ROOM {
            return Some(Upkeep::Table(self.larger_table()));
        }
        // When many blocks wait, they are packed one after the other while others fill.
        let is_time = self.entries.open.len().is_multiple_of(BLOCK / 8);
        let block = self.entries.to_pack().filter(|_| is_time)?;
        Some(Upkeep::Packed(self.entries.packed(block)))
    }

    pub fn take_over(&mut self, upkeep: Upkeep) {
        match upkeep {
            Upkeep::Table(table) => self.table = table,
            Upkeep::Packed(packed) => self.entries.put_packed(packed),
        }
    }

    fn larger_table(&self) -> HashTable<Code> {
        let hash_of = hash_of(&self.hasher, &self.entries);
        let mut table = HashTable::with_capacity(self.table.len() * 2);
        for code in 1..=self.len() as Code {
            table.insert_unique(hash_of(&code), code, &hash_of);
        }
        table
    }

    fn add(&mut self, added: &[u8], is_set: bool) -> Code {
        let Dictionary {
            entries,
            table,
            hasher,
        } = self;
        let is_it = |code: &Code| entries.is_it(*code, added, is_set);
        let hash_of = hash_of(hasher, entries);
        let vacant = match table.entry(hasher.hash_one(added), is_it, &hash_of) {
            Slot::Occupied(known) => return *known.get(),
            Slot::Vacant(vacant) => vacant,
        };
        drop(hash_of);
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

/// The hash of the entry of a code.
fn hash_of(hasher: &DefaultHashBuilder, entries: &Entries) -> impl Fn(&Code) -> u64 {
    let spare = RefCell::new(Spare::default());
    move |code| hasher.hash_one(entries.bytes_in(*code, &mut spare.borrow_mut()))
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
        let members = dictionary.members(both).unwrap();
        assert!(members.iter().eq([a, dictionary.code_of(b"b").unwrap()]));
        // A value whose bytes are those of a set is another entry.
        let bytes: Vec<u8> = members.iter().flat_map(Code::to_le_bytes).collect();
        assert_ne!(dictionary.add_all([&*bytes].into_iter(), &mut set), both);
    }

    fn text(number: u32) -> String {
        format!("arn:aws:s3:::bucket-{:03}", number * 37 % 200)
    }

    /// With as many values, and after each fifth a set of it and the first.
    fn large(count: u32) -> Dictionary {
        let mut dictionary = Dictionary::default();
        let mut set = SetOf::default();
        for number in 0..count {
            let texts = [text(number), text(0)];
            let texts = texts.iter().map(String::as_bytes);
            let taken = if number % 5 == 4 { 2 } else { 1 };
            dictionary.add_all(texts.take(taken), &mut set);
            while let Some(upkeep) = dictionary.upkeep() {
                dictionary.take_over(upkeep);
            }
        }
        dictionary
    }

    #[test]
    fn blocks_of_large_dictionaries_are_packed_and_say_the_same() {
        let dictionary = large(150);
        let entries = dictionary.entries();
        let (full, open) = entries.blocks();
        assert_eq!((full.len(), open.len(), entries.tried()), (22, 4, 22));
        assert!(full.iter().all(|block| block.symbols().is_some()));
        let mut values = 0;
        entries.each_value(|code, value| {
            assert_eq!(value, text(values).as_bytes());
            assert_eq!(dictionary.code_of(value), Some(code));
            assert_eq!(&*dictionary.value(code), value);
            let (start, len) = entries.start_of(code);
            assert_eq!(&start[..len], &value[..8]);
            values += 1;
        });
        assert_eq!((values, dictionary.value_count()), (150, 150));
        let first = dictionary.code_of(text(0).as_bytes()).unwrap();
        let mut sets = 0;
        entries.each_set(|code, members| {
            let of_value = dictionary.code_of(text(sets * 5 + 4).as_bytes()).unwrap();
            assert!(members.iter().eq([first, of_value]));
            assert_eq!(dictionary.members(code), Some(members));
            sets += 1;
        });
        assert_eq!(sets, 30);
        assert_eq!(dictionary.code_of(b"arn:aws:s3:::bucket-200"), None);
        // Small ones stay as they are.
        let (full, _) = large(20).entries().blocks();
        assert!(full.iter().all(|block| block.symbols().is_none()));
    }

    #[test]
    fn values_with_a_prefix_are_found_once_all_blocks_are_sorted() {
        let dictionary = large(150);
        let entries = dictionary.entries();
        assert!(!entries.sort_blocks(10) && !entries.sort_blocks(11) && entries.sort_blocks(1));
        for prefix in [
            "",
            "arn",
            "arn:aws:s3:::bucket-0",
            "arn:aws:s3:::bucket-117",
            "b",
            "zz",
        ] {
            let mut marks = vec![false; dictionary.len() + 1];
            entries.mark_prefix(prefix.as_bytes(), &mut marks);
            entries.each_value(|code, value| {
                let begins = value.starts_with(prefix.as_bytes());
                assert_eq!(marks[code as usize], begins, "{prefix} {code}");
            });
        }
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
