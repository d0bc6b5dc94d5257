//! A finding's uid as the key of its row: the account as a number, then the hash.

use balefire_columns::Key;

use crate::failure::Failure;
use crate::hex;

const ACCOUNT_LEN: usize = 12;
/// What of a uid's hash there is in a key, which is all of it.
pub const HASH_BYTES: usize = 16;

/// The key of a uid of this server; keys compare as uids do. `None` where the text is no such uid.
pub fn key_of(uid: &str) -> Option<Key> {
    let (account, digits) = uid.split_at_checked(ACCOUNT_LEN)?;
    let digits: &[u8; 2 * HASH_BYTES] = digits.as_bytes().try_into().ok()?;
    let mut hash = [0; HASH_BYTES];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit_of(pair[0])? << 4 | digit_of(pair[1])?;
    }
    key_with(account, &hash)
}

/// The key of a uid that the store has.
pub fn key_of_stored(uid: &str) -> Result<Key, Failure> {
    key_of(uid).ok_or_else(|| Failure::Internal(format!("{uid} is no uid of a finding")))
}

/// The key of an account's finding by its hash. `None` where the account is none.
pub fn key_with(account: &str, hash: &[u8; HASH_BYTES]) -> Option<Key> {
    let is_account = account.len() == ACCOUNT_LEN && account.bytes().all(|b| b.is_ascii_digit());
    let number: u64 = is_account.then(|| account.parse().ok())??;
    let mut key = [0; 24];
    key[..8].copy_from_slice(&number.to_be_bytes());
    key[8..].copy_from_slice(hash);
    Some(key)
}

pub fn uid_of(key: &Key) -> String {
    let mut uid = account_of_key(key);
    hex::push_digits(&mut uid, hash_of_key(key));
    uid
}

/// The account whose finding it is.
pub fn account_of_key(key: &Key) -> String {
    format!("{:012}", account_number_of(key))
}

/// The account as a number, which is cheaper to compare.
pub fn account_number_of(key: &Key) -> u64 {
    let bytes = key.first_chunk();
    bytes.map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

pub fn hash_of_key(key: &Key) -> &[u8] {
    &key[8..]
}

/// Only the digits that `uid_of` writes, so that no two texts are one key.
fn digit_of(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
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
            "+00456789012dff105efc58d45e9db7959facb3907b6",
            "000456789012DFF105EFC58D45E9DB7959FACB3907B6",
            "000456789012+ff105efc58d45e9db7959facb3907b6",
            "000456789012dff105efc58d45e9db7959facb3907b6a",
        ] {
            assert_eq!(key_of(text), None, "{text}");
        }
        assert!(key_of("000456789012dff1") < key_of(uid));
    }
}
