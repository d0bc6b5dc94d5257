//! Which finding is which: the triple that names it, and the uid that follows from the triple.

use balefire_columns::Key;
use sha2::{Digest, Sha256};

use super::index::{HASH_BYTES, key_with};
use crate::hex;

/// What makes two documents the same finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity<'a> {
    /// `cloud.account.uid`: twelve digits.
    pub account: &'a str,
    /// `metadata.product.uid`.
    pub product_uid: &'a str,
    /// `finding_info.uid`: the provider's own id.
    pub finding_uid: &'a str,
}

/// The length of the account at the start of a uid.
const ACCOUNT_LEN: usize = 12;

impl Identity<'_> {
    /// `metadata.uid`: the account, then half of a SHA-256 of the triple as 32 lower-case hexadecimal
    /// digits. Clients see an opaque text.
    ///
    /// Invariant: stored rows depend on it, so it never changes. It starts with the account so that one
    /// account's findings are one range of the primary key, and none collides with another account's.
    pub fn uid(&self) -> String {
        let mut uid = String::with_capacity(ACCOUNT_LEN + 2 * HASH_BYTES);
        uid.push_str(self.account);
        hex::push_digits(&mut uid, &self.hash());
        uid
    }

    /// The key of the uid; `None` where the account is none, and no finding can have it.
    pub fn key(&self) -> Option<Key> {
        key_with(self.account, &self.hash())
    }

    fn hash(&self) -> [u8; HASH_BYTES] {
        let mut hash = Sha256::new();
        for part in [self.account, self.product_uid, self.finding_uid] {
            // With its length, so that no two triples run together to the same bytes.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let whole = hash.finalize();
        std::array::from_fn(|at| whole[at])
    }
}

/// The account in a uid of this server; `None` where the text is no such uid.
pub fn account_of(uid: &str) -> Option<&str> {
    uid.get(..ACCOUNT_LEN)
}

/// The first text after all uids of an account.
pub fn end_of(account: &str) -> String {
    // `g` comes after every hexadecimal digit.
    format!("{account}g")
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Identity<'_> = Identity {
        account: "123456789012",
        product_uid: "prowler",
        finding_uid: "x-1",
    };

    #[test]
    fn a_uid_never_changes() {
        assert_eq!(A.uid(), "123456789012dff105efc58d45e9db7959facb3907b6");
        assert_eq!(account_of(&A.uid()), Some("123456789012"));
        assert!(*A.account < *A.uid() && A.uid() < end_of(A.account));
    }

    #[test]
    fn each_part_and_the_border_between_them_count() {
        let moved = Identity {
            product_uid: "prowlerx",
            finding_uid: "-1",
            ..A
        };
        let others = [
            moved,
            Identity {
                account: "123456789013",
                ..A
            },
            Identity {
                finding_uid: "x-2",
                ..A
            },
            Identity {
                product_uid: "Prowler",
                ..A
            },
        ];
        for other in others {
            assert_ne!(A.uid(), other.uid(), "{other:?}");
        }
    }
}
