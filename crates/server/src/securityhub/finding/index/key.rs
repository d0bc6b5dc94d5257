//! A finding's uid as the key of its row: the account as a number, then the hash.

use balefire_columns::Key;

const ACCOUNT_LEN: usize = 12;

/// The key of a uid of this server; keys compare as uids do. `None` where the text is no such uid.
pub fn key_of(uid: &str) -> Option<Key> {
    let (account, hash) = uid.split_at_checked(ACCOUNT_LEN)?;
    let account: u64 = account.parse().ok()?;
    let hash: u128 = (hash.len() == 32).then(|| u128::from_str_radix(hash, 16).ok())??;
    let mut key = [0; 24];
    key[..8].copy_from_slice(&account.to_be_bytes());
    key[8..].copy_from_slice(&hash.to_be_bytes());
    Some(key)
}

pub fn uid_of(key: &Key) -> String {
    let (account, hash) = key.split_at(8);
    let account = account
        .first_chunk()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let hash = hash
        .first_chunk()
        .map_or(0, |bytes| u128::from_be_bytes(*bytes));
    format!("{account:012}{hash:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_comes_back_and_other_texts_have_no_key() {
        let uid = "000456789012dff105efc58d45e9db7959facb3907b6";
        assert_eq!(uid_of(&key_of(uid).unwrap()), uid);
        for text in [
            "",
            "000456789012",
            "x00456789012dff105efc58d45e9db7959facb3907b6",
        ] {
            assert_eq!(key_of(text), None, "{text}");
        }
        assert!(key_of("000456789012dff1") < key_of(uid));
    }
}
