//! What operations whose input is in the URI alone take for an empty body.

use std::iter;

use balefire_api::generated::SERVICES;
use balefire_api::rest_json::{Request, read};
use balefire_api::shape::Structure;
use balefire_api::{Protocol, Rejection, Spec};
use http::{HeaderMap, HeaderValue};

fn bodiless() -> impl Iterator<Item = &'static Spec> {
    let services = SERVICES
        .iter()
        .filter(|service| service.protocol == Protocol::RestJson);
    let operations = services.flat_map(|service| service.operations.iter());
    operations.copied().filter(|spec| {
        let takes = |input: &Structure| input.has_body() || input.payload().is_some();
        !spec.input.is_some_and(takes)
    })
}

/// Whether an operation has nothing against the body and its type.
fn is_taken(spec: &Spec, media_type: Option<&str>, body: &[u8]) -> bool {
    let types = media_type.map(|text| HeaderValue::from_str(text).expect("a header's value"));
    let headers: HeaderMap = iter::repeat(http::header::CONTENT_TYPE)
        .zip(types)
        .collect();
    let request = Request {
        labels: Vec::new(),
        query: "",
        headers: &headers,
        body,
    };
    !matches!(
        read(spec, &request),
        Err(Rejection::UnsupportedMediaType(_))
    )
}

#[test]
fn an_empty_object_is_as_good_as_no_body() {
    let mut count = 0;
    for spec in bodiless() {
        for (media_type, body, taken) in [
            (None, "", true),
            (Some("application/json"), "", true),
            (None, "{}", true),
            (Some("application/json"), "{}", true),
            (Some("application/json; charset=utf-8"), "{}", true),
            (Some("text/plain"), "{}", false),
        ] {
            let is_taken = is_taken(spec, media_type, body.as_bytes());
            assert_eq!(is_taken, taken, "{} {media_type:?} {body:?}", spec.name);
        }
        count += 1;
    }
    assert!(count > 40, "{count} operations have no body");
}

#[test]
fn another_body_is_refused_where_none_is_read() {
    for spec in bodiless().filter(|spec| !spec.input.is_none_or(|input| input.members.is_empty())) {
        for body in [r#"{"a": 1}"#, "{", "[]", " "] {
            assert!(
                !is_taken(spec, Some("application/json"), body.as_bytes()),
                "{}",
                spec.name
            );
        }
    }
}
