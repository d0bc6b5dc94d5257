//! Who may post: tokens, signatures of Standard Webhooks, and signatures as GitHub makes them.

use anyhow::{Context, Result};
use balefire_api::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::access::random_32;
use crate::standard_webhook::{self, KEY_PREFIX};

/// How far a signature's time may be from ours.
const TOLERANCE_S: i64 = 300;

/// What a hook's senders know. Where something was not set, it is random, so that nobody does.
pub struct Credentials {
    token_sha256: [u8; 32],
    /// The secret as it is, as GitHub uses it.
    secret: Vec<u8>,
    /// The key in the secret.
    key: Vec<u8>,
}

/// Why a request is not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// No such hook, or not its token or signature: nobody learns which.
    Unknown,
    /// Well signed, and not now.
    OffTime { by_s: i64 },
}

impl Credentials {
    pub fn new(token: Option<String>, secret: Option<String>) -> Result<Credentials> {
        let token_sha256 = match token {
            Some(token) => Sha256::digest(token).into(),
            None => random_32()?,
        };
        let (secret, key) = match secret {
            Some(text) => (text.clone().into_bytes(), key(&text)?),
            None => (random_32()?.into(), random_32()?.into()),
        };
        Ok(Credentials {
            token_sha256,
            secret,
            key,
        })
    }

    /// The sender's id of the message, if it has one.
    pub fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Option<String>, Refused> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(signatures) = text("webhook-signature") {
            let (id, at) = (text("webhook-id"), text("webhook-timestamp"));
            let (Some(id), Some(at)) = (id, at) else {
                return Err(Refused::Unknown);
            };
            return self.standard(id, at, signatures, body, now);
        }
        if let Some(signature) = text("x-hub-signature-256") {
            self.github(signature, body)?;
            return Ok(text("x-github-delivery").map(str::to_owned));
        }
        let authorization = text(AUTHORIZATION.as_str()).ok_or(Refused::Unknown)?;
        self.token(authorization)?;
        Ok(None)
    }

    fn standard(
        &self,
        id: &str,
        at: &str,
        signatures: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Option<String>, Refused> {
        // There are several while a sender changes its secret.
        let mut given = signatures.split_ascii_whitespace();
        let is_right = given.any(|one| {
            let code = one.strip_prefix("v1,").map(|code| STANDARD.decode(code));
            let right = || standard_webhook::code(&self.key, id, at, body);
            matches!(code, Some(Ok(code)) if right().verify_slice(&code).is_ok())
        });
        let at_s: i64 = at.parse().map_err(|_| Refused::Unknown)?;
        if !is_right {
            return Err(Refused::Unknown);
        }
        let by_s = at_s.saturating_sub(now.0.div_euclid(1000));
        match by_s.saturating_abs() <= TOLERANCE_S {
            true => Ok(Some(id.to_owned())),
            false => Err(Refused::OffTime { by_s }),
        }
    }

    fn github(&self, signature: &str, body: &[u8]) -> Result<(), Refused> {
        let code = signature.strip_prefix("sha256=").and_then(hex);
        match code {
            Some(code) if is_code(&self.secret, body, &code) => Ok(()),
            _ => Err(Refused::Unknown),
        }
    }

    /// The token of `Bearer TOKEN`, or the password of `Basic`, whatever the user's name.
    fn token(&self, authorization: &str) -> Result<(), Refused> {
        let (scheme, rest) = authorization.split_once(' ').ok_or(Refused::Unknown)?;
        let given = if scheme.eq_ignore_ascii_case("bearer") {
            rest.trim().as_bytes().to_vec()
        } else if scheme.eq_ignore_ascii_case("basic") {
            let pair = STANDARD.decode(rest.trim()).unwrap_or_default();
            let colon = pair.iter().position(|byte| *byte == b':');
            pair[colon.map_or(pair.len(), |at| at + 1)..].to_vec()
        } else {
            return Err(Refused::Unknown);
        };
        // Hashes are of one length, so that the time tells nothing of the token's.
        let given: [u8; 32] = Sha256::digest(given).into();
        match bool::from(given.ct_eq(&self.token_sha256)) {
            true => Ok(()),
            false => Err(Refused::Unknown),
        }
    }
}

impl Refused {
    pub fn message(&self) -> String {
        match self {
            Refused::Unknown => {
                "There is no hook of this name that takes this token or signature. Check the \
                                 path, and the token or secret that [hooks.NAME] sets."
                    .into()
            }
            Refused::OffTime { by_s } => format!(
                "webhook-timestamp is {by_s} s off this server's clock, and at most {TOLERANCE_S} s are \
                 taken. Check both clocks, or sign the message anew."
            ),
        }
    }
}

fn key(secret: &str) -> Result<Vec<u8>> {
    standard_webhook::key(secret)
        .with_context(|| format!("what follows {KEY_PREFIX} in secret must be base64"))
}

/// Compares in constant time.
fn is_code(key: &[u8], signed: &[u8], code: &[u8]) -> bool {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key)
        .expect("Invariant: HMAC takes a key of any length");
    mac.update(signed);
    mac.verify_slice(code).is_ok()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes = pairs.iter().map(|[high, low]| {
        let byte = digit(*high)? << 4 | digit(*low)?;
        u8::try_from(byte).ok()
    });
    rest.is_empty().then(|| bytes.collect()).flatten()
}
