//! Requests whose signature is sound in itself and that must still be refused, each for its reason.

use super::*;

mod coverage;
mod presigned;

const NOW: &str = "20260314T150926Z";

fn secret() -> Secret {
    Secret::new("wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEY0")
}

fn scope() -> Scope {
    Scope {
        date: NOW[..8].into(),
        region: "eu-central-1".into(),
        service: "securityhub".into(),
    }
}

/// Code and start of the message of the refusal that a request must meet at `now`.
#[track_caller]
fn refused(wire: &Wire, code: &str, message_part: &str) {
    let refusal = wire
        .check(Some(&secret()), at(NOW), &KeyCache::default())
        .expect_err(message_part);
    assert!(
        refusal.code == code && refusal.message.contains(message_part),
        "{refusal}"
    );
    assert_eq!(refusal.status, 403);
}

const INCOMPLETE: &str = "IncompleteSignatureException";
const INVALID: &str = "InvalidSignatureException";

/// A request signed over `signed_headers` at `timestamp`, with extra headers.
fn by_header(timestamp: &str, headers: &[(&str, &str)], signed_headers: &[&str]) -> Wire {
    let mut wire = Wire::new("POST", "/findingsv2?x=1", &[("Host", "localhost")], "{}");
    wire.headers.extend(
        headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string())),
    );
    let secret = secret();
    let forge = Forge {
        secret: &secret,
        timestamp,
        scope: scope(),
    };
    let signature = forge.signature(&wire, signed_headers, "{}");
    wire.headers.push((
        "Authorization".into(),
        format!(
            "AWS4-HMAC-SHA256 Credential=AKID/20260314/eu-central-1/securityhub/aws4_request, \
             SignedHeaders={}, Signature={signature}",
            signed_headers.join(";")
        ),
    ));
    wire
}

fn sound() -> Wire {
    by_header(NOW, &[("X-Amz-Date", NOW)], &["host", "x-amz-date"])
}

fn authorization(change: impl Fn(&str) -> String) -> Wire {
    let mut wire = sound();
    let header = wire.header_mut("Authorization");
    *header = change(header);
    wire
}

#[test]
fn the_sound_form_is_taken() {
    sound()
        .check(Some(&secret()), at(NOW), &KeyCache::default())
        .expect("sound");
}

#[test]
fn unsigned_requests_are_told_so() {
    let wire = Wire::new(
        "GET",
        "/findingsv2?x=1&x-amz-date=1",
        &[("Host", "localhost")],
        "",
    );
    refused(&wire, "MissingAuthenticationTokenException", "not signed");
}

#[test]
fn time_is_held_to_a_quarter_of_an_hour_either_way() {
    let keys = KeyCache::default();
    let check = |now_ms: i64| sound().check(Some(&secret()), now_ms, &keys);
    for ok_ms in [-900_000, -1, 0, 1, 900_000] {
        check(at(NOW) + ok_ms).expect("within a quarter of an hour");
    }
    for (drift_ms, words) in [
        (
            900_001,
            "Signature expired: 20260314T150926Z is now earlier than",
        ),
        (
            -900_001,
            "Signature not yet current: 20260314T150926Z is still later than",
        ),
        (86_400_000 * 365, "Signature expired"),
        (i64::MIN / 2, "Signature not yet current"),
    ] {
        let refusal = check(at(NOW) + drift_ms).expect_err(words);
        assert!(
            refusal.code == INVALID && refusal.message.contains(words),
            "{refusal}"
        );
    }
}

#[test]
fn odd_authorization_headers_are_refused() {
    let doubled = {
        let mut wire = sound();
        let again = wire.headers.last().expect("Authorization").clone();
        wire.headers.push(again);
        wire
    };
    refused(&doubled, INCOMPLETE, "more than once");
    for (wire, words) in [
        (
            authorization(|a| a.replace("AWS4-HMAC", "AWS3-HMAC")),
            "one algorithm",
        ),
        (authorization(|_| "Bearer abc".into()), "one algorithm"),
        (
            authorization(|_| "AWS4-HMAC-SHA256".into()),
            "lacks its part Credential",
        ),
        (
            authorization(|a| a.replace("Credential=AKID", "Credential=")),
            "empty, too long or odd",
        ),
        (
            authorization(|a| a.replace("SignedHeaders", "Signedheaders")),
            "part other than",
        ),
        (
            authorization(|a| a.replace(", SignedHeaders=host;x-amz-date", "")),
            "lacks its part SignedHeaders",
        ),
        (
            authorization(|a| a.split(", Signature").next().unwrap_or_default().into()),
            "lacks its part Signature",
        ),
        (
            authorization(|a| format!("{a}, Signature={}", "0".repeat(64))),
            "Signature twice",
        ),
        (authorization(|a| format!("{a}0")), "64 lower-case"),
        (
            authorization(|a| a[..a.len() - 1].to_owned() + "G"),
            "64 lower-case",
        ),
        (
            authorization(|a| a.replace("Signature=", "Signature= ")),
            "64 lower-case",
        ),
        (
            authorization(|a| a.replace("/eu-central-1", "")),
            "KEYID/YYYYMMDD",
        ),
        (
            authorization(|a| a.replace("/eu-central-1", "/eu/central-1")),
            "KEYID/YYYYMMDD",
        ),
        (
            authorization(|a| a.replace("/20260314", "/2026-3-1")),
            "empty, too long or odd",
        ),
        (
            authorization(|a| a.replace("/eu-central-1", &format!("/{}", "e".repeat(65)))),
            "too long",
        ),
        (
            authorization(|a| format!("{a}{}", ",".repeat(8 * 1024))),
            "at most 8192",
        ),
    ] {
        refused(&wire, INCOMPLETE, words);
    }
}

#[test]
fn parts_may_be_separated_without_blanks() {
    let wire = authorization(|a| a.replace(", ", ","));
    wire.check(Some(&secret()), at(NOW), &KeyCache::default())
        .expect("the same parts");
}

#[test]
fn scopes_of_another_kind_day_or_place_are_refused() {
    refused(
        &authorization(|a| a.replace("aws4_request", "aws5_request")),
        INVALID,
        "does not end in aws4_request",
    );
    refused(
        &authorization(|a| a.replace("/20260314", "/20260313")),
        INVALID,
        "for the day 20260313",
    );
    // Whoever signs for it: ARNs are made of it.
    for region in ["a:b", "EU-central-1", "eu_central_1", "*", "a%2Fb"] {
        refused(
            &authorization(|a| a.replace("eu-central-1", region)),
            INVALID,
            "not scoped to a valid region",
        );
    }
    refused(
        &authorization(|a| a.replace("eu-central-1", "eu-west-1")),
        INVALID,
        "does not match",
    );
    refused(
        &authorization(|a| a.replace("securityhub", "inspector2")),
        INVALID,
        "does not match",
    );
}

#[test]
fn requests_rerouted_after_signing_are_refused() {
    for target in [
        "/findingsv2?x=2",
        "/findingsv2",
        "/findingsV2?x=1",
        "/findingsv2%2F?x=1",
        "/findingsv2/?x=1",
    ] {
        refused(
            &Wire {
                target: target.into(),
                ..sound()
            },
            INVALID,
            "does not match",
        );
    }
    for method in ["GET", "PATCH", "post"] {
        refused(
            &Wire {
                method: method.into(),
                ..sound()
            },
            INVALID,
            "does not match",
        );
    }
    let mut moved = sound();
    *moved.header_mut("Host") = "localhost:80".into();
    refused(&moved, INVALID, "does not match");
}

#[test]
fn unknown_keys_do_not_fill_the_cache() {
    let keys = KeyCache::default();
    for id in 0..100 {
        let wire = authorization(|a| a.replace("=AKID/", &format!("=AKID{id}/")));
        let refusal = wire.check(None, at(NOW), &keys).expect_err("unknown");
        assert_eq!(refusal.code, "UnrecognizedClientException");
    }
    assert_eq!(keys.len(), 1);
}
