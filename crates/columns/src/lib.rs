//! What is searched: fields of many rows as columns in memory, with filters, orders, pages and counts.
//!
//! A field holds a set of values in each row. Texts and numbers are coded by a dictionary, in which a set of
//! several values is an entry like any other, so that each row has one code; dates are plain. A filter asks
//! each distinct value once and then scans codes. Rows lie in chunks with a lock each: a change waits for
//! no search but of the chunk that it touches, and a search sees each row as it is when it comes to it.

mod chunk;
mod codes;
mod columns;
mod dates;
mod dictionary;
mod first;
mod groups;
mod mask;
mod order;
mod plan;
mod row;
mod schema;
mod search;
mod snapshot;
mod step;
mod tallies;
#[cfg(test)]
mod tests;

pub use columns::Columns;
pub use groups::Group;
pub use order::{Order, Scalar};
pub use plan::Plan;
pub use row::{Patch, Row};
pub use schema::{Field, Kind, Schema};
pub use search::{After, Hit};
pub use snapshot::LoadError;
pub use tallies::Tallies;

/// What names a row: bytes that compare as the names do.
pub type Key = [u8; KEY_BYTES];

const KEY_BYTES: usize = 24;
