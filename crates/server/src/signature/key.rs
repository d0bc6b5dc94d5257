//! Secret access keys and the signing keys derived from them.

use std::collections::HashMap;
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use parking_lot::RwLock;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::TERMINATOR;
use super::claim::Scope;

pub(super) type HmacSha256 = Hmac<Sha256>;

/// A secret access key; formatting shows nothing of it.
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Takes the text of a secret access key.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself; only for what must be sent.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// The key of one scope, ready to sign.
    pub(super) fn signing_key(&self, scope: &Scope) -> HmacSha256 {
        let mut first = Vec::with_capacity(4 + self.0.len());
        first.extend_from_slice(b"AWS4");
        first.extend_from_slice(self.0.as_bytes());
        let mut key = mac(&keyed(&first), scope.date.as_bytes());
        for part in [scope.region.as_str(), scope.service.as_str(), TERMINATOR] {
            key = mac(&keyed(&key), part.as_bytes());
        }
        keyed(&key)
    }

    /// Whether a text is this secret, in a time that does not tell how much of it is right.
    pub fn matches(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }

    fn same(&self, other: &Self) -> bool {
        self.matches(&other.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Derived signing keys by access key id, date, region and service, up to a fixed number.
pub struct KeyCache {
    entries: RwLock<HashMap<Box<str>, Entry>>,
    entries_max: usize,
}

/// Invariant: an entry serves only the secret it was derived from, so a changed secret misses.
struct Entry {
    secret: Secret,
    key: HmacSha256,
}

impl KeyCache {
    /// A cache of at most `entries_max` keys of about half a kilobyte each.
    pub fn new(entries_max: usize) -> Self {
        Self {
            entries: RwLock::default(),
            entries_max: entries_max.max(1),
        }
    }

    /// The signing key of `scope`; `name` is the credential text that names key id and scope.
    pub(super) fn signing_key(&self, name: &str, scope: &Scope, secret: &Secret) -> HmacSha256 {
        if let Some(entry) = self.entries.read().get(name)
            && entry.secret.same(secret)
        {
            return entry.key.clone();
        }
        let key = secret.signing_key(scope);
        let mut entries = self.entries.write();
        // Deriving again costs a microsecond, so a full cache starts over instead of keeping an order.
        if entries.len() >= self.entries_max && !entries.contains_key(name) {
            entries.clear();
        }
        entries.insert(
            name.into(),
            Entry {
                secret: secret.clone(),
                key: key.clone(),
            },
        );
        key
    }

    /// How many keys are held now.
    pub fn len(&self) -> usize {
        self.entries.read().len()
    }

    /// Whether no key is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Default for KeyCache {
    fn default() -> Self {
        Self::new(4096)
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache")
            .field("entries", &self.len())
            .finish_non_exhaustive()
    }
}

fn keyed(key: &[u8]) -> HmacSha256 {
    HmacSha256::new_from_slice(key).expect("Invariant: HMAC takes a key of any length")
}

/// The code of `text` under `key`.
pub(super) fn mac(key: &HmacSha256, text: &[u8]) -> [u8; 32] {
    key.clone()
        .chain_update(text)
        .finalize()
        .into_bytes()
        .into()
}
