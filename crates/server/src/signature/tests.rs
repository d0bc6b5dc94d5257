//! Signature tests: the public vectors, real clients' requests, attacks, and a round trip.

use http::request::Parts;
use http::{HeaderMap, Request};

use super::canonical::{CanonicalQuery, Covered, PathStyle, string_to_sign};
use super::key::mac;
use super::*;

mod attacks;
mod clients;
mod round_trip;
mod vectors;

/// A request as it stands on the wire.
#[derive(Debug, Clone)]
struct Wire {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Wire {
    fn new(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()));
        Self {
            method: method.into(),
            target: target.into(),
            headers: headers.collect(),
            body: body.into(),
        }
    }

    fn parts(&self) -> Parts {
        let mut builder = Request::builder()
            .method(self.method.as_str())
            .uri(&self.target);
        for (name, value) in &self.headers {
            builder = builder.header(name, value.trim());
        }
        builder.body(()).expect("a test request").into_parts().0
    }

    fn header_mut(&mut self, name: &str) -> &mut String {
        let found = self
            .headers
            .iter_mut()
            .find(|(have, _)| have.eq_ignore_ascii_case(name));
        &mut found.unwrap_or_else(|| panic!("no header {name}")).1
    }

    /// Reads the claim and verifies it, as the server does.
    fn check(
        &self,
        secret: Option<&Secret>,
        now_ms: i64,
        keys: &KeyCache,
    ) -> Result<Claim, Refusal> {
        let parts = self.parts();
        let claim = claim(&parts)?;
        verify(
            &claim,
            &parts,
            body_sha256(self.body.as_bytes()),
            secret,
            now_ms,
            keys,
        )?;
        Ok(claim)
    }
}

/// Signs whatever it is given, sound or not, so that a refusal is never for a wrong signature.
struct Forge<'a> {
    secret: &'a Secret,
    timestamp: &'a str,
    scope: Scope,
}

impl Forge<'_> {
    fn signature(&self, wire: &Wire, signed_headers: &[&str], body: &str) -> String {
        let parts = wire.parts();
        let covered = Covered {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: &CanonicalQuery::new(parts.uri.query().unwrap_or_default()),
            headers: &parts.headers,
            signed_headers: &signed_headers.join(";"),
            body_sha256: &body_sha256(body.as_bytes()),
        };
        let canonical = covered
            .canonical_request(PathStyle::STANDARD)
            .expect("no phantom header");
        let text = string_to_sign(self.timestamp, &self.scope, &canonical);
        hex_text(&mac(&self.secret.signing_key(&self.scope), &text))
    }
}

fn hex_text(digest: &[u8; 32]) -> String {
    hex(digest).iter().map(|&byte| char::from(byte)).collect()
}

fn at(iso: &str) -> i64 {
    parse_iso_basic(iso).expect("a test time")
}

#[test]
fn times_are_read_and_written_alike() {
    assert_eq!(parse_iso_basic("19700101T000001Z"), Some(1000));
    assert_eq!(parse_iso_basic("20150830T123600Z"), Some(1_440_938_160_000));
    assert_eq!(
        iso_basic(1_440_938_160_999).as_deref(),
        Some("20150830T123600Z")
    );
    assert_eq!(iso_basic(i64::MAX), None);
    for wrong in [
        "",
        "20150830T123600",
        "20150830 123600Z",
        "20150230T123600Z",
        "20150830T246000Z",
        "2015083aT123600Z",
        "20150830T1236000",
        "+2015830T123600Z",
        "20150830T12360é",
    ] {
        assert_eq!(parse_iso_basic(wrong), None, "{wrong}");
    }
}

#[test]
fn paths_are_normalized_as_signers_do() {
    for (path, normal) in [
        ("/", "/"),
        ("", "/"),
        ("//", "/"),
        ("/./", "/"),
        ("/a/./b", "/a/b"),
        ("/a//b/", "/a/b/"),
        ("/a/b/..", "/a"),
        ("/a/b/../", "/a/"),
        ("/../..", "/"),
        ("/a/.", "/a"),
        ("/tags/arn%3Aaws%2F..", "/tags/arn%3Aaws%2F.."),
        ("/a/%2e%2e/b", "/a/%2e%2e/b"),
        ("/...", "/..."),
    ] {
        assert_eq!(normalize_path(path), normal, "{path}");
    }
}

#[test]
fn cached_keys_serve_only_their_own_secret_and_stay_bounded() {
    let keys = KeyCache::new(2);
    let scope = |region: &str| Scope {
        date: "20260314".into(),
        region: region.into(),
        service: "s".into(),
    };
    let [first, second] = [Secret::new("first"), Secret::new("second")];
    let derived = |secret: &Secret| mac(&secret.signing_key(&scope("a")), b"text");
    let cached = |secret: &Secret| {
        mac(
            &keys.signing_key("K/20260314/a/s", &scope("a"), secret),
            b"text",
        )
    };
    for secret in [&first, &second, &first, &first] {
        assert_eq!(cached(secret), derived(secret));
    }
    for region in ["a", "b", "c", "d", "e"] {
        keys.signing_key(&format!("K/20260314/{region}/s"), &scope(region), &first);
        assert!(
            (1..=2).contains(&keys.len()),
            "{region}: {} entries",
            keys.len()
        );
    }
}

#[test]
fn debug_output_shows_no_secret() {
    let secret = Secret::new("planted-secret");
    let credentials = Credentials {
        access_key_id: "AKID".into(),
        secret_access_key: secret.clone(),
        session_token: Some(Secret::new("planted-token")),
    };
    let keys = KeyCache::default();
    let mut request = Request::builder()
        .uri("http://localhost/")
        .body(())
        .expect("a request");
    sign(&mut request, b"", &credentials, "eu-central-1", "sts", 0).expect("signable");
    let parts = request.into_parts().0;
    let claim = claim(&parts).expect("a claim");
    verify(&claim, &parts, body_sha256(b""), Some(&secret), 0, &keys).expect("its own signature");
    let shown = format!(
        "{secret:?} {credentials:?} {keys:?} {claim:?} {:?}",
        parts.headers
    );
    assert!(!shown.contains("planted"), "{shown}");
    assert!(!shown.contains(&hex_text(&claim.signature)), "{shown}");
    assert_eq!(claim.session_token.as_deref(), Some("planted-token"));
}
