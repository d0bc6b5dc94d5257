//! Which values of a large dictionary begin with a text: in a block whose order is known, two searches tell.

use super::block::BLOCK;
use super::{Code, Entries, Spare};

impl Entries {
    /// Makes known the order of up to so many blocks. Whether all have one now.
    pub fn sort_blocks(&self, at_most: usize) -> bool {
        let mut left = at_most;
        for (number, block) in self.full.iter().enumerate() {
            if block.known_order().is_some() {
                continue;
            }
            if left == 0 {
                return false;
            }
            left -= 1;
            block.sort(|at| !self.is_set((number * BLOCK + at) as Code + 1));
        }
        true
    }

    /// Marks the codes of the values that begin with a prefix. Marks of sets mean nothing.
    ///
    /// Invariant: the order of all blocks is known.
    pub fn mark_prefix(&self, prefix: &[u8], marks: &mut [bool]) {
        let mut spare = Spare::default();
        for (block, marks) in self.full.iter().zip(marks[1..].chunks_mut(BLOCK)) {
            let order = block.known_order().unwrap_or_default();
            let from = order.partition_point(|at| block.value((*at).into(), &mut spare) < prefix);
            let order = &order[from..];
            let begins = |at: &u16| block.value((*at).into(), &mut spare).starts_with(prefix);
            let to = order.partition_point(begins);
            for at in &order[..to] {
                marks[usize::from(*at)] = true;
            }
        }
        let first = self.full.len() * BLOCK;
        for at in 0..self.open.len() {
            marks[1 + first + at] |= self.open.value(at).starts_with(prefix);
        }
    }
}
