//! Where a snapshot is read from: nothing that it says of lengths is believed beyond its own.

use std::io::{self, BufReader, Read};

use super::LoadError;
use super::number::Number;

/// Bytes that are decoded at once.
const PIECE_BYTES: usize = 256 << 10;

pub struct Source<R: Read> {
    input: BufReader<R>,
    /// Bytes that were not read yet.
    left: u64,
    sum: crc32fast::Hasher,
    piece: Vec<u8>,
}

impl<R: Read> Source<R> {
    pub fn new(input: R, len: u64) -> Source<R> {
        Source {
            input: BufReader::with_capacity(PIECE_BYTES, input),
            left: len,
            sum: crc32fast::Hasher::new(),
            piece: Vec::new(),
        }
    }

    /// Bytes that come in the place of a constant, as many.
    pub fn is(&mut self, expected: &[u8]) -> Result<bool, LoadError> {
        Ok(self.some(expected.len())? == expected)
    }

    pub fn number<N: Number>(&mut self) -> Result<N, LoadError> {
        let one = self.numbers(1)?;
        one.first().copied().ok_or(LoadError::Truncated)
    }

    /// How many of something follow, which may be no more than `max`.
    pub fn count(&mut self, max: usize) -> Result<usize, LoadError> {
        let count = usize::try_from(self.number::<u64>()?);
        let count = count.ok().filter(|count| *count <= max);
        count.ok_or(LoadError::Broken("there are more of something than can be"))
    }

    /// Invariant: nothing is allocated that the rest of the snapshot has no bytes for.
    pub fn numbers<N: Number>(&mut self, count: usize) -> Result<Vec<N>, LoadError> {
        self.check(count.saturating_mul(N::BYTES))?;
        let mut numbers = Vec::with_capacity(count);
        while numbers.len() < count {
            let now = (count - numbers.len()).min(PIECE_BYTES / N::BYTES);
            N::decode(self.some(now * N::BYTES)?, &mut numbers);
        }
        Ok(numbers)
    }

    /// Numbers behind their count.
    pub fn array<N: Number>(&mut self, max: usize) -> Result<Vec<N>, LoadError> {
        let count = self.count(max)?;
        self.numbers(count)
    }

    /// Compares the checksum, which is the end.
    pub fn finish(mut self) -> Result<(), LoadError> {
        let expected = self.sum.clone().finalize().to_le_bytes();
        match self.is(&expected)? {
            true if self.left == 0 => Ok(()),
            true => Err(LoadError::Broken("something follows its end")),
            false => Err(LoadError::Checksum),
        }
    }

    fn check(&self, len: usize) -> Result<(), LoadError> {
        match len as u64 <= self.left {
            true => Ok(()),
            false => Err(LoadError::Truncated),
        }
    }

    /// The next bytes, of which no more than fit into a piece are asked for.
    fn some(&mut self, len: usize) -> Result<&[u8], LoadError> {
        self.check(len)?;
        if self.piece.len() < len {
            self.piece.resize(len, 0);
        }
        let piece = &mut self.piece[..len];
        let read = self.input.read_exact(piece);
        read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => LoadError::Truncated,
            _ => LoadError::Read(error),
        })?;
        self.left -= len as u64;
        self.sum.update(piece);
        Ok(piece)
    }
}
