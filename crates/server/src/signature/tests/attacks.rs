//! Requests whose signature is sound in itself and that must still be refused, each for its reason.

use super::*;

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

/// A query signed with exactly these parameters beside the usual ones.
fn by_query(date: &str, expires: Option<&str>, extra: &str, headers: &[(&str, &str)]) -> Wire {
    let expires = expires.map_or_else(String::new, |seconds| format!("&X-Amz-Expires={seconds}"));
    let target = format!(
        "/findingsv2?X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKID%2F20260314%2Feu-central-1%2Fsecurityhub%2Faws4_request\
         &X-Amz-Date={date}{expires}&X-Amz-SignedHeaders=host{extra}"
    );
    let mut wire = Wire::new("GET", &target, &[("Host", "localhost")], "");
    wire.headers.extend(
        headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string())),
    );
    let secret = secret();
    let forge = Forge {
        secret: &secret,
        timestamp: date,
        scope: scope(),
    };
    let signature = forge.signature(&wire, &["host"], "");
    wire.target = format!("{target}&X-Amz-Signature={signature}");
    wire
}

#[test]
fn the_sound_forms_are_taken() {
    for wire in [
        sound(),
        by_query(NOW, Some("604800"), "", &[]),
        by_query(NOW, Some("1"), "", &[]),
    ] {
        wire.check(Some(&secret()), at(NOW), &KeyCache::default())
            .expect("sound");
    }
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
fn bodies_outside_the_signature_are_refused() {
    let names = ["host", "x-amz-content-sha256", "x-amz-date"];
    let with = |hash: &str| {
        by_header(
            NOW,
            &[("X-Amz-Date", NOW), ("X-Amz-Content-Sha256", hash)],
            &names,
        )
    };
    let right = hex_text(&body_sha256(b"{}"));
    with(&right)
        .check(Some(&secret()), at(NOW), &KeyCache::default())
        .expect("the hash of this body");
    refused(
        &with(&right.to_uppercase()),
        INVALID,
        "not the lower-case SHA-256",
    );
    refused(
        &with(&hex_text(&body_sha256(b""))),
        INVALID,
        "not the lower-case SHA-256",
    );
    for unsigned in [
        "UNSIGNED-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    ] {
        refused(&with(unsigned), INVALID, "unsigned and streamed");
    }
    let mut doubled = with(&right);
    doubled
        .headers
        .push(("X-Amz-Content-Sha256".into(), "UNSIGNED-PAYLOAD".into()));
    refused(&doubled, INVALID, "unsigned and streamed");
    refused(
        &Wire {
            body: "[]".into(),
            ..sound()
        },
        INVALID,
        "does not match",
    );
}

#[test]
fn signed_headers_are_complete_sorted_and_real() {
    let dated = [("X-Amz-Date", NOW)];
    refused(
        &by_header(NOW, &dated, &["x-amz-date"]),
        INVALID,
        "'host' is not among",
    );
    refused(
        &by_header(NOW, &dated, &["host"]),
        INVALID,
        "'x-amz-date' is not among",
    );
    refused(
        &by_header(NOW, &dated, &["x-amz-date", "host"]),
        INCOMPLETE,
        "not sorted",
    );
    refused(
        &by_header(NOW, &dated, &["host", "host", "x-amz-date"]),
        INCOMPLETE,
        "name twice",
    );
    refused(
        &authorization(|a| a.replace("host;", "Host;")),
        INCOMPLETE,
        "lower-case names",
    );
    refused(
        &authorization(|a| a.replace("host;", "host;;")),
        INCOMPLETE,
        "lower-case names",
    );
    refused(
        &authorization(|a| a.replace("host;", "host;x-a;")),
        INVALID,
        "'x-a', which the request does not have",
    );
    for name in ["X-Amz-Target", "X-Amz-Security-Token", "X-Amz-Anything"] {
        let wire = by_header(
            NOW,
            &[("X-Amz-Date", NOW), (name, "v")],
            &["host", "x-amz-date"],
        );
        refused(
            &wire,
            INVALID,
            &format!("'{}' is not among", name.to_lowercase()),
        );
    }
}

#[test]
fn the_time_stands_in_one_signed_header() {
    let date = "Sat, 14 Mar 2026 15:09:26 GMT";
    let fallback = by_header(NOW, &[("Date", date)], &["date", "host"]);
    fallback
        .check(Some(&secret()), at(NOW), &KeyCache::default())
        .expect("Date stands in");
    by_header(NOW, &[("Date", NOW)], &["date", "host"])
        .check(Some(&secret()), at(NOW), &KeyCache::default())
        .expect("Date in the other form");
    refused(
        &by_header(NOW, &[("Date", date)], &["host"]),
        INVALID,
        "'date' is not among",
    );
    refused(
        &by_header(NOW, &[], &["host"]),
        INCOMPLETE,
        "lacks its time",
    );
    refused(
        &by_header(NOW, &[("Date", "yesterday")], &["date", "host"]),
        INCOMPLETE,
        "neither an HTTP date",
    );
    let early = by_header(
        NOW,
        &[("X-Amz-Date", "2026-03-14T15:09:26Z")],
        &["host", "x-amz-date"],
    );
    refused(&early, INCOMPLETE, "not a moment of the form");
    let twice = [("X-Amz-Date", NOW), ("X-Amz-Date", NOW)];
    refused(
        &by_header(NOW, &twice, &["host", "x-amz-date"]),
        INCOMPLETE,
        "'x-amz-date' more than once",
    );
}

#[test]
fn presigned_queries_are_bounded_in_time_and_unambiguous() {
    for seconds in [
        "604801",
        "0",
        "-1",
        "abc",
        "1e3",
        "",
        "+60",
        "99999999999999999999",
        "60.0",
    ] {
        let words = if seconds.is_empty() {
            "lacks its signing parameter X-Amz-Expires"
        } else {
            "from 1 to 604800"
        };
        refused(&by_query(NOW, Some(seconds), "", &[]), INCOMPLETE, words);
    }
    refused(
        &by_query(NOW, None, "", &[]),
        INCOMPLETE,
        "lacks its signing parameter X-Amz-Expires",
    );
    refused(
        &by_query("20260314T145400Z", Some("900"), "", &[]),
        INVALID,
        "Signature expired",
    );
    refused(
        &by_query("20260314T152500Z", Some("900"), "", &[]),
        INVALID,
        "Signature not yet current",
    );
    for doubled in [
        "&X-Amz-Expires=60",
        "&X-Amz-Date=20260314T150926Z",
        "&X%2DAmz-SignedHeaders=host",
    ] {
        refused(
            &by_query(NOW, Some("60"), doubled, &[]),
            INCOMPLETE,
            " twice",
        );
    }
    refused(
        &by_query(NOW, Some("60"), "&X-Amz-Security-Token=%FF", &[]),
        INCOMPLETE,
        "not UTF-8",
    );
    refused(
        &by_query(NOW, Some("60"), "", &[("X-Amz-Target", "A.B")]),
        INVALID,
        "'x-amz-target' is not among",
    );
    let token = by_query(NOW, Some("60"), "", &[("X-Amz-Security-Token", "t")]);
    refused(&token, INCOMPLETE, "session token in a header");
    let long = format!("&X-Amz-Security-Token={}", "t".repeat(8 * 1024));
    refused(
        &by_query(NOW, Some("60"), &long, &[]),
        INCOMPLETE,
        "at most 8192",
    );
    let mut raised = by_query(NOW, Some("60"), "", &[]);
    raised.target = raised.target.replace("Expires=60", "Expires=600");
    refused(&raised, INVALID, "does not match");
}

#[test]
fn both_kinds_at_once_are_refused() {
    let mut wire = by_query(NOW, Some("60"), "", &[]);
    wire.headers.extend(
        sound()
            .headers
            .into_iter()
            .filter(|(name, _)| name == "Authorization"),
    );
    refused(&wire, INCOMPLETE, "both an Authorization header and");
    for stray in [
        "X-Amz-Security-Token=t",
        "X-Amz-Date=20260314T150926Z",
        "X-Amz%2DSignature=0",
    ] {
        let wire = Wire {
            target: format!("/findingsv2?x=1&{stray}"),
            ..sound()
        };
        refused(&wire, INCOMPLETE, "both an Authorization header and");
    }
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
