//! Texts by which things are found, short enough for an index and without what the store cannot keep.

use std::borrow::Cow;

use balefire_api::generated::ssm_incidents::{ChatChannel, NotificationTargetItem};

use crate::abridged::abridged;
use crate::failure::{Failure, NO_NUL};

/// PostgreSQL takes rows of an index up to 2,704 bytes, of which other columns have some.
const BYTES_MAX: usize = 1024;
/// How much of a longer text stays legible, and can be looked for as a beginning.
const BEGINNING_BYTES: usize = 512;
const DIGEST_BYTES: usize = 32;

/// The text as it is, or a long one as its beginning and digest.
pub fn findable(text: &str) -> Cow<'_, str> {
    if text.len() <= BYTES_MAX {
        return text.into();
    }
    let end = text.floor_char_boundary(BEGINNING_BYTES);
    abridged(text, end, ' ', DIGEST_BYTES).into()
}

/// All forms in which rows may hold a text: a version before kept long ones as they are.
pub fn forms(text: &str) -> Vec<String> {
    let found = findable(text).into_owned();
    match found == text {
        true => vec![found],
        false => vec![found, text.to_owned()],
    }
}

/// What the model cannot say of a text by which something is found.
pub fn check(path: &str, text: &str) -> Result<(), Failure> {
    match text.contains('\0') {
        true => Err(Failure::invalid(path, NO_NUL)),
        false => Ok(()),
    }
}

/// Topics, whose jobs are found by them. `path` is where the targets are in the input.
pub fn check_topics(
    path: &str,
    targets: Option<&[NotificationTargetItem]>,
    channel: Option<&ChatChannel>,
) -> Result<(), Failure> {
    for (place, target) in targets.unwrap_or_default().iter().enumerate() {
        let NotificationTargetItem::SnsTopicArn(arn) = target;
        check(&format!("{path}/{place}/snsTopicArn"), arn)?;
    }
    if let Some(ChatChannel::ChatbotSns(topics)) = channel {
        for (place, arn) in topics.iter().enumerate() {
            check(&format!("/chatChannel/chatbotSns/{place}"), arn)?;
        }
    }
    Ok(())
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
        let digest = "085638aad30c4fc37eb096d1d73961417bd64ffeba69c29889fe224926179d17";
        assert_eq!(found[512..], format!(" {digest}"), "rows have it so");
        assert_eq!(found, findable(&long));
        assert_ne!(found, findable(&format!("{long}.")));
        let short = "é".repeat(512);
        assert_eq!(findable(&short), short);
    }
}
