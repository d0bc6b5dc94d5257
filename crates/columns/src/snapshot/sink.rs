//! Where a snapshot is written to, with a checksum over all of it.

use std::io::{self, BufWriter, Write};

use super::number::Number;

const BUFFER_BYTES: usize = 256 << 10;

pub struct Sink<W: Write> {
    out: BufWriter<W>,
    sum: crc32fast::Hasher,
    encoded: Vec<u8>,
}

impl<W: Write> Sink<W> {
    pub fn new(out: W) -> Sink<W> {
        Sink {
            out: BufWriter::with_capacity(BUFFER_BYTES, out),
            sum: crc32fast::Hasher::new(),
            encoded: Vec::new(),
        }
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.out.write_all(bytes)
    }

    pub fn number<N: Number>(&mut self, number: N) -> io::Result<()> {
        self.numbers(&[number])
    }

    /// How many of something follow.
    pub fn count(&mut self, count: usize) -> io::Result<()> {
        self.number(count as u64)
    }

    pub fn numbers<N: Number>(&mut self, numbers: &[N]) -> io::Result<()> {
        let mut encoded = std::mem::take(&mut self.encoded);
        encoded.resize(numbers.len() * N::BYTES, 0);
        N::encode(numbers, &mut encoded);
        let written = self.bytes(&encoded);
        self.encoded = encoded;
        written
    }

    /// Numbers behind their count.
    pub fn array<N: Number>(&mut self, numbers: &[N]) -> io::Result<()> {
        self.count(numbers.len())?;
        self.numbers(numbers)
    }

    /// Ends with the checksum.
    pub fn finish(mut self) -> io::Result<()> {
        let sum = self.sum.finalize();
        self.out.write_all(&sum.to_le_bytes())?;
        self.out.flush()
    }
}
