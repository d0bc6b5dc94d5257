//! Who gets in, how, and for how long.

use http::header::{ALLOW, CONTENT_TYPE, ORIGIN};

use super::*;
use crate::console::session::{LINK_MS, SESSION_MS};

fn form(key: &str, secret: &str) -> String {
    format!("access_key_id={key}&secret_access_key={secret}")
}

#[test]
fn who_is_not_signed_in_is_sent_to_sign_in_and_back() {
    let site = Site::new();
    assert_eq!(site.get("", "/").location(), "/console");
    let sent = site.get("", "/console/findings?severity=5&status=1");
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let to = "/console/sign-in?to=/console/findings%3Fseverity%3D5%26status%3D1";
    assert_eq!(sent.location(), to);
    let page = site.page("", to);
    assert!(page.contains(r#"name="to" value="/console/findings?severity=5&#38;status=1""#));
    let form = format!(
        "{}&to=/console/findings%3Fseverity%3D5",
        form(MEMBERS_KEY, SECRET)
    );
    let got = site.post("/console/sign-in", "", &form);
    assert_eq!(got.location(), "/console/findings?severity=5");
    let elsewhere = form.replace("/console/findings", "https://evil.example/console");
    assert_eq!(
        site.post("/console/sign-in", "", &elsewhere).location(),
        "/console"
    );
}

#[test]
fn a_cookie_is_for_this_site_alone() {
    let site = Site::new();
    let got = site.post("/console/sign-in", "", &form(MEMBERS_KEY, SECRET));
    let set = got.headers[SET_COOKIE].to_str().unwrap();
    assert!(set.starts_with("balefire-session="), "{set}");
    assert!(
        set.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"),
        "{set}"
    );
    let console = site.again(true);
    let request = request(Method::POST, "/console/sign-in", "", "same-origin");
    let form = form(MEMBERS_KEY, SECRET);
    let got = site.send_to(&console, request.body(form.as_str()).unwrap());
    let set = got.headers[SET_COOKIE].to_str().unwrap();
    assert!(set.starts_with("__Host-balefire-session="), "{set}");
    assert!(
        set.ends_with("; HttpOnly; SameSite=Strict; Secure"),
        "{set}"
    );
}

#[test]
fn an_unknown_key_and_a_wrong_secret_are_told_apart_by_nothing() {
    let site = Site::new();
    let wrong = site.post("/console/sign-in", "", &form(MEMBERS_KEY, "no"));
    let unknown = site.post("/console/sign-in", "", &form("AKIANOBODY", SECRET));
    let odd = site.post("/console/sign-in", "", &form("%00", SECRET));
    for got in [&wrong, &unknown, &odd] {
        assert_eq!(got.status, StatusCode::FORBIDDEN);
        assert!(!got.headers.contains_key(SET_COOKIE));
        assert_eq!(got.body, wrong.body);
    }
    assert!(wrong.body.contains("do not sign in here"));
}

#[test]
fn a_session_ends_with_its_time() {
    let site = Site::new();
    let cookie = site.sign_in(MEMBERS_KEY);
    site.testing.advance_ms(SESSION_MS - 1);
    site.page(&cookie, "/console");
    site.testing.advance_ms(1);
    assert_eq!(site.get(&cookie, "/console").location(), "/console/sign-in");
}

#[test]
fn a_session_ends_with_its_key() {
    let site = Site::new();
    let cookie = site.sign_in(MEMBERS_KEY);
    let withdraw = |tx: &mut balefire_store::Tx<'_>| {
        let mut key = tx.get::<AccessKey>(&[MEMBERS_KEY.into()])?.unwrap();
        key.active = false;
        tx.replace(&mut key)
    };
    site.testing
        .store
        .write_blocking(MEMBER, withdraw)
        .unwrap()
        .unwrap();
    let request = request(Method::GET, "/console", &cookie, "");
    let got = site.send_to(&site.again(false), request.body("").unwrap());
    assert_eq!(got.location(), "/console/sign-in");
}

#[test]
fn forged_cookies_are_refused() {
    let site = Site::new();
    let cookie = site.sign_in(MEMBERS_KEY);
    let link = site.link(MEMBERS_KEY, MEMBER);
    let token = link.split_once("link=").unwrap().1;
    let (name, value) = cookie.split_once('=').unwrap();
    let mut changed = value.to_owned().into_bytes();
    changed[10] ^= 1;
    for forged in [
        String::from_utf8(changed).unwrap(),
        format!("{value}A"),
        token.to_owned(),
        "e30".into(),
        String::new(),
    ] {
        let got = site.get(&format!("{name}={forged}"), "/console");
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{forged}");
    }
    site.page(&cookie, "/console");
}

#[test]
fn signing_out_ends_the_session_everywhere() {
    let site = Site::new();
    let cookie = site.sign_in(MEMBERS_KEY);
    let out = site.post("/console/sign-out", &cookie, "");
    assert_eq!(out.location(), "/console/sign-in");
    assert!(
        out.headers[SET_COOKIE]
            .to_str()
            .unwrap()
            .contains("=; Path=/; Max-Age=0")
    );
    assert_eq!(site.get(&cookie, "/console").status, StatusCode::SEE_OTHER);
    // After a restart, and on every other server of the store.
    let request = request(Method::GET, "/console", &cookie, "");
    let got = site.send_to(&site.again(false), request.body("").unwrap());
    assert_eq!(got.location(), "/console/sign-in");
}

#[test]
fn a_link_signs_in_once_within_five_minutes() {
    let site = Site::new();
    let link = site.link(MEMBERS_KEY, MEMBER);
    site.testing.advance_ms(LINK_MS - 1);
    let got = site.get("", &link);
    assert_eq!(got.location(), "/console");
    assert!(site.page(&got.cookie(), "/console").contains(MEMBER));
    assert_eq!(site.get("", &link).status, StatusCode::FORBIDDEN);
    let late = site.link(MEMBERS_KEY, MEMBER);
    site.testing.advance_ms(LINK_MS);
    assert_eq!(site.get("", &late).status, StatusCode::FORBIDDEN);
    // The key is the administrator's, so the link is for no account that it names.
    let mixed = site.link(ADMINISTRATORS_KEY, MEMBER);
    assert_eq!(site.get("", &mixed).status, StatusCode::FORBIDDEN);
}

#[test]
fn a_link_on_another_site_signs_in_after_a_click_only() {
    let site = Site::new();
    let link = site.link(MEMBERS_KEY, MEMBER);
    let ahead = request(Method::HEAD, &link, "", "none").body("").unwrap();
    let crossed = request(Method::GET, &link, "", "cross-site")
        .body("")
        .unwrap();
    for request in [ahead, crossed] {
        let got = site.send(request);
        assert_eq!(got.status, StatusCode::OK);
        assert!(!got.headers.contains_key(SET_COOKIE));
        assert!(got.body.contains("Sign in to this account") && got.body.contains(MEMBER));
    }
    let form = link.split_once('?').unwrap().1;
    let got = site.post("/console/sign-in", "", form);
    site.page(&got.cookie(), "/console");
}

#[test]
fn failed_attempts_are_limited() {
    let site = Site::new();
    let attempt = |secret: &str| {
        let got = site.post("/console/sign-in", "", &form(MEMBERS_KEY, secret));
        got.status
    };
    for _ in 0..10 {
        assert_eq!(attempt("no"), StatusCode::FORBIDDEN);
    }
    assert_eq!(attempt(SECRET), StatusCode::TOO_MANY_REQUESTS);
    site.sign_in(ADMINISTRATORS_KEY);
    site.testing.advance_ms(60_000);
    assert_eq!(attempt(SECRET), StatusCode::SEE_OTHER);
}

#[test]
fn forms_of_other_sites_are_refused() {
    let site = Site::new();
    let form = form(MEMBERS_KEY, SECRET);
    let cases = [
        ("cross-site", "", false),
        ("same-site", "", false),
        ("cross-site", "http://localhost:4747", false),
        ("", "http://evil.example", false),
        ("", "http://localhost:4748", false),
        ("", "null", false),
        ("same-origin", "", true),
        ("", "http://localhost:4747", true),
        ("", "", true),
    ];
    for (fetch_site, origin, taken) in cases {
        for path in ["/console/sign-in", "/console/sign-out"] {
            let mut request = request(Method::POST, path, "", fetch_site);
            if !origin.is_empty() {
                request = request.header(ORIGIN, origin);
            }
            let got = site.send(request.body(form.as_str()).unwrap());
            let expected = if taken {
                StatusCode::SEE_OTHER
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(got.status, expected, "{fetch_site:?} {origin:?} {path}");
        }
    }
}

#[test]
fn forms_have_one_form() {
    let site = Site::new();
    let mut odd = request(Method::POST, "/console/sign-in", "", "same-origin")
        .body("{}")
        .unwrap();
    odd.headers_mut()
        .insert(CONTENT_TYPE, "application/json".parse().unwrap());
    assert_eq!(site.send(odd).status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let long = "a=".repeat(3000);
    let got = site.post("/console/sign-in", "", &long);
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn pages_are_only_read() {
    let site = Site::new();
    let cookie = site.sign_in(ADMINISTRATORS_KEY);
    for (method, path, allow) in [
        (Method::POST, "/console", "GET, HEAD"),
        (Method::DELETE, "/console/incidents", "GET, HEAD"),
        (Method::PUT, "/console/sign-in", "GET, HEAD, POST"),
        (Method::GET, "/console/sign-out", "POST"),
    ] {
        let got = site.send(
            request(method, path, &cookie, "same-origin")
                .body("")
                .unwrap(),
        );
        assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(got.headers[ALLOW], allow);
    }
    site.page(&cookie, "/console");
}

#[test]
fn the_consoles_paths() {
    for path in ["/", "/console", "/console/", "/console/style.css"] {
        assert!(Console::is_for(path), "{path}");
    }
    for path in ["/consoles", "/incident", "//console", ""] {
        assert!(!Console::is_for(path), "{path}");
    }
}
