//! Reads and writes JSON as a shape says.

mod entries;
mod kept;
mod object;
mod read;
mod write;

pub use object::Object;
pub use read::{fill_defaults, read, read_members, read_payload};
pub use write::{text, write, write_members};
