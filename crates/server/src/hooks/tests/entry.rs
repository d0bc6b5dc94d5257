//! Tests of who may post, and of messages that come twice.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::{Request, StatusCode};
use serde_json::json;
use sha2::Sha256;

use super::{Got, PLAN, SECRET, SERVICE, Site, TOKEN};
use crate::testing::MEMBER;

const BODY: &str = r#"{"status": "firing"}"#;

fn mac(key: &[u8], signed: &str) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).unwrap();
    mac.update(signed.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Posts with a signature of Standard Webhooks, made so many seconds from now.
fn signed(site: &Site, id: &str, off_s: i64, key: &[u8], body: &str) -> Got {
    let at = (site.testing.now().0 / 1000 + off_s).to_string();
    let code = STANDARD.encode(mac(key, &format!("{id}.{at}.{body}")));
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", &at),
        ("webhook-signature", &format!("v1,bm90aGluZw== v1,{code}")),
    ];
    site.post("any", &headers, body)
}

fn key() -> Vec<u8> {
    STANDARD.decode(&SECRET["whsec_".len()..]).unwrap()
}

#[test]
fn a_token_is_taken_as_bearer_and_as_password() {
    let site = Site::new();
    let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
    let right = format!("prometheus:{TOKEN}");
    for (authorization, status) in [
        (format!("Bearer {TOKEN}"), StatusCode::OK),
        (format!("bearer {TOKEN}"), StatusCode::OK),
        (basic(&right), StatusCode::OK),
        (basic(&format!("{right}x")), StatusCode::UNAUTHORIZED),
        (format!("Bearer {TOKEN}x"), StatusCode::UNAUTHORIZED),
        ("Bearer ".into(), StatusCode::UNAUTHORIZED),
        ("Basic %".into(), StatusCode::UNAUTHORIZED),
        (TOKEN.into(), StatusCode::UNAUTHORIZED),
    ] {
        let got = site.post("any", &[("authorization", &authorization)], BODY);
        assert_eq!(got.status, status, "{authorization}");
    }
}

#[test]
fn an_unknown_hook_looks_like_a_wrong_token() {
    let site = Site::new();
    let unknown = site.post(
        "nobody",
        &[("authorization", &format!("Bearer {TOKEN}"))],
        BODY,
    );
    let wrong = site.post(
        "any",
        &[("authorization", "Bearer of-something-else")],
        BODY,
    );
    let silent = site.post("any", &[], BODY);
    for got in [&unknown, &silent] {
        assert_eq!(got.status, StatusCode::UNAUTHORIZED);
        assert_eq!((&got.headers, &got.body), (&wrong.headers, &wrong.body));
    }
}

#[test]
fn signatures_are_of_the_key_the_time_and_the_whole_message() {
    let site = Site::new();
    assert_eq!(signed(&site, "m-1", 0, &key(), BODY).status, StatusCode::OK);
    assert_eq!(
        signed(&site, "m-2", -300, &key(), BODY).status,
        StatusCode::OK
    );
    assert_eq!(
        signed(&site, "m-3", 300, &key(), BODY).status,
        StatusCode::OK
    );
    let wrong = signed(&site, "m-4", 0, b"another key", BODY);
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    for off_s in [-301, 301] {
        let got = signed(&site, "m-5", off_s, &key(), BODY);
        assert_eq!(got.status, StatusCode::UNAUTHORIZED);
        let error = got.body["error"].as_str().unwrap();
        assert!(error.contains(&format!("{off_s} s")), "{error}");
    }
    assert_eq!(site.incidents(), 3);
}

#[test]
fn a_message_that_comes_twice_is_taken_once() {
    let site = Site::new();
    let first = signed(&site, "m-1", 0, &key(), BODY);
    let again = signed(&site, "m-1", 1, &key(), BODY);
    assert_eq!((again.status, &again.body), (StatusCode::OK, &first.body));
    assert_eq!(site.incidents(), 1);
    let other = signed(
        &site,
        "m-1",
        0,
        &key(),
        r#"{"status": "firing", "title": "x"}"#,
    );
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert_eq!(site.incidents(), 1);
}

#[test]
fn githubs_form_signs_with_the_secret_as_it_is() {
    let site = Site::new();
    let hex = crate::hex::digits(mac(SECRET.as_bytes(), BODY));
    let right = format!("sha256={hex}");
    for (signature, body, status) in [
        (right.as_str(), BODY, StatusCode::OK),
        (&right, r#"{"status":"firing"}"#, StatusCode::UNAUTHORIZED),
        (&right[..right.len() - 1], BODY, StatusCode::UNAUTHORIZED),
        (&hex, BODY, StatusCode::UNAUTHORIZED),
        ("sha256=", BODY, StatusCode::UNAUTHORIZED),
    ] {
        let got = site.post("any", &[("x-hub-signature-256", signature)], body);
        assert_eq!(got.status, status, "{signature}");
    }
}

#[test]
fn a_hook_without_a_secret_takes_no_signature() {
    let site = Site::new();
    let code = crate::hex::digits(mac(b"", BODY));
    let headers = [("x-hub-signature-256", format!("sha256={code}"))];
    let headers = [(headers[0].0, headers[0].1.as_str())];
    assert_eq!(
        site.post("alerts", &headers, BODY).status,
        StatusCode::UNAUTHORIZED
    );
}

#[test]
fn only_posts_are_taken() {
    let site = Site::new();
    let got = site.send(Request::get("/hooks/any").body("").unwrap());
    assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(got.headers["allow"], "POST");
}

#[test]
fn a_plan_that_is_gone_asks_the_sender_to_come_again() {
    let site = Site::new();
    let plan = json!({"arn": PLAN});
    let gone = site
        .testing
        .call_as(MEMBER, SERVICE, "DeleteResponsePlan", plan);
    gone.unwrap();
    let got = site.post(
        "any",
        &[("authorization", &format!("Bearer {TOKEN}"))],
        BODY,
    );
    assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE);
    let error = got.body["error"].as_str().unwrap();
    assert!(
        error.contains(PLAN) && error.contains("[hooks.NAME]"),
        "{error}"
    );
}
