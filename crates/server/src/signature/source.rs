//! The two places a signature stands in: the Authorization header and the query.

use http::header::DATE;
use http::{HeaderMap, HeaderName};
use percent_encoding::percent_decode_str;

use super::canonical::CanonicalQuery;
use super::claim::{Claim, Draft};
use super::{ALGORITHM, Refusal, iso_basic, parse_iso_basic, split};

/// Longest Authorization header, and longest signing part of a query, in bytes.
const CLAIM_BYTES_MAX: usize = 8 * 1024;

/// Longest validity of a presigned request: seven days.
const EXPIRES_S_MAX: i64 = 7 * 24 * 60 * 60;

// Names that are made once need not be read anew for each request.
static X_AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
static X_AMZ_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// Reads the claim of an Authorization header.
pub(super) fn from_header(text: &str, headers: &HeaderMap) -> Result<Claim, Refusal> {
    check_size("The Authorization header", text.len())?;
    let (algorithm, rest) = text.split_once(' ').unwrap_or((text, ""));
    check_algorithm("The Authorization header", algorithm)?;
    let [mut credential, mut signed_headers, mut signature] = [None; 3];
    let pieces = split(rest, b',').map(str::trim);
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        let slot = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => {
                return Err(Refusal::incomplete(
                    "The Authorization header has a part other than Credential, SignedHeaders and \
                     Signature.",
                ));
            }
        };
        if slot.replace(value).is_some() {
            return Err(Refusal::incomplete(format!(
                "The Authorization header has {name} twice."
            )));
        }
    }
    let part = |value: Option<&str>, name: &str| {
        value
            .map(str::to_owned)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| {
                Refusal::incomplete(format!("The Authorization header lacks its part {name}=…."))
            })
    };
    let (timestamp, dated_by) = header_time(headers)?;
    Draft {
        credential: part(credential, "Credential")?,
        signed_headers: part(signed_headers, "SignedHeaders")?,
        signature: part(signature, "Signature")?,
        timestamp,
        presigned: false,
        expires_ms: 0,
        session_token: single(headers, &X_AMZ_SECURITY_TOKEN)?.map(str::to_owned),
    }
    .finish(Some(dated_by))
}

/// The time of a header-signed request, and the header it stands in.
fn header_time(headers: &HeaderMap) -> Result<(String, &'static str), Refusal> {
    if let Some(text) = single(headers, &X_AMZ_DATE)? {
        return Ok((text.to_owned(), "x-amz-date"));
    }
    let text = single(headers, &DATE)?.ok_or_else(|| {
        Refusal::incomplete(
            "The request lacks its time: send X-Amz-Date, for example 20150830T123600Z.",
        )
    })?;
    let iso = match parse_iso_basic(text) {
        Some(_) => Some(text.to_owned()),
        None => jiff::fmt::rfc2822::DateTimeParser::new()
            .parse_timestamp(text)
            .ok()
            .and_then(|at| iso_basic(at.as_millisecond())),
    };
    let iso = iso.ok_or_else(|| {
        Refusal::incomplete(
            "The Date header is neither an HTTP date nor of the form 20150830T123600Z.",
        )
    })?;
    Ok((iso, "date"))
}

/// The signing parameters of a query, each at most once.
#[derive(Default)]
pub(super) struct Presigned {
    algorithm: Option<String>,
    credential: Option<String>,
    date: Option<String>,
    expires: Option<String>,
    signed_headers: Option<String>,
    signature: Option<String>,
    session_token: Option<String>,
}

impl Presigned {
    /// `None` when the query holds none of them.
    pub fn read(query: &CanonicalQuery) -> Result<Option<Self>, Refusal> {
        let mut found = Self::default();
        let mut bytes = 0;
        for (name, value) in query.iter() {
            let slot = match name {
                "X-Amz-Algorithm" => &mut found.algorithm,
                "X-Amz-Credential" => &mut found.credential,
                "X-Amz-Date" => &mut found.date,
                "X-Amz-Expires" => &mut found.expires,
                "X-Amz-SignedHeaders" => &mut found.signed_headers,
                "X-Amz-Signature" => &mut found.signature,
                "X-Amz-Security-Token" => &mut found.session_token,
                _ => continue,
            };
            bytes += name.len() + value.len();
            let value = percent_decode_str(value).decode_utf8().map_err(|_| {
                Refusal::incomplete(format!("The query parameter {name} is not UTF-8."))
            })?;
            if slot.replace(value.into_owned()).is_some() {
                return Err(Refusal::incomplete(format!("The query has {name} twice.")));
            }
        }
        check_size("The signing part of the query", bytes)?;
        Ok((bytes > 0).then_some(found))
    }

    /// The claim that the parameters make together.
    pub fn into_claim(self, headers: &HeaderMap) -> Result<Claim, Refusal> {
        let part = |value: Option<String>, name: &str| {
            value.filter(|value| !value.is_empty()).ok_or_else(|| {
                Refusal::incomplete(format!("The query lacks its signing parameter {name}."))
            })
        };
        check_algorithm("X-Amz-Algorithm", &part(self.algorithm, "X-Amz-Algorithm")?)?;
        if headers.contains_key("x-amz-security-token") {
            return Err(Refusal::incomplete(
                "The request is signed in its query but has the session token in a header. \
                 Send it as X-Amz-Security-Token in the query.",
            ));
        }
        Draft {
            credential: part(self.credential, "X-Amz-Credential")?,
            signed_headers: part(self.signed_headers, "X-Amz-SignedHeaders")?,
            signature: part(self.signature, "X-Amz-Signature")?,
            timestamp: part(self.date, "X-Amz-Date")?,
            presigned: true,
            expires_ms: expires_ms(&part(self.expires, "X-Amz-Expires")?)?,
            session_token: self.session_token,
        }
        .finish(None)
    }
}

fn expires_ms(text: &str) -> Result<i64, Refusal> {
    let digits = text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits
        .then(|| text.parse().ok())
        .flatten()
        .filter(|s| (1..=EXPIRES_S_MAX).contains(s));
    seconds.map(|s| s * 1000).ok_or_else(|| {
        Refusal::incomplete(format!(
            "X-Amz-Expires is not a number of seconds from 1 to {EXPIRES_S_MAX}."
        ))
    })
}

fn check_size(place: &str, bytes: usize) -> Result<(), Refusal> {
    if bytes > CLAIM_BYTES_MAX {
        return Err(Refusal::incomplete(format!(
            "{place} has {bytes} bytes; at most {CLAIM_BYTES_MAX} are read."
        )));
    }
    Ok(())
}

fn check_algorithm(place: &str, algorithm: &str) -> Result<(), Refusal> {
    if algorithm != ALGORITHM {
        return Err(Refusal::incomplete(format!(
            "{place} does not name {ALGORITHM}, the one algorithm taken."
        )));
    }
    Ok(())
}

/// A header that must not come twice, as text.
pub(super) fn single<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Refusal::incomplete(format!(
            "The request has the header '{name}' more than once."
        )));
    }
    let text = value.to_str();
    text.map(Some).map_err(|_| {
        Refusal::incomplete(format!(
            "The header '{name}' has characters outside printable ASCII."
        ))
    })
}
