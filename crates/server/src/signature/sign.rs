//! Signs outgoing requests: the command line and the benches speak to servers with it.

use std::collections::BTreeSet;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Request};

use super::canonical::{CanonicalQuery, Covered, PathStyle, string_to_sign};
use super::key::mac;
use super::{ALGORITHM, Scope, Secret, TERMINATOR, body_sha256, hex, iso_basic};

/// An access key, with its session token if it is a temporary one.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Public part of the key.
    pub access_key_id: String,
    /// Secret part of the key.
    pub secret_access_key: Secret,
    /// Token that goes with temporary keys; formatting shows nothing of it.
    pub session_token: Option<Secret>,
}

/// Why a request cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The request has neither a Host header nor a host in its URI.
    #[error("the request names no host: give it an absolute URI or a Host header")]
    NoHost,
    /// A value holds characters that no HTTP header can carry.
    #[error("{0} cannot be sent as an HTTP header: it has control characters")]
    NotAHeader(&'static str),
    /// The time lies outside the calendar.
    #[error("the time {0} ms cannot be written as a date")]
    Time(i64),
}

/// Signs a request in place.
///
/// Sets `host` (if absent), `x-amz-date`, `x-amz-security-token` (if there is one) and
/// `authorization`; covers those, `content-type` and every other `x-amz-*` header.
pub fn sign<B>(
    request: &mut Request<B>,
    body: &[u8],
    credentials: &Credentials,
    region: &str,
    service: &str,
    now_ms: i64,
) -> Result<(), SignError> {
    let timestamp = iso_basic(now_ms).ok_or(SignError::Time(now_ms))?;
    let scope = Scope {
        date: timestamp[..8].into(),
        region: region.into(),
        service: service.into(),
    };
    prepare_headers(request, credentials, &timestamp)?;
    let headers = request.headers();
    let names: BTreeSet<&str> = headers
        .keys()
        .filter(|name| {
            *name == HOST || *name == CONTENT_TYPE || name.as_str().starts_with("x-amz-")
        })
        .map(|name| name.as_str())
        .collect();
    let signed_headers = Vec::from_iter(names).join(";");
    let covered = Covered {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: &CanonicalQuery::new(request.uri().query().unwrap_or_default()),
        headers,
        signed_headers: &signed_headers,
        body_sha256: &body_sha256(body),
    };
    let style = match service {
        "s3" => PathStyle::S3,
        _ => PathStyle::STANDARD,
    };
    let canonical = covered
        .canonical_request(style)
        .expect("Invariant: the names were read from these headers");
    let text = string_to_sign(&timestamp, &scope, &canonical);
    let signature = hex(&mac(
        &credentials.secret_access_key.signing_key(&scope),
        &text,
    ));
    let mut value = format!(
        "{ALGORITHM} Credential={}/{}/{region}/{service}/{TERMINATOR}, \
         SignedHeaders={signed_headers}, Signature=",
        credentials.access_key_id, scope.date
    )
    .into_bytes();
    value.extend_from_slice(&signature);
    let mut value = HeaderValue::from_bytes(&value)
        .map_err(|_| SignError::NotAHeader("the credential scope"))?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(())
}

fn prepare_headers<B>(
    request: &mut Request<B>,
    credentials: &Credentials,
    timestamp: &str,
) -> Result<(), SignError> {
    if !request.headers().contains_key(HOST) {
        let host = request.uri().authority().ok_or(SignError::NoHost)?.as_str();
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        let host = HeaderValue::from_str(host).map_err(|_| SignError::NotAHeader("the host"))?;
        request.headers_mut().insert(HOST, host);
    }
    let headers = request.headers_mut();
    let date = HeaderValue::from_str(timestamp).map_err(|_| SignError::NotAHeader("the date"))?;
    headers.insert("x-amz-date", date);
    match &credentials.session_token {
        Some(token) => {
            let token = HeaderValue::from_str(token.expose());
            let mut token = token.map_err(|_| SignError::NotAHeader("the session token"))?;
            token.set_sensitive(true);
            headers.insert("x-amz-security-token", token);
        }
        // A token left from an earlier signing would be covered and then refused.
        None => _ = headers.remove("x-amz-security-token"),
    }
    Ok(())
}
