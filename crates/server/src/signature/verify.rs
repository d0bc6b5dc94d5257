//! Holds the request that arrived against what it claims.

use http::HeaderMap;
use http::request::Parts;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::canonical::{CanonicalQuery, Covered, PathStyle, PhantomHeader, string_to_sign};
use super::key::mac;
use super::{Claim, KeyCache, Refusal, SKEW_MAX_MS, Secret, hex, iso_basic, split};

/// Verifies a claim with the secret of its access key, `None` meaning that the key is unknown.
///
/// `body_sha256` is of the body really received. An unknown key costs the same work as a wrong
/// secret and is refused after it. Nothing is read from `claim` that `parts` would contradict
/// unnoticed: method, path, query and headers are taken from `parts` again.
pub fn verify(
    claim: &Claim,
    parts: &Parts,
    body_sha256: [u8; 32],
    secret: Option<&Secret>,
    now_ms: i64,
    keys: &KeyCache,
) -> Result<(), Refusal> {
    check_time(claim, now_ms)?;
    check_body_hash(&parts.headers, &body_sha256)?;
    check_coverage(claim, &parts.headers)?;
    let query = CanonicalQuery::new(parts.uri.query().unwrap_or_default());
    let covered = Covered {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: &query,
        headers: &parts.headers,
        signed_headers: &claim.signed_headers,
        body_sha256: &body_sha256,
    };
    let canonical =
        covered
            .canonical_request(PathStyle::STANDARD)
            .map_err(|PhantomHeader(name)| {
                Refusal::invalid(format!(
                    "SignedHeaders names '{name}', which the request does not have."
                ))
            })?;
    let text = string_to_sign(&claim.timestamp, &claim.scope, &canonical);
    let key = match secret {
        Some(secret) => keys.signing_key(&claim.credential, &claim.scope, secret),
        // One stand-in per scope, so that made-up key ids do not fill the cache.
        None => keys.signing_key(
            &claim.credential[claim.access_key_id.len()..],
            &claim.scope,
            &stand_in(),
        ),
    };
    let same: bool = mac(&key, &text).ct_eq(&claim.signature).into();
    match (secret, same) {
        (None, _) => Err(Refusal::unrecognized()),
        (Some(_), true) => Ok(()),
        (Some(_), false) => Err(Refusal::invalid(
            "The signature does not match the request. Check the secret access key, and that method, \
             path, query, signed headers and body arrived as they were signed.",
        )),
    }
}

/// As long as a real secret; what it signs is refused whatever comes out.
fn stand_in() -> Secret {
    Secret::new("0000000000000000000000000000000000000000")
}

fn check_time(claim: &Claim, now_ms: i64) -> Result<(), Refusal> {
    let text = |at_ms: i64| iso_basic(at_ms).unwrap_or_else(|| format!("{at_ms} ms"));
    let expired = if claim.presigned {
        let good_until_ms = claim.timestamp_ms.saturating_add(claim.expires_ms);
        (now_ms > good_until_ms).then(|| (text(good_until_ms), text(now_ms)))
    } else {
        let oldest_ms = now_ms.saturating_sub(SKEW_MAX_MS);
        let words = || {
            (
                claim.timestamp.clone(),
                format!("{} ({} - 15 min)", text(oldest_ms), text(now_ms)),
            )
        };
        (claim.timestamp_ms < oldest_ms).then(words)
    };
    if let Some((signed, oldest)) = expired {
        return Err(Refusal::invalid(format!(
            "Signature expired: {signed} is now earlier than {oldest}. Sign again, and check the clock."
        )));
    }
    if now_ms < claim.timestamp_ms.saturating_sub(SKEW_MAX_MS) {
        return Err(Refusal::invalid(format!(
            "Signature not yet current: {} is still later than {} ({} + 15 min). Check the clock.",
            claim.timestamp,
            text(now_ms.saturating_add(SKEW_MAX_MS)),
            text(now_ms)
        )));
    }
    Ok(())
}

/// A hash that the client sends along must be the hash of this body; unhashed bodies are not taken.
fn check_body_hash(headers: &HeaderMap, body_sha256: &[u8; 32]) -> Result<(), Refusal> {
    for value in headers.get_all("x-amz-content-sha256") {
        let value = value.as_bytes();
        if value == b"UNSIGNED-PAYLOAD" || value.starts_with(b"STREAMING-") {
            return Err(Refusal::invalid(
                "The body is not covered by the signature: x-amz-content-sha256 must be the \
                 SHA-256 of the body; unsigned and streamed bodies are not taken.",
            ));
        }
        if value != hex(body_sha256) {
            return Err(Refusal::invalid(
                "The header x-amz-content-sha256 is not the lower-case SHA-256 of the body.",
            ));
        }
    }
    Ok(())
}

/// What steers a request must be under its signature, or it could be added on the way.
fn check_coverage(claim: &Claim, headers: &HeaderMap) -> Result<(), Refusal> {
    for name in headers
        .keys()
        .map(|name| name.as_str())
        .filter(|name| name.starts_with("x-amz-"))
    {
        let mut signed = split(&claim.signed_headers, b';');
        if !signed.any(|signed| signed == name) {
            return Err(Refusal::invalid(format!(
                "The header '{name}' is not among the SignedHeaders."
            )));
        }
    }
    Ok(())
}

/// SHA-256 of a body, as [`verify`] takes it.
pub fn body_sha256(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}
