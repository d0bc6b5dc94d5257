//! What our signer signs, our verifier takes, and nothing near it.

use http::{HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

fn path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        "[a-zA-Z0-9._~:@!$'()*+,;=-]{0,8}",
        "(%[0-9A-Fa-f]{2}|[a-z]){0,4}",
        Just("..".into())
    ];
    prop::collection::vec(segment, 0..6)
        .prop_map(|segments: Vec<String>| format!("/{}", segments.join("/")))
}

fn query() -> impl Strategy<Value = String> {
    let piece = "[a-zA-Z0-9._~:@!$'()*+,;/-]{0,6}(%[0-9A-F]{2})?";
    let pair = (piece, prop::option::of(piece)).prop_map(|(name, value)| match value {
        Some(value) => format!("{name}={value}"),
        None => name,
    });
    prop::collection::vec(pair, 0..5).prop_map(|pairs| pairs.join("&"))
}

fn headers() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let name = prop_oneof![
        "x-amz-m[a-z0-9-]{0,8}",
        "x-[b-w]{1,6}",
        Just("content-type".to_owned())
    ];
    let value = prop::collection::vec(prop_oneof![0x20u8..0x7f, 0x80u8.., Just(b'\t')], 0..20);
    prop::collection::vec((name, value), 0..5)
}

proptest! {
    #[test]
    fn signed_requests_verify_and_changed_ones_do_not(
        method in "GET|POST|PUT|PATCH|DELETE",
        path in path(),
        query in query(),
        headers in headers(),
        body in prop::collection::vec(any::<u8>(), 0..64),
        token in prop::option::of("[A-Za-z0-9/+=]{1,40}"),
        now_ms in 0i64..4_102_444_800_000,
        drift_ms in -SKEW_MAX_MS + 1000..SKEW_MAX_MS - 1000,
    ) {
        let mark = if query.is_empty() { "" } else { "?" };
        let mut request = Request::builder()
            .method(method.as_str())
            .uri(format!("http://127.0.0.1:4747{path}{mark}{query}"))
            .body(())
            .expect("a request");
        for (name, value) in &headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            let value = HeaderValue::from_bytes(value).expect("a value");
            request.headers_mut().append(name, value);
        }
        let secret = Secret::new("wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEY0");
        let credentials = Credentials {
            access_key_id: "AKIABALEFIRE00000001".into(),
            secret_access_key: secret.clone(),
            session_token: token.clone().map(Secret::new),
        };
        sign(&mut request, &body, &credentials, "eu-central-1", "ssm-incidents", now_ms).expect("signable");
        let mut parts = request.into_parts().0;
        let claim = claim(&parts).expect("our own form");
        prop_assert_eq!(&claim.session_token, &token);
        let keys = KeyCache::default();
        let check = |parts: &Parts, body: &[u8], at_ms: i64| {
            verify(&claim, parts, body_sha256(body), Some(&secret), at_ms, &keys)
        };
        prop_assert_eq!(check(&parts, &body, now_ms + drift_ms), Ok(()));

        let mut longer = body.clone();
        longer.push(0);
        prop_assert!(check(&parts, &longer, now_ms).is_err());
        let whole = parts.uri.clone();
        parts.uri = format!("http://127.0.0.1:4747{path}/x{mark}{query}").parse().expect("a URI");
        prop_assert!(check(&parts, &body, now_ms).is_err());
        parts.uri = format!("http://127.0.0.1:4747{path}?{query}&x").parse().expect("a URI");
        prop_assert!(check(&parts, &body, now_ms).is_err());
        parts.uri = whole;
        parts.headers.insert("host", HeaderValue::from_static("other"));
        prop_assert!(check(&parts, &body, now_ms).is_err());
    }

    /// Nothing a client can put into these places makes the reader panic.
    #[test]
    fn no_claim_panics(
        begun in "AWS4-HMAC-SHA256 ((Credential|SignedHeaders|Signature)=[a-z0-9/;é%]{0,20}, ?){0,4}",
        names in prop::option::of("[a-z;]{1,9}"),
        signature in "[0-9aé]{62,64}",
        query in "((X-Amz-(Date|Expires|Signature|Credential)|x)=[0-9TZ%a-f/-]{0,20}&){0,4}",
        date in "[0-9]{8}T[0-9]{6}Z|[0-9TZ:, A-Za-z]{0,30}",
    ) {
        let whole = names.map(|names| {
            format!("Credential=A/20150830/r/s/aws4_request,SignedHeaders={names},Signature={signature}")
        });
        let authorization = format!("{begun}{}", whole.unwrap_or_default());
        for (query, authorization) in [(query.as_str(), None), ("", Some(authorization))] {
            let mut builder = Request::builder().uri(format!("/?{query}")).header("x-amz-date", &date);
            if let Some(authorization) = &authorization {
                builder = builder.header("authorization", authorization.as_bytes());
            }
            let parts = builder.body(()).expect("a request").into_parts().0;
            prop_assert!(claim(&parts).is_err(), "no such text names the host and a whole signature");
        }
    }

    /// The canonical query does not depend on the order that parameters came in.
    #[test]
    fn the_order_of_parameters_does_not_matter(query in query()) {
        let mut pieces: Vec<&str> = query.split('&').collect();
        pieces.reverse();
        let (one, other) = (CanonicalQuery::new(&query), CanonicalQuery::new(&pieces.join("&")));
        prop_assert_eq!(one.iter().collect::<Vec<_>>(), other.iter().collect::<Vec<_>>());
    }
}
