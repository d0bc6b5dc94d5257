//! Long texts as a beginning that stays legible, and a digest that tells them apart.

use sha2::{Digest, Sha256};

use crate::hex;

/// The text up to a byte, and so many bytes of its digest. What comes of it is stored and looked for, so
/// nobody who uses it changes how.
pub fn abridged(text: &str, end: usize, separator: char, digest_bytes: usize) -> String {
    let digest = Sha256::digest(text);
    let digits = hex::digits(&digest[..digest_bytes]);
    format!("{}{separator}{digits}", &text[..end])
}
