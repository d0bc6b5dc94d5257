//! Texts by which things are found, short enough for an index.

use std::borrow::Cow;

use ring::digest::{SHA256, digest};

use crate::hex;

/// PostgreSQL takes rows of an index up to 2,704 bytes, of which other columns have some.
const BYTES_MAX: usize = 1024;
/// How much of a longer text stays legible, and can be looked for as a beginning.
const BEGINNING_BYTES: usize = 512;

/// The text as it is, or a long one as its beginning and digest.
pub fn findable(text: &str) -> Cow<'_, str> {
    if text.len() <= BYTES_MAX {
        return text.into();
    }
    let beginning = &text[..text.floor_char_boundary(BEGINNING_BYTES)];
    let digest = digest(&SHA256, text.as_bytes());
    format!("{beginning} {}", hex::digits(digest)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_keep_their_beginning_and_differ() {
        let long = "é".repeat(513);
        let found = findable(&long);
        assert!(found.len() < BYTES_MAX, "{found}");
        assert!(found.starts_with(&long[..512]));
        assert_eq!(found, findable(&long));
        assert_ne!(found, findable(&format!("{long}.")));
        let short = "é".repeat(512);
        assert_eq!(findable(&short), short);
    }
}
