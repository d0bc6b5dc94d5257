//! What a request says about its own signature, read without any key.

use http::header::AUTHORIZATION;
use http::request::Parts;

use super::canonical::{CanonicalQuery, may_name};
use super::source::{Presigned, from_header, single};
use super::{Refusal, TERMINATOR, parse_iso_basic, split};

/// The credential scope: the day, region and service that the signing key is good for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Day in UTC, `YYYYMMDD`.
    pub date: String,
    /// AWS region, for example `eu-central-1`.
    pub region: String,
    /// Signing name of the service, for example `ssm-incidents`.
    pub service: String,
}

/// A well-formed claim; nothing in it is proven until [`verify`](super::verify) accepts it.
#[derive(Clone)]
pub struct Claim {
    /// Who says to have signed.
    pub access_key_id: String,
    /// What the signature is scoped to.
    pub scope: Scope,
    /// Lower-case names of the covered headers, `;` between, strictly ascending, `host` among them.
    pub signed_headers: String,
    /// The signature itself.
    pub signature: [u8; 32],
    /// Time of signing, ISO 8601 basic in UTC; its day is the day of the scope.
    pub timestamp: String,
    /// The same time in milliseconds since the epoch.
    pub timestamp_ms: i64,
    /// Whether the signature is in the query instead of the Authorization header.
    pub presigned: bool,
    /// Validity of a presigned request in milliseconds, at most seven days; 0 for the header kind.
    pub expires_ms: i64,
    /// Session token, covered by the signature; the caller checks that it belongs to the key.
    pub session_token: Option<String>,
    /// Key id and scope as one text with `/` between; the parts hold no `/`.
    pub(super) credential: String,
}

// The session token is a secret, so the derived form would say too much.
impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claim")
            .field("credential", &self.credential)
            .field("signed_headers", &self.signed_headers)
            .field("timestamp", &self.timestamp)
            .field("presigned", &self.presigned)
            .field("expires_ms", &self.expires_ms)
            .finish_non_exhaustive()
    }
}

/// Reads the claim of a request from its Authorization header or its query, exactly one of them.
pub fn claim(parts: &Parts) -> Result<Claim, Refusal> {
    let query = parts.uri.query().unwrap_or_default();
    let presigned = match may_name(query, "X-Amz-") {
        true => Presigned::read(&CanonicalQuery::new(query))?,
        false => None,
    };
    let authorization = single(&parts.headers, &AUTHORIZATION)?;
    match (authorization, presigned) {
        (None, None) => Err(Refusal::missing()),
        (Some(text), None) => from_header(text, &parts.headers),
        (None, Some(presigned)) => presigned.into_claim(&parts.headers),
        (Some(_), Some(_)) => Err(Refusal::incomplete(
            "The request has both an Authorization header and X-Amz-* signing parameters in its \
             query. Send one of them.",
        )),
    }
}

/// The text of a claim, from either place, before its parts are checked.
pub(super) struct Draft {
    pub credential: String,
    pub signed_headers: String,
    pub signature: String,
    pub timestamp: String,
    pub presigned: bool,
    pub expires_ms: i64,
    pub session_token: Option<String>,
}

impl Draft {
    /// `dated_by` names the header that must be signed because the time stands in it.
    pub fn finish(self, dated_by: Option<&str>) -> Result<Claim, Refusal> {
        let (access_key_id, scope) = read_credential(&self.credential)?;
        let timestamp_ms = parse_iso_basic(&self.timestamp).ok_or_else(|| {
            Refusal::incomplete("X-Amz-Date is not a moment of the form 20150830T123600Z in UTC.")
        })?;
        if self.timestamp[..8] != scope.date {
            return Err(Refusal::invalid(format!(
                "The credential scope is for the day {}, but the request is dated {}.",
                scope.date, self.timestamp
            )));
        }
        check_signed_headers(&self.signed_headers, dated_by)?;
        Ok(Claim {
            access_key_id,
            scope,
            signed_headers: self.signed_headers,
            signature: read_signature(&self.signature)?,
            timestamp: self.timestamp,
            timestamp_ms,
            presigned: self.presigned,
            expires_ms: self.expires_ms,
            session_token: self.session_token,
            credential: self.credential,
        })
    }
}

/// Whether a text can be a region's name. ARNs are made of it.
pub fn is_region(text: &str) -> bool {
    let is_of_region =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_of_region)
}

fn read_credential(text: &str) -> Result<(String, Scope), Refusal> {
    const RIGHT: &str = "of the form KEYID/YYYYMMDD/region/service/aws4_request";
    let mut pieces = split(text, b'/');
    let pieces = [(); 6].map(|()| pieces.next());
    let [
        Some(id),
        Some(date),
        Some(region),
        Some(service),
        Some(terminator),
        None,
    ] = pieces
    else {
        return Err(Refusal::incomplete(format!(
            "The Credential is not {RIGHT}."
        )));
    };
    if terminator != TERMINATOR {
        return Err(Refusal::invalid(format!(
            "The Credential does not end in {TERMINATOR}: it is {RIGHT}."
        )));
    }
    let plain = |piece: &str, length_max: usize| {
        (1..=length_max).contains(&piece.len()) && piece.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let dated = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    if !(plain(id, 128) && dated && plain(region, 64) && plain(service, 64)) {
        return Err(Refusal::incomplete(format!(
            "A part of the Credential is empty, too long or odd: {RIGHT}."
        )));
    }
    if !is_region(region) {
        return Err(Refusal::invalid(
            "The Credential is not scoped to a valid region, whose name has lower-case letters, digits \
             and hyphens.",
        ));
    }
    let scope = Scope {
        date: date.into(),
        region: region.into(),
        service: service.into(),
    };
    Ok((id.to_owned(), scope))
}

fn check_signed_headers(text: &str, dated_by: Option<&str>) -> Result<(), Refusal> {
    let mut before = &b""[..];
    let (mut has_host, mut is_dated) = (false, dated_by.is_none());
    for name in text.as_bytes().split(|byte| *byte == b';') {
        if name.is_empty() || name.iter().any(u8::is_ascii_uppercase) {
            return Err(Refusal::incomplete(
                "SignedHeaders is not a list of lower-case names with ';' between.",
            ));
        }
        if before >= name {
            return Err(Refusal::incomplete(
                "SignedHeaders is not sorted, or has a name twice.",
            ));
        }
        before = name;
        has_host |= name == b"host";
        is_dated |= dated_by.is_some_and(|required| name == required.as_bytes());
    }
    let missing = match (has_host, is_dated) {
        (true, true) => return Ok(()),
        (false, _) => "host",
        (true, false) => dated_by.unwrap_or_default(),
    };
    Err(Refusal::invalid(format!(
        "The header '{missing}' is not among the SignedHeaders."
    )))
}

fn read_signature(text: &str) -> Result<[u8; 32], Refusal> {
    let wrong = || Refusal::incomplete("The Signature is not 64 lower-case hexadecimal digits.");
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => Err(wrong()),
    };
    if text.len() != 64 {
        return Err(wrong());
    }
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(out)
}
