//! The AWS SigV4 suite, read from the shared data when it is there, and tampering with each case.

use std::path::PathBuf;

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Case {
    id: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
    credentials: CaseKey,
    region: String,
    service: String,
    normalize: bool,
    signature: String,
    canonical_request: String,
    string_to_sign: String,
    level: String,
    expect: String,
}

#[derive(Deserialize)]
struct CaseKey {
    access_key_id: String,
    secret_access_key: String,
}

const NOW: &str = "20150830T123600Z";

impl Case {
    fn wire(&self) -> Wire {
        Wire {
            method: self.method.clone(),
            target: self.target.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
        }
    }

    /// Finds the secret by the claimed key id, which is what makes another id fail.
    fn check_by_key_id(&self, wire: &Wire, keys: &KeyCache) -> Result<Claim, Refusal> {
        let claimed = claim(&wire.parts())?;
        let known = claimed.access_key_id == self.credentials.access_key_id;
        wire.check(known.then(|| self.secret()).as_ref(), at(NOW), keys)
    }

    fn secret(&self) -> Secret {
        Secret::new(self.credentials.secret_access_key.as_str())
    }
}

fn cases() -> Option<Vec<Case>> {
    let shared = std::env::var_os("BALEFIRE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = shared.join("conformance/sigv4/server_cases.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!(
            "skipped: {} is not there; set BALEFIRE_SHARED",
            path.display()
        );
        return None;
    };
    Some(serde_json::from_str(&text).expect("the cases are JSON of this form"))
}

#[test]
fn every_wire_case_is_answered_as_expected() {
    let Some(cases) = cases() else { return };
    let keys = KeyCache::default();
    let mut accepted = 0;
    let mut refused = 0;
    for case in cases.iter().filter(|case| case.level == "wire") {
        let outcome = case.wire().check(Some(&case.secret()), at(NOW), &keys);
        match case.expect.as_str() {
            "accept" => {
                let claim = outcome.unwrap_or_else(|refusal| panic!("{}: {refusal}", case.id));
                assert_eq!(
                    claim.access_key_id, case.credentials.access_key_id,
                    "{}",
                    case.id
                );
                assert_eq!(claim.scope.region, case.region, "{}", case.id);
                assert_eq!(claim.scope.service, case.service, "{}", case.id);
                accepted += 1;
            }
            // A session token that the signature does not cover; AWS wants every x-amz-* covered.
            "policy" => {
                let refusal = outcome.expect_err(&case.id);
                assert_eq!(refusal.code, "InvalidSignatureException", "{}", case.id);
                refused += 1;
            }
            other => panic!("{}: unknown expectation {other}", case.id),
        }
    }
    assert_eq!((accepted, refused), (52, 2));
}

/// Runs every case through the canonicaliser, also those that no HTTP parser lets through.
#[test]
fn every_case_is_canonicalised_to_its_signature() {
    let Some(cases) = cases() else { return };
    for case in &cases {
        let (path, query) = case.target.split_once('?').unwrap_or((&case.target, ""));
        let mut headers = HeaderMap::new();
        for (name, value) in &case.headers {
            let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a header name");
            headers.append(name, value.parse().expect("a header value"));
        }
        let signed_line = case
            .canonical_request
            .rsplit('\n')
            .nth(1)
            .expect("two last lines");
        // The one case signed before its token was added to the query.
        let token_after = case.id == "post-sts-header-after/query";
        let kept = query
            .split('&')
            .filter(|pair| !(token_after && pair.starts_with("X-Amz-Security-Token")));
        let covered = Covered {
            method: &case.method,
            path,
            query: &CanonicalQuery::new(&kept.collect::<Vec<_>>().join("&")),
            headers: &headers,
            signed_headers: signed_line,
            body_sha256: &body_sha256(case.body.as_bytes()),
        };
        let style = PathStyle {
            normalize: case.normalize,
            double_encode: true,
        };
        let canonical = covered.canonical_request(style).expect("no phantom header");
        assert_eq!(
            String::from_utf8_lossy(&canonical),
            case.canonical_request,
            "{}",
            case.id
        );
        let scope = Scope {
            date: NOW[..8].into(),
            region: case.region.clone(),
            service: case.service.clone(),
        };
        let text = string_to_sign(NOW, &scope, &canonical);
        assert_eq!(
            String::from_utf8_lossy(&text),
            case.string_to_sign,
            "{}",
            case.id
        );
        let signature = hex_text(&mac(&case.secret().signing_key(&scope), &text));
        assert_eq!(signature, case.signature, "{}", case.id);
    }
    assert_eq!(cases.len(), 76);
}

/// A service that normalises refuses signatures over paths that are not normalised.
#[test]
fn unnormalised_signatures_are_refused_on_the_wire() {
    let Some(cases) = cases() else { return };
    let keys = KeyCache::default();
    let unnormalised = cases
        .iter()
        .filter(|case| case.expect == "canonicaliser" && !case.normalize);
    let mut count = 0;
    for case in unnormalised {
        let wire = case.wire();
        let refusal = wire
            .check(Some(&case.secret()), at(NOW), &keys)
            .expect_err(&case.id);
        assert_eq!(refusal.code, "InvalidSignatureException", "{}", case.id);
        count += 1;
    }
    assert_eq!(count, 12);
}

#[test]
fn every_field_of_every_accepted_case_is_protected() {
    let Some(cases) = cases() else { return };
    let keys = KeyCache::default();
    let mut tried = 0;
    for case in cases
        .iter()
        .filter(|case| case.level == "wire" && case.expect == "accept")
    {
        let wire = case.wire();
        wire.check(Some(&case.secret()), at(NOW), &keys)
            .expect("untouched, it holds");
        for (what, changed) in tampered(&wire) {
            let outcome = case.check_by_key_id(&changed, &keys);
            assert!(
                outcome.is_err(),
                "{}: {what} was changed and taken: {changed:?}",
                case.id
            );
            tried += 1;
        }
    }
    println!("{tried} tampered requests refused");
    assert!(tried > 52 * 8, "only {tried}");
}

/// Each single change of a request that must break its signature.
fn tampered(wire: &Wire) -> Vec<(String, Wire)> {
    let mut out: Vec<(String, Wire)> = Vec::new();
    let mut push = |what: &str, change: &dyn Fn(&mut Wire)| {
        let mut changed = wire.clone();
        change(&mut changed);
        out.push((what.to_owned(), changed));
    };
    push("method", &|w| w.method = "PUT".into());
    push("body", &|w| w.body.push('x'));
    push("path", &|w| {
        let (path, query) = w.target.split_once('?').unwrap_or((&w.target, ""));
        w.target = format!("{}/zz?{query}", path.trim_end_matches('/'));
    });
    push("a parameter added", &|w| {
        let mark = if w.target.contains('?') { '&' } else { '?' };
        w.target = format!("{}{mark}zz=1", w.target);
    });
    push("an x-amz- header added", &|w| {
        w.headers.push(("X-Amz-Target".into(), "A.B".into()))
    });
    push("the host doubled", &|w| {
        w.headers.push(("Host".into(), "other".into()))
    });
    let presigned = !wire.headers.iter().any(|(name, _)| name == "Authorization");
    for (index, (name, value)) in wire.headers.iter().enumerate() {
        if name == "Content-Length" && !value.is_empty() {
            push("content-length", &|w| w.headers[index].1.push('0'));
        } else if name != "Authorization" {
            push(name, &|w| w.headers[index].1.push('0'));
        }
        push(&format!("{name} removed"), &|w| _ = w.headers.remove(index));
    }
    if presigned {
        let (_, query) = wire.target.split_once('?').expect("a presigned query");
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let flipped = flip_last(value);
            push(name, &|w| {
                w.target = w.target.replace(pair, &format!("{name}={flipped}"))
            });
            push(&format!("{name} removed"), &|w| {
                let kept: Vec<&str> = query.split('&').filter(|other| *other != pair).collect();
                let path = w.target.split('?').next().unwrap_or_default();
                w.target = format!("{path}?{}", kept.join("&"));
            });
        }
    } else {
        let value = &wire
            .headers
            .iter()
            .find(|(name, _)| name == "Authorization")
            .expect("signed")
            .1;
        for piece in value
            .split([' ', ',', '/', '=', ';'])
            .filter(|piece| !piece.is_empty())
        {
            let flipped = flip_last(piece);
            push(piece, &|w| {
                let header = w.header_mut("Authorization");
                *header = header.replacen(piece, &flipped, 1);
            });
        }
    }
    out
}

fn flip_last(text: &str) -> String {
    let mut text = text.to_owned();
    let last = text.pop().unwrap_or('0');
    text.push(if last == '0' { '1' } else { '0' });
    text
}
