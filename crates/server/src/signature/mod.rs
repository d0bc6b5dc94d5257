//! AWS Signature Version 4: what a request claims, whether the claim holds, and signing for clients.
//!
//! [`claim`] reads the claim without any key, so that a caller can route by the scope's service first.
//! [`verify`] then holds the request that really arrived against it.

mod canonical;
mod claim;
mod key;
mod sign;
mod source;
#[cfg(test)]
mod tests;
mod verify;

pub use canonical::{PathStyle, normalize_path};
pub use claim::{Claim, Scope, claim, is_region};
pub use key::{KeyCache, Secret};
pub use sign::{Credentials, SignError, sign};
pub use verify::{body_sha256, verify};

/// The only algorithm that is accepted and produced.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The fixed last part of every credential scope.
const TERMINATOR: &str = "aws4_request";

/// How far a request's time may lie from ours, either way.
const SKEW_MAX_MS: i64 = 15 * 60 * 1000;

/// The error of a request that is not signed.
const MISSING: &str = "MissingAuthenticationTokenException";

/// Why a request was not authenticated, in the words of the AWS error it becomes.
///
/// The message never repeats a signature, a key or a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// AWS error name, for example `InvalidSignatureException`.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What was wrong, where, and what would be right.
    pub message: String,
}

impl Refusal {
    /// The request carries no signature at all.
    fn missing() -> Self {
        let message = "The request is not signed: it has neither an Authorization header nor \
                       X-Amz-* signing parameters in its query. Sign it with AWS Signature Version 4.";
        Self {
            code: MISSING,
            status: 403,
            message: message.into(),
        }
    }

    /// Whether the request is not signed at all.
    pub fn is_missing(&self) -> bool {
        self.code == MISSING
    }

    /// The signature is there but its form is wrong.
    fn incomplete(message: impl Into<String>) -> Self {
        Self {
            code: "IncompleteSignatureException",
            status: 403,
            message: message.into(),
        }
    }

    /// The signature is well formed but does not hold for this request at this time.
    fn invalid(message: impl Into<String>) -> Self {
        Self {
            code: "InvalidSignatureException",
            status: 403,
            message: message.into(),
        }
    }

    /// The access key id is not known here.
    fn unrecognized() -> Self {
        let message = "The access key id of the request is not known here. Use a key of this \
                       server; its operator can list and create them.";
        Self {
            code: "UnrecognizedClientException",
            status: 403,
            message: message.into(),
        }
    }
}

/// The pieces of a text between an ASCII character. Claims are of many short ones, for which `str::split` has
/// a high price.
fn split(text: &str, between: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (piece, behind) = match memchr::memchr(between, text.as_bytes()) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        rest = behind;
        Some(piece)
    })
}

/// A moment as ISO 8601 basic text in UTC (`20150830T123600Z`), or `None` outside the calendar.
fn iso_basic(at_ms: i64) -> Option<String> {
    let at = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(at_ms).ok()?);
    Some(format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    ))
}

/// Milliseconds since the epoch of ISO 8601 basic text in UTC, or `None` if it is anything else.
fn parse_iso_basic(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
        return None;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to].iter().try_fold(0i16, |sum, byte| {
            byte.is_ascii_digit()
                .then(|| sum * 10 + i16::from(byte - b'0'))
        })
    };
    let small = |from: usize| number(from, from + 2).and_then(|n| i8::try_from(n).ok());
    let date = jiff::civil::Date::new(number(0, 4)?, small(4)?, small(6)?).ok()?;
    let time = jiff::civil::Time::new(small(9)?, small(11)?, small(13)?, 0).ok()?;
    let at = jiff::tz::Offset::UTC
        .to_timestamp(date.to_datetime(time))
        .ok()?;
    Some(at.as_millisecond())
}

/// Lower-case hexadecimal digits of a digest.
fn hex(digest: &[u8; 32]) -> [u8; 64] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = [0; 64];
    for (pair, byte) in out.chunks_exact_mut(2).zip(digest) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    out
}
