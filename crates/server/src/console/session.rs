//! Sessions and one-time links: sealed texts that name an access key until they expire.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use balefire_api::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::context::Caller;

/// How long a session lasts.
pub const SESSION_MS: i64 = 12 * 60 * 60 * 1000;
/// How long a link can be used.
pub const LINK_MS: i64 = 5 * 60 * 1000;
/// Longest sealed text that is looked at.
const SEALED_LEN_MAX: usize = 1024;
const MAC_LEN: usize = 32;

/// What a sealed text is good for; one kind never passes for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Session,
    Link,
}

/// Whom a sealed text names. What that key may do is read anew for every request, so that a
/// withdrawn key ends its sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    pub access_key_id: String,
    pub account: String,
    pub expires_ms: i64,
    /// Makes two texts of one moment differ.
    serial: u64,
}

/// Seals and opens, and remembers what must not be used again.
pub struct Sessions {
    secret: [u8; 32],
    serial: AtomicU64,
    /// Codes of links that were used and of sessions that were signed out, with their expiry.
    ended: Mutex<HashMap<[u8; MAC_LEN], i64>>,
}

impl Sessions {
    pub fn new(secret: [u8; 32]) -> Sessions {
        Sessions {
            secret,
            serial: AtomicU64::new(0),
            ended: Mutex::default(),
        }
    }

    /// A sealed text for this caller's key, in the alphabet of URLs and cookies.
    pub fn seal(&self, purpose: Purpose, caller: &Caller, now: Timestamp) -> String {
        let pass = Pass {
            access_key_id: caller.user_id.clone(),
            account: caller.account.clone(),
            expires_ms: now.0 + purpose.lasts_ms(),
            serial: self.serial.fetch_add(1, Ordering::Relaxed),
        };
        let mut sealed = serde_json::to_vec(&pass)
            .expect("Invariant: texts and numbers can always be written as JSON");
        let code = self.mac(purpose, &sealed).finalize().into_bytes();
        sealed.extend_from_slice(&code);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Whom a text names, if it was sealed here for this purpose and is still good.
    pub fn open(&self, purpose: Purpose, text: &str, now: Timestamp) -> Option<Pass> {
        let (pass, code) = self.verified(purpose, text, now)?;
        (!self.ended.lock().contains_key(&code)).then_some(pass)
    }

    /// Opens a text for the last time.
    pub fn end(&self, purpose: Purpose, text: &str, now: Timestamp) -> Option<Pass> {
        let (pass, code) = self.verified(purpose, text, now)?;
        let mut ended = self.ended.lock();
        ended.retain(|_, expires_ms| *expires_ms > now.0);
        ended
            .insert(code, pass.expires_ms)
            .is_none()
            .then_some(pass)
    }

    fn verified(
        &self,
        purpose: Purpose,
        text: &str,
        now: Timestamp,
    ) -> Option<(Pass, [u8; MAC_LEN])> {
        if text.len() > SEALED_LEN_MAX {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (body, code) = sealed.split_last_chunk::<MAC_LEN>()?;
        self.mac(purpose, body).verify_slice(code).ok()?;
        let pass: Pass = serde_json::from_slice(body).ok()?;
        (now.0 < pass.expires_ms).then_some((pass, *code))
    }

    fn mac(&self, purpose: Purpose, body: &[u8]) -> Hmac<Sha256> {
        <Hmac<Sha256> as KeyInit>::new_from_slice(&self.secret)
            .expect("Invariant: HMAC takes a key of any length")
            .chain_update(purpose.label())
            .chain_update(body)
    }
}

impl Purpose {
    fn lasts_ms(self) -> i64 {
        match self {
            Purpose::Session => SESSION_MS,
            Purpose::Link => LINK_MS,
        }
    }

    /// Invariant: no label begins with another.
    fn label(self) -> &'static [u8] {
        match self {
            Purpose::Session => b"balefire console session\0",
            Purpose::Link => b"balefire console link\0",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_767_225_600_000);

    fn caller() -> Caller {
        Caller {
            account: "111111111111".into(),
            arn: "arn:aws:iam::111111111111:user/tester".into(),
            user_id: "AKIATEST".into(),
            administrator: true,
        }
    }

    #[test]
    fn a_pass_is_good_until_it_expires() {
        let sessions = Sessions::new([1; 32]);
        for (purpose, lasts_ms) in [(Purpose::Session, SESSION_MS), (Purpose::Link, LINK_MS)] {
            let text = sessions.seal(purpose, &caller(), NOW);
            let last = Timestamp(NOW.0 + lasts_ms - 1);
            let pass = sessions.open(purpose, &text, last).unwrap();
            assert_eq!(pass.access_key_id, "AKIATEST");
            assert_eq!(pass.account, "111111111111");
            let after = Timestamp(NOW.0 + lasts_ms);
            assert_eq!(sessions.open(purpose, &text, after), None);
        }
    }

    #[test]
    fn another_purpose_another_secret_and_any_changed_bit_are_refused() {
        let sessions = Sessions::new([1; 32]);
        let text = sessions.seal(Purpose::Link, &caller(), NOW);
        assert_eq!(sessions.open(Purpose::Session, &text, NOW), None);
        let other = Sessions::new([2; 32]);
        assert_eq!(other.open(Purpose::Link, &text, NOW), None);
        let sealed = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert_eq!(sessions.open(Purpose::Link, &changed, NOW), None, "{bit}");
        }
        for text in ["", "x", "AAAA", &"A".repeat(5000)] {
            assert_eq!(sessions.open(Purpose::Link, text, NOW), None);
        }
    }

    #[test]
    fn a_link_is_used_once_and_links_of_one_moment_differ() {
        let sessions = Sessions::new([1; 32]);
        let first = sessions.seal(Purpose::Link, &caller(), NOW);
        let second = sessions.seal(Purpose::Link, &caller(), NOW);
        assert!(sessions.end(Purpose::Link, &first, NOW).is_some());
        assert!(sessions.end(Purpose::Link, &first, NOW).is_none());
        assert!(sessions.open(Purpose::Link, &first, NOW).is_none());
        assert!(sessions.end(Purpose::Link, &second, NOW).is_some());
        let later = Timestamp(NOW.0 + LINK_MS);
        let third = sessions.seal(Purpose::Link, &caller(), later);
        assert!(sessions.end(Purpose::Link, &third, later).is_some());
        assert_eq!(sessions.ended.lock().len(), 1, "expired ones are forgotten");
    }
}
