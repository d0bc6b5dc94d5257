//! Leaving out what no row has any more: dictionaries only grow while they are in use.

use super::LoadError;
use crate::chunk::{Cells, Chunk};
use crate::dictionary::{Entries, MISSING};

/// Of how many entries one must be unused for it to be worth the work.
const ONE_OF: usize = if cfg!(test) { 64 } else { 8 };

/// Checks that each code of a field has an entry, and leaves out the entries without one if they are many.
pub fn field(entries: Entries, chunks: &mut [Chunk], field: usize) -> Result<Entries, LoadError> {
    let mut used = vec![false; entries.len() + 1];
    for chunk in &*chunks {
        if let Cells::Codes(codes) = chunk.cells(field)
            && !codes.mark(&mut used)
        {
            return Err(LoadError::Broken("a code has no entry"));
        }
    }
    used[MISSING as usize] = false;
    entries.mark_members(&mut used);
    let unused = entries.len() - used.iter().filter(|used| **used).count();
    if unused == 0 || unused < entries.len() / ONE_OF {
        return Ok(entries);
    }
    let (kept, became) = entries.only(&used);
    for chunk in chunks {
        if let Cells::Codes(codes) = chunk.cells_mut(field) {
            *codes = codes.recoded(&became);
        }
    }
    Ok(kept)
}
