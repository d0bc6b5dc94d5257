//! Sessions and one-time links: sealed texts that name an access key until they expire.

use std::sync::atomic::{AtomicU64, Ordering};

use balefire_api::Timestamp;
use balefire_store::{Store, Tx};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::context::Caller;
use crate::failure::Failure;
use crate::setting;

/// How long a session lasts.
pub const SESSION_MS: i64 = 12 * 60 * 60 * 1000;
/// How long a link can be used.
pub const LINK_MS: i64 = 5 * 60 * 1000;
/// Longest sealed text that is looked at.
const SEALED_LEN_MAX: usize = 1024;
const MAC_LEN: usize = 32;
/// What the names begin with under which the store notes texts that are good no more.
const ENDED: &str = "console_ended/";

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

/// Seals and opens. The links that were used and the sessions that were signed out are noted in the store,
/// until they would expire: a restart and every other server know of them.
pub struct Sessions {
    secret: [u8; 32],
    serial: AtomicU64,
    store: Store,
}

impl Sessions {
    pub fn new(secret: [u8; 32], store: Store) -> Sessions {
        Sessions {
            secret,
            serial: AtomicU64::new(0),
            store,
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
    pub async fn open(
        &self,
        purpose: Purpose,
        text: &str,
        now: Timestamp,
    ) -> Result<Option<Pass>, Failure> {
        let Some((pass, name)) = self.verified(purpose, text, now) else {
            return Ok(None);
        };
        let look = move |tx: &mut Tx<'_>| setting::is_noted(tx, &name);
        let is_ended = self.store.read(look).await??;
        Ok((!is_ended).then_some(pass))
    }

    /// Opens a text for the last time.
    pub async fn end(
        &self,
        purpose: Purpose,
        text: &str,
        now: Timestamp,
    ) -> Result<Option<Pass>, Failure> {
        let Some((pass, name)) = self.verified(purpose, text, now) else {
            return Ok(None);
        };
        let end = move |tx: &mut Tx<'_>| {
            setting::drop_names(tx, ENDED, &name_of_ended(now.0, &[]))?;
            setting::note(tx, &name)
        };
        let is_first = self.store.write("", end).await??;
        Ok(is_first.then_some(pass))
    }

    /// What a text names, and under which name the store notes it once it is good no more.
    fn verified(&self, purpose: Purpose, text: &str, now: Timestamp) -> Option<(Pass, String)> {
        if text.len() > SEALED_LEN_MAX {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (body, code) = sealed.split_last_chunk::<MAC_LEN>()?;
        self.mac(purpose, body).verify_slice(code).ok()?;
        let pass: Pass = serde_json::from_slice(body).ok()?;
        let name = name_of_ended(pass.expires_ms, code);
        (now.0 < pass.expires_ms).then_some((pass, name))
    }

    fn mac(&self, purpose: Purpose, body: &[u8]) -> Hmac<Sha256> {
        <Hmac<Sha256> as KeyInit>::new_from_slice(&self.secret)
            .expect("Invariant: HMAC takes a key of any length")
            .chain_update(purpose.label())
            .chain_update(body)
    }
}

/// Names are in the order in which the texts would expire.
fn name_of_ended(expires_ms: i64, code: &[u8]) -> String {
    format!("{ENDED}{expires_ms:014}/{}", URL_SAFE_NO_PAD.encode(code))
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
    use crate::testing::Testing;

    const NOW: Timestamp = Timestamp(1_767_225_600_000);

    fn caller() -> Caller {
        Caller {
            account: "111111111111".into(),
            arn: "arn:aws:iam::111111111111:user/tester".into(),
            user_id: "AKIATEST".into(),
            administrator: true,
        }
    }

    /// Sessions of a server on this store.
    fn sessions(t: &Testing, secret: u8) -> Sessions {
        Sessions::new([secret; 32], t.store.clone())
    }

    fn open(
        t: &Testing,
        sessions: &Sessions,
        purpose: Purpose,
        text: &str,
        now: i64,
    ) -> Option<Pass> {
        let opened = t.wait(sessions.open(purpose, text, Timestamp(now)));
        opened.unwrap()
    }

    fn end(t: &Testing, sessions: &Sessions, text: &str, now: i64) -> bool {
        let ended = t.wait(sessions.end(Purpose::Link, text, Timestamp(now)));
        ended.unwrap().is_some()
    }

    #[test]
    fn a_pass_is_good_until_it_expires() {
        let t = Testing::new();
        let sessions = sessions(&t, 1);
        for (purpose, lasts_ms) in [(Purpose::Session, SESSION_MS), (Purpose::Link, LINK_MS)] {
            let text = sessions.seal(purpose, &caller(), NOW);
            let pass = open(&t, &sessions, purpose, &text, NOW.0 + lasts_ms - 1).unwrap();
            assert_eq!(pass.access_key_id, "AKIATEST");
            assert_eq!(pass.account, "111111111111");
            assert_eq!(open(&t, &sessions, purpose, &text, NOW.0 + lasts_ms), None);
        }
    }

    #[test]
    fn another_purpose_another_secret_and_any_changed_bit_are_refused() {
        let t = Testing::new();
        let sessions = sessions(&t, 1);
        let text = sessions.seal(Purpose::Link, &caller(), NOW);
        assert_eq!(open(&t, &sessions, Purpose::Session, &text, NOW.0), None);
        let other = self::sessions(&t, 2);
        assert_eq!(open(&t, &other, Purpose::Link, &text, NOW.0), None);
        let sealed = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let changed = URL_SAFE_NO_PAD.encode(changed);
            let opened = open(&t, &sessions, Purpose::Link, &changed, NOW.0);
            assert_eq!(opened, None, "{bit}");
        }
        for text in ["", "x", "AAAA", &"A".repeat(5000)] {
            assert_eq!(open(&t, &sessions, Purpose::Link, text, NOW.0), None);
        }
    }

    #[test]
    fn a_link_is_used_once_on_all_servers_of_a_store_and_links_of_one_moment_differ() {
        let t = Testing::new();
        let (here, there) = (sessions(&t, 1), sessions(&t, 1));
        let first = here.seal(Purpose::Link, &caller(), NOW);
        let second = here.seal(Purpose::Link, &caller(), NOW);
        assert!(end(&t, &here, &first, NOW.0));
        for server in [&here, &there] {
            assert!(!end(&t, server, &first, NOW.0));
            assert_eq!(open(&t, server, Purpose::Link, &first, NOW.0), None);
        }
        assert!(end(&t, &there, &second, NOW.0));
        let later = NOW.0 + LINK_MS + 1;
        let third = here.seal(Purpose::Link, &caller(), Timestamp(later));
        assert!(end(&t, &here, &third, later));
        let noted = "SELECT name FROM setting WHERE name LIKE 'console_ended/%'";
        let noted = t.store.read_blocking(|tx| tx.query(noted, &[]));
        assert_eq!(
            noted.unwrap().unwrap().len(),
            1,
            "expired ones are forgotten"
        );
    }
}
