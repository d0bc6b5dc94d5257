//! The `balefire` binary.
fn main() {}
