//! Answers to browsers, each with the headers that keep a page to itself.

use std::sync::LazyLock;

use askama::Template;
use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::hex;
use crate::http::{Body, full};

static STYLE: &str = include_str!("../../templates/console/style.css");

/// Where the style sheet of this version is: its content is part of the address.
pub static STYLE_HREF: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest(STYLE);
    format!("/console/style.css?v={}", hex::digits(&digest[..6]))
});

/// Nothing runs, nothing is loaded but our style sheet, nothing is sent but to us.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// An answer on its way.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Reply {
    pub fn page(status: StatusCode, page: &impl Template) -> Result<Reply, Failure> {
        let html = page
            .render()
            .map_err(|error| Failure::Internal(format!("a page could not be written: {error}")))?;
        Ok(Reply::new(status, "text/html; charset=utf-8", html.into()))
    }

    /// To a path of the console, by GET.
    pub fn redirect(to: &str) -> Reply {
        let reply = Reply::new(
            StatusCode::SEE_OTHER,
            "text/plain; charset=utf-8",
            Bytes::new(),
        );
        reply.with(LOCATION, to)
    }

    pub fn style() -> Reply {
        let body = Bytes::from_static(STYLE.as_bytes());
        let reply = Reply::new(StatusCode::OK, "text/css; charset=utf-8", body);
        reply.with(CACHE_CONTROL, "public, max-age=31536000, immutable")
    }

    /// A refusal that no page is needed for.
    pub fn plain(status: StatusCode, text: &'static str) -> Reply {
        let body = Bytes::from_static(text.as_bytes());
        Reply::new(status, "text/plain; charset=utf-8", body)
    }

    pub fn not_allowed(allow: &'static str) -> Reply {
        let text = "The console's pages are read with GET; only signing in and out is a POST.\n";
        Reply::plain(StatusCode::METHOD_NOT_ALLOWED, text).with(ALLOW, allow)
    }

    pub fn with_cookie(self, cookie: &str) -> Reply {
        self.with(SET_COOKIE, cookie)
    }

    fn new(status: StatusCode, content_type: &'static str, body: Bytes) -> Reply {
        let content_type = HeaderValue::from_static(content_type);
        Reply {
            status,
            headers: vec![(CONTENT_TYPE, content_type)],
            body,
        }
    }

    /// A value that no header can carry is left out.
    fn with(mut self, name: HeaderName, value: &str) -> Reply {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    pub fn into_response(self) -> Response<Body> {
        let mut response = Response::new(full(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let common = [
            (CACHE_CONTROL, "no-store"),
            (CONTENT_SECURITY_POLICY, POLICY),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // Other sites learn nothing. Ours keeps the Origin of its forms, which `no-referrer`
            // would blank and which tells our own POST from another site's.
            (REFERRER_POLICY, "same-origin"),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                "same-origin",
            ),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                "same-origin",
            ),
        ];
        for (name, value) in common {
            headers.insert(name, HeaderValue::from_static(value));
        }
        for (name, value) in self.headers {
            if name == SET_COOKIE {
                headers.append(name, value);
            } else {
                headers.insert(name, value);
            }
        }
        response
    }
}
