//! Attacks on what a signature covers: headers, the time, the body.

use super::*;

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
