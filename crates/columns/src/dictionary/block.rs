//! Entries that lie together: as many as a block has, or the last few, to which others come.

use std::ops::Range;
use std::sync::OnceLock;

use super::symbols::{Spare, Symbols, packed};

/// How many entries a block has.
pub const BLOCK: usize = if cfg!(test) { 8 } else { 1 << 13 };

/// What the symbols of a block take.
const SYMBOLS_BYTES: usize = if cfg!(test) { 0 } else { size_of::<Symbols>() };

/// A block that is full and takes no more memory than its bytes need.
pub struct Block {
    bytes: Box<[u8]>,
    /// Where the bytes of each entry end.
    ends: Box<[u32]>,
    /// What values are packed with, if they are; sets never are.
    symbols: Option<Box<Symbols>>,
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
    pub fn of(
        symbols: Option<Symbols>,
        ends: Vec<u32>,
        bytes: Vec<u8>,
    ) -> Result<Block, &'static str> {
        check(&ends, &bytes)?;
        if ends.len() != BLOCK {
            return Err("a block of a dictionary is not full");
        }
        Ok(Block {
            bytes: bytes.into(),
            ends: ends.into(),
            symbols: symbols.map(Box::new),
            order: OnceLock::new(),
        })
    }

    pub fn symbols(&self) -> Option<&Symbols> {
        self.symbols.as_deref()
    }

    pub fn ends(&self) -> &[u32] {
        &self.ends
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of an entry as they are kept, which are those of a set.
    pub fn kept(&self, at: usize) -> &[u8] {
        kept(&self.ends, &self.bytes, at)
    }

    pub fn value<'a>(&'a self, at: usize, spare: &'a mut Spare) -> &'a [u8] {
        match &self.symbols {
            Some(symbols) => symbols.unpack(self.kept(at), spare),
            None => self.kept(at),
        }
    }

    pub fn is_value(&self, at: usize, bytes: &[u8]) -> bool {
        match &self.symbols {
            Some(symbols) => symbols.is(self.kept(at), bytes),
            None => self.kept(at) == bytes,
        }
    }

    /// The same block with its values packed, if that is worth it; `is_value` tells them by their places.
    pub fn packed(&self, is_value: impl Fn(usize) -> bool) -> Option<Block> {
        let values: Vec<&[u8]> = (0..BLOCK)
            .filter(|at| is_value(*at))
            .map(|at| self.kept(at))
            .collect();
        let (symbols, packed) = packed(&values)?;
        let mut packed = packed.into_iter();
        let mut bytes: Vec<u8> = Vec::with_capacity(self.bytes.len());
        let mut ends = Vec::with_capacity(BLOCK);
        for at in 0..BLOCK {
            match is_value(at) {
                true => bytes.extend(packed.next().unwrap_or_default()),
                false => bytes.extend(self.kept(at)),
            }
            ends.push(u32::try_from(bytes.len()).ok()?);
        }
        let is_worth_it = bytes.len() + SYMBOLS_BYTES < self.bytes.len() / 5 * 4;
        is_worth_it.then(|| Block {
            bytes: bytes.as_slice().into(),
            ends: ends.into(),
            symbols: Some(Box::new(symbols)),
            order: self.order.clone(),
        })
    }

    /// The places of the values in the order of their bytes, if it is known.
    pub fn known_order(&self) -> Option<&[u16]> {
        self.order.get().map(|order| &**order)
    }

    /// Makes the order of the values known; `is_value` tells them from sets by their places.
    pub fn sort(&self, is_value: impl Fn(usize) -> bool) {
        self.order.get_or_init(|| {
            let places = (0..BLOCK as u16).filter(|at| is_value(usize::from(*at)));
            let mut spare = Spare::default();
            let mut unpacked: Vec<u8> = Vec::new();
            let mut spans: Vec<(u16, Range<usize>)> = Vec::new();
            for at in places {
                let start = unpacked.len();
                unpacked.extend_from_slice(self.value(usize::from(at), &mut spare));
                spans.push((at, start..unpacked.len()));
            }
            let values = spans.into_iter().map(|(at, span)| (at, &unpacked[span]));
            sorted(values.collect())
        });
    }

    /// Bytes of memory.
    pub fn memory(&self) -> usize {
        let order = self.known_order().map_or(0, size_of_val);
        let symbols = self.symbols.as_deref().map_or(0, size_of_val);
        size_of::<Block>() + self.bytes.len() + size_of_val(&*self.ends) + symbols + order
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

    pub fn value(&self, at: usize) -> &[u8] {
        kept(&self.ends, &self.bytes, at)
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
            symbols: None,
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

/// The bytes of an entry as they are kept.
pub fn kept<'b>(ends: &[u32], bytes: &'b [u8], at: usize) -> &'b [u8] {
    let start = at.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[start as usize..ends[at] as usize]
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
