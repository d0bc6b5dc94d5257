//! Entries that lie together: as many as a block has, or the last few, to which others come.

use std::ops::Range;
use std::sync::OnceLock;

/// How many entries a block has.
pub const BLOCK: usize = if cfg!(test) { 8 } else { 1 << 13 };

/// A block that is full and takes no more memory than its bytes need.
pub struct Block {
    bytes: Box<[u8]>,
    /// Where the bytes of each entry end.
    ends: Box<[u32]>,
    /// The places of the values in the order of their bytes, once somebody asked for it.
    order: OnceLock<Box<[u16]>>,
}

/// Entries that are not yet enough for a block.
#[derive(Clone, Default)]
pub struct Open {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Block {
    /// A block of what was kept; or what is wrong with it.
    pub fn of(ends: Vec<u32>, bytes: Vec<u8>) -> Result<Block, &'static str> {
        check(&ends, &bytes)?;
        if ends.len() != BLOCK {
            return Err("a block of a dictionary is not full");
        }
        Ok(Block {
            bytes: bytes.into(),
            ends: ends.into(),
            order: OnceLock::new(),
        })
    }

    pub fn ends(&self) -> &[u32] {
        &self.ends
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn bytes_of(&self, at: usize) -> &[u8] {
        &self.bytes[span(&self.ends, at)]
    }

    /// The places of the values in the order of their bytes, if it is known.
    pub fn known_order(&self) -> Option<&[u16]> {
        self.order.get().map(|order| &**order)
    }

    /// Makes the order of the values known; `is_value` tells them from sets by their places.
    pub fn sort(&self, is_value: impl Fn(usize) -> bool) -> &[u16] {
        let sorted = || {
            let places = (0..BLOCK).filter(|at| is_value(*at));
            let values = places.map(|at| (at as u16, self.bytes_of(at)));
            sorted(values.collect())
        };
        self.order.get_or_init(sorted)
    }

    /// Bytes of memory.
    pub fn memory(&self) -> usize {
        let order = self.known_order().map_or(0, size_of_val);
        size_of::<Block>() + self.bytes.len() + size_of_val(&*self.ends) + order
    }
}

impl Open {
    /// Entries that were kept; or what is wrong with them.
    pub fn of(ends: Vec<u32>, bytes: Vec<u8>) -> Result<Open, &'static str> {
        check(&ends, &bytes)?;
        match ends.len() < BLOCK {
            true => Ok(Open { bytes, ends }),
            false => Err("a dictionary ends with too large a block"),
        }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn ends(&self) -> &[u32] {
        &self.ends
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn bytes_of(&self, at: usize) -> &[u8] {
        &self.bytes[span(&self.ends, at)]
    }

    /// Adds an entry. False where all of them would have more bytes than can be counted.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let Ok(end) = u32::try_from(self.bytes.len() + bytes.len()) else {
            return false;
        };
        self.bytes.extend_from_slice(bytes);
        self.ends.push(end);
        true
    }

    /// All entries as a block, if they are enough for one.
    pub fn take_full(&mut self) -> Option<Block> {
        if self.len() < BLOCK {
            return None;
        }
        let block = Block {
            bytes: self.bytes.as_slice().into(),
            ends: self.ends.as_slice().into(),
            order: OnceLock::new(),
        };
        self.bytes.clear();
        self.ends.clear();
        Some(block)
    }

    /// Bytes of memory.
    pub fn memory(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}

fn check(ends: &[u32], bytes: &[u8]) -> Result<(), &'static str> {
    let end = ends.last().map_or(0, |end| *end as usize);
    match ends.is_sorted() && end == bytes.len() {
        true => Ok(()),
        false => Err("a dictionary has other bytes than its entries"),
    }
}

fn span(ends: &[u32], at: usize) -> Range<usize> {
    let start = at.checked_sub(1).map_or(0, |before| ends[before]);
    start as usize..ends[at] as usize
}

/// Places in the order of their values. What all values begin with tells nothing; the eight bytes behind it
/// mostly tell all.
fn sorted(values: Vec<(u16, &[u8])>) -> Box<[u16]> {
    let alike = values.iter().fold(usize::MAX, |alike, (_, value)| {
        let pairs = value.iter().zip(values[0].1).take(alike);
        pairs.take_while(|(a, b)| a == b).count()
    });
    let start = |value: &[u8]| {
        let mut start = [0; 8];
        let bytes = value.iter().skip(alike);
        start
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, byte)| *to = *byte);
        u64::from_be_bytes(start)
    };
    let values = values.into_iter();
    let mut keyed: Vec<(u64, &[u8], u16)> = values
        .map(|(at, value)| (start(value), value, at))
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, _, at)| at).collect()
}
