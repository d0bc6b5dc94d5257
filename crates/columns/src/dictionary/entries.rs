//! The values and sets of a dictionary, in the order of their codes.

use std::borrow::Cow;
use std::iter::once;
use std::sync::Arc;

use super::block::{BLOCK, Block, Open, kept};
use super::symbols::Spare;
use super::{Code, MISSING};

/// Blocks of larger dictionaries are packed: smaller ones are asked as a whole, and must be read fast.
const PACKED_ABOVE: usize = if cfg!(test) { 24 } else { 1 << 16 };

/// Invariant: the members of a set are values, and have lower codes than the set.
#[derive(Default)]
pub struct Entries {
    pub(super) full: Vec<Arc<Block>>,
    /// The entries behind those of the full blocks.
    pub(super) open: Open,
    /// How many blocks, from the first on, were packed or are not worth it.
    tried: usize,
    /// A bit for each entry that is a set; its bytes are the codes of its members.
    sets: Vec<u64>,
    set_count: usize,
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
    pub fn of(
        full: Vec<Block>,
        open: Open,
        tried: usize,
        sets: Vec<u64>,
    ) -> Result<Entries, &'static str> {
        let entries = Entries {
            tried: tried.min(full.len()),
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
        let mut places = self.places_of_sets().peekable();
        let full = self.full.iter().map(|block| (block.ends(), block.bytes()));
        let blocks = full.chain(once((self.open.ends(), self.open.bytes())));
        for ((ends, bytes), first) in blocks.zip((0..).step_by(BLOCK)) {
            while let Some(place) = places.next_if(|place| *place < first + BLOCK) {
                let members = kept(ends, bytes, place - first);
                show(place as Code + 1, Members(members));
            }
        }
    }

    fn is_sound(&self, set: Code) -> bool {
        let bytes = self.kept(set);
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

    /// The members of a set; `None` where the code is of a value.
    pub fn members(&self, code: Code) -> Option<Members<'_>> {
        self.is_set(code).then(|| Members(self.kept(code)))
    }

    /// Empty for the code of no value, and of a set.
    pub fn value(&self, code: Code) -> Cow<'_, [u8]> {
        let (block, at) = match self.place(code) {
            Some(_) if self.is_set(code) => return Cow::default(),
            Some(place) => place,
            None => return Cow::default(),
        };
        match block.filter(|block| block.symbols().is_some()) {
            Some(block) => Cow::Owned(block.value(at, &mut Spare::default()).to_vec()),
            None => Cow::Borrowed(self.kept(code)),
        }
    }

    /// As `value`, where many are asked for.
    pub fn value_in<'a>(&'a self, code: Code, spare: &'a mut Spare) -> &'a [u8] {
        match self.place(code) {
            Some(_) if self.is_set(code) => &[],
            Some((Some(block), at)) => block.value(at, spare),
            Some((None, at)) => self.open.value(at),
            None => &[],
        }
    }

    /// Up to eight bytes that a value begins with, and none beyond its end.
    pub fn start_of(&self, code: Code) -> ([u8; 16], usize) {
        let mut start = [0; 16];
        let packed = self.place(code).and_then(|(block, _)| block?.symbols());
        let len = match packed {
            _ if self.is_set(code) => 0,
            Some(symbols) => symbols.write(self.kept(code), &mut start),
            None => {
                let value = self.kept(code);
                let len = value.len().min(8);
                start[..len].copy_from_slice(&value[..len]);
                len
            }
        };
        (start, len.min(8))
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

    /// Shows each value in the order of their codes.
    pub fn each_value(&self, mut show: impl FnMut(Code, &[u8])) {
        let mut spare = Spare::default();
        for code in (1..=self.len() as Code).filter(|code| !self.is_set(*code)) {
            show(code, self.value_in(code, &mut spare));
        }
    }

    /// The bytes that tell an entry from others of its kind: those of the value, or the codes of the members.
    pub fn bytes_in<'a>(&'a self, code: Code, spare: &'a mut Spare) -> &'a [u8] {
        match self.is_set(code) {
            true => self.kept(code),
            false => self.value_in(code, spare),
        }
    }

    pub fn is_set(&self, code: Code) -> bool {
        let place = (code as usize).wrapping_sub(1);
        let word = self.sets.get(place / 64);
        word.is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    pub fn is_it(&self, code: Code, bytes: &[u8], is_set: bool) -> bool {
        match self.place(code) {
            _ if self.is_set(code) != is_set => false,
            Some((Some(block), at)) if !is_set => block.is_value(at, bytes),
            _ => self.kept(code) == bytes,
        }
    }

    /// The block of an entry, unless it is among the last, and its place there. `None` for no value.
    fn place(&self, code: Code) -> Option<(Option<&Block>, usize)> {
        let place = (code as usize).checked_sub(1)?;
        Some((
            self.full.get(place / BLOCK).map(|block| &**block),
            place % BLOCK,
        ))
    }

    fn kept(&self, code: Code) -> &[u8] {
        match self.place(code) {
            Some((Some(block), at)) => block.kept(at),
            Some((None, at)) => self.open.value(at),
            None => &[],
        }
    }

    /// The next block to pack, if the dictionary is large enough for it.
    pub fn to_pack(&self) -> Option<&Block> {
        let block = self.full.get(self.tried);
        block
            .filter(|_| self.len() > PACKED_ABOVE)
            .map(|block| &**block)
    }

    /// That block packed; `None` where it is not worth it. It takes long.
    pub fn packed(&self, block: &Block) -> Option<Block> {
        let first = self.tried * BLOCK;
        block.packed(|at| !self.is_set((first + at) as Code + 1))
    }

    /// Puts the packed block in its place.
    pub fn put_packed(&mut self, packed: Option<Block>) {
        if let Some((packed, block)) = packed.zip(self.full.get_mut(self.tried)) {
            *block = Arc::new(packed);
        }
        self.tried += 1;
    }

    pub fn tried(&self) -> usize {
        self.tried
    }

    /// Marks the members of the sets that are marked.
    pub fn mark_members(&self, used: &mut [bool]) {
        let codes = 1..=self.len() as Code;
        for code in codes.filter(|code| self.is_set(*code)) {
            if used[code as usize] {
                let members = Members(self.kept(code));
                members.iter().for_each(|code| used[code as usize] = true);
            }
        }
    }

    /// Only the entries that are used; and what each code became.
    pub fn only(&self, used: &[bool]) -> (Entries, Vec<Code>) {
        let mut kept = Entries::default();
        let mut became = vec![MISSING; self.len() + 1];
        let mut spare = Spare::default();
        for code in (1..=self.len() as Code).filter(|code| used[*code as usize]) {
            let entry = match self.members(code) {
                None => kept.push(self.value_in(code, &mut spare), false),
                Some(members) => {
                    let members = members.iter().map(|member| became[member as usize]);
                    let bytes: Vec<u8> = members.flat_map(Code::to_le_bytes).collect();
                    kept.push(&bytes, true)
                }
            };
            became[code as usize] = entry;
        }
        while let Some(block) = kept.to_pack() {
            let packed = kept.packed(block);
            kept.put_packed(packed);
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
