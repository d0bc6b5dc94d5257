//! What messages are made of: texts that fit, causes, and related items.

use balefire_api::generated::ssm_incidents::{ItemIdentifier, ItemType, ItemValue, RelatedItem};
use sha2::{Digest, Sha256};

use super::Hook;
use crate::hex;

/// Characters that a title may have, as the model says.
pub const TITLE_LENGTH_MAX: usize = 200;
/// Characters that raw data may have, as the model says.
const RAW_DATA_LENGTH_MAX: usize = 10_000;
/// Characters that a URL may have, as the model says.
const URL_LENGTH_MAX: usize = 1000;
/// A key that is longer stands in a cause by its hash.
const KEY_BYTES_MAX: usize = 300;

/// The beginning of a text.
pub fn cut(text: &str, length_max: usize) -> String {
    match text.char_indices().nth(length_max) {
        None => text.to_owned(),
        Some(_) => {
            let kept = text.chars().take(length_max - 3);
            kept.chain("...".chars()).collect()
        }
    }
}

/// A message as an incident keeps it.
pub fn raw_data(body: &[u8]) -> String {
    cut(&String::from_utf8_lossy(body), RAW_DATA_LENGTH_MAX)
}

/// The name of a cause: a key means the same only within its hook.
pub fn cause(hook: &Hook, key: &str) -> String {
    match key.len() <= KEY_BYTES_MAX {
        true => format!("hook/{}/{key}", hook.name),
        false => format!("hook/{}/sha256:{}", hook.name, sha256(key)),
    }
}

/// Hexadecimal digits.
pub fn sha256(data: impl AsRef<[u8]>) -> String {
    hex::digits(Sha256::digest(data))
}

/// A link. `None` for what no browser opens, or no item could hold.
pub fn link(title: &str, url: &str) -> Option<RelatedItem> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let fits = url.chars().count() <= URL_LENGTH_MAX;
    (is_web && fits).then(|| RelatedItem {
        generated_id: None,
        identifier: ItemIdentifier {
            r#type: ItemType::Other,
            value: ItemValue::Url(url.to_owned()),
        },
        title: Some(cut(title, TITLE_LENGTH_MAX)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_characters() {
        assert_eq!(cut("äöüß", 4), "äöüß");
        assert_eq!(cut("äöüßé", 4), "ä...");
    }

    #[test]
    fn links_are_of_the_web() {
        let long = format!("https://example.com/{}", "a".repeat(URL_LENGTH_MAX));
        for (url, taken) in [
            ("https://example.com/", true),
            ("http://prometheus:9090/graph", true),
            ("javascript:alert(1)", false),
            ("", false),
            (&long, false),
        ] {
            assert_eq!(link("t", url).is_some(), taken, "{url}");
        }
    }
}
