//! What Standard Webhooks says of keys and codes, for messages that come and messages that go.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a secret begins with whose key follows in base64.
pub const KEY_PREFIX: &str = "whsec_";

/// The key in a secret; one without the prefix is the key itself.
pub fn key(secret: &str) -> Result<Vec<u8>, base64::DecodeError> {
    match secret.strip_prefix(KEY_PREFIX) {
        Some(encoded) => STANDARD.decode(encoded),
        None => Ok(secret.as_bytes().to_vec()),
    }
}

/// The code of a message, to be written or to be verified.
pub fn code(key: &[u8], id: &str, seconds: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key)
        .expect("Invariant: HMAC takes a key of any length");
    for part in [id.as_bytes(), b".", seconds.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_published_one() {
        // The example of the Standard Webhooks specification.
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key");
        let body = br#"{"test": 2432232314}"#;
        let code = code(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body);
        assert_eq!(
            STANDARD.encode(code.finalize().into_bytes()),
            "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
