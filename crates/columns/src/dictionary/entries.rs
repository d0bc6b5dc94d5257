//! The values and sets of a dictionary, in the order of their codes.

use std::sync::Arc;

use super::block::{BLOCK, Block, Open};
use super::{Code, MISSING};

/// Invariant: the members of a set are values, and have lower codes than the set.
#[derive(Default)]
pub struct Entries {
    pub(super) full: Vec<Arc<Block>>,
    /// The entries behind those of the full blocks.
    pub(super) open: Open,
    /// A bit for each entry that is a set; its bytes are the codes of its members.
    sets: Vec<u64>,
    set_count: usize,
}

/// What stands behind a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    Value(&'a [u8]),
    Set(Members<'a>),
}

/// The codes of a set, four bytes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Members<'a>(&'a [u8]);

impl Members<'_> {
    pub fn iter(&self) -> impl Iterator<Item = Code> {
        let (codes, _) = self.0.as_chunks::<4>();
        codes.iter().map(|code| Code::from_le_bytes(*code))
    }
}

impl Entries {
    /// Entries of what was kept; or what is wrong with them.
    pub fn of(full: Vec<Block>, open: Open, sets: Vec<u64>) -> Result<Entries, &'static str> {
        let entries = Entries {
            set_count: sets.iter().map(|word| word.count_ones() as usize).sum(),
            full: full.into_iter().map(Arc::new).collect(),
            open,
            sets,
        };
        let len = entries.len();
        if Code::try_from(len).is_err() || entries.sets.len() != len.div_ceil(64) {
            return Err("a dictionary has too many entries");
        }
        if !entries.sets_are_sound() {
            return Err("a set of a dictionary is none");
        }
        Ok(entries)
    }

    fn sets_are_sound(&self) -> bool {
        let mut places = self.places_of_sets();
        places.all(|place| place < self.len() && self.is_sound(place as Code + 1))
    }

    fn places_of_sets(&self) -> impl Iterator<Item = usize> {
        let in_word = |(place, word): (usize, &u64)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(place * 64 + bit as usize)
            })
        };
        self.sets.iter().enumerate().flat_map(in_word)
    }

    /// Shows the sets in the order of their codes.
    pub fn each_set(&self, mut show: impl FnMut(Code, Members<'_>)) {
        for place in self.places_of_sets() {
            let code = place as Code + 1;
            show(code, Members(self.bytes_of(code)));
        }
    }

    fn is_sound(&self, set: Code) -> bool {
        let bytes = self.bytes_of(set);
        let members: Vec<Code> = Members(bytes).iter().collect();
        let is_value = |code: &Code| *code != MISSING && *code < set && !self.is_set(*code);
        bytes.len().is_multiple_of(4)
            && members.len() > 1
            && members.is_sorted_by(|a, b| a < b)
            && members.iter().all(is_value)
    }

    pub fn len(&self) -> usize {
        self.full.len() * BLOCK + self.open.len()
    }

    pub fn set_count(&self) -> usize {
        self.set_count
    }

    pub fn get(&self, code: Code) -> Entry<'_> {
        let bytes = self.bytes_of(code);
        match self.is_set(code) {
            true => Entry::Set(Members(bytes)),
            false => Entry::Value(bytes),
        }
    }

    /// Gives an entry the next code. `MISSING` where there is no room for it.
    pub fn push(&mut self, bytes: &[u8], is_set: bool) -> Code {
        let place = self.len();
        let Ok(code) = Code::try_from(place + 1) else {
            return MISSING;
        };
        if !self.open.push(bytes) {
            return MISSING;
        }
        self.full.extend(self.open.take_full().map(Arc::new));
        if place / 64 == self.sets.len() {
            self.sets.push(0);
        }
        if is_set {
            self.sets[place / 64] |= 1 << (place % 64);
            self.set_count += 1;
        }
        code
    }

    /// Empty for the code of no value.
    pub fn bytes_of(&self, code: Code) -> &[u8] {
        let Some(place) = (code as usize).checked_sub(1) else {
            return &[];
        };
        match self.full.get(place / BLOCK) {
            Some(block) => block.bytes_of(place % BLOCK),
            None => self.open.bytes_of(place % BLOCK),
        }
    }

    pub fn is_set(&self, code: Code) -> bool {
        let place = code as usize - 1;
        self.sets[place / 64] >> (place % 64) & 1 == 1
    }

    pub fn is_it(&self, code: Code, bytes: &[u8], is_set: bool) -> bool {
        self.bytes_of(code) == bytes && self.is_set(code) == is_set
    }

    /// Marks the members of the sets that are marked.
    pub fn mark_members(&self, used: &mut [bool]) {
        let codes = 1..=self.len() as Code;
        for code in codes.filter(|code| self.is_set(*code)) {
            if used[code as usize] {
                let members = Members(self.bytes_of(code));
                members.iter().for_each(|code| used[code as usize] = true);
            }
        }
    }

    /// Only the entries that are used; and what each code became.
    pub fn only(&self, used: &[bool]) -> (Entries, Vec<Code>) {
        let mut kept = Entries::default();
        let mut became = vec![MISSING; self.len() + 1];
        for code in (1..=self.len() as Code).filter(|code| used[*code as usize]) {
            let entry = match self.get(code) {
                Entry::Value(bytes) => kept.push(bytes, false),
                Entry::Set(members) => {
                    let members = members.iter().map(|member| became[member as usize]);
                    let bytes: Vec<u8> = members.flat_map(Code::to_le_bytes).collect();
                    kept.push(&bytes, true)
                }
            };
            became[code as usize] = entry;
        }
        (kept, became)
    }

    /// Which entries are sets.
    pub fn sets(&self) -> &[u64] {
        &self.sets
    }

    /// All entries as they are now: full blocks are shared, the others copied.
    pub fn blocks(&self) -> (Vec<Arc<Block>>, Open) {
        (self.full.clone(), self.open.clone())
    }

    /// Bytes of memory.
    pub fn memory(&self) -> usize {
        let full: usize = self.full.iter().map(|block| block.memory()).sum();
        full + self.full.capacity() * size_of::<Arc<Block>>()
            + self.open.memory()
            + self.sets.capacity() * size_of::<u64>()
    }
}
