//! The front of the server: gives each request to the AWS pipeline, to the hooks or to the console.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use balefire_api::rest_json::Answer;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};

use crate::console::Console;
use crate::context::Ids;
use crate::hooks::Hooks;
use crate::http::{Body, full};
use crate::pipeline::{Pipeline, is_query_call};
use crate::stream::{self, Changes};

/// Answers what the listener hears.
#[derive(Clone)]
pub struct Front {
    pub pipeline: Arc<Pipeline>,
    pub console: Arc<Console>,
    pub hooks: Arc<Hooks>,
    pub changes: Arc<Changes>,
    pub ids: Ids,
    /// Names besides addresses and `localhost` under which the console answers.
    pub host_names: Arc<[String]>,
}

impl crate::http::Answer for Front {
    async fn answer(&self, parts: Parts, body: Bytes, _peer: SocketAddr) -> Response<Body> {
        let request_id = self.request_id();
        // Their tokens are in the header that AWS calls have too, so the path decides.
        if Hooks::is_for(parts.uri.path()) {
            return self.hooks.answer(&parts, &body, &request_id).await;
        }
        if !is_signed(&parts) && !is_query_call(&parts, &body) {
            if parts.uri.path() == "/health" && parts.method == Method::GET {
                return self.health();
            }
            if Console::is_for(parts.uri.path()) {
                if !self.knows_host(&parts.headers) {
                    return plain(
                        StatusCode::MISDIRECTED_REQUEST,
                        "The console does not answer to this host name.\n",
                    );
                }
                return self.console.answer(&parts, &body).await;
            }
        }
        if parts.uri.path() == stream::PATH && parts.method == Method::GET {
            return match self.pipeline.signer(&parts, &body, &request_id).await {
                Ok(caller) => self.changes.answer(&caller, &parts).await,
                Err(refused) => response(refused, &request_id),
            };
        }
        let answer = self.pipeline.answer(&parts, &body, &request_id).await;
        response(answer, &request_id)
    }

    fn refuse(&self, status: StatusCode, message: &str, parts: &Parts) -> Response<Body> {
        let request_id = self.request_id();
        let answer = crate::pipeline::transport_refusal(status.as_u16(), message, parts);
        response(answer, &request_id)
    }
}

impl Front {
    /// Whether writes are taken: who watches the process restarts it where none are.
    fn health(&self) -> Response<Body> {
        match self.pipeline.store().stopped() {
            None => plain(StatusCode::OK, "ok\n"),
            Some(reason) => plain(
                StatusCode::SERVICE_UNAVAILABLE,
                format!(
                    "No writes are taken since one failed: {reason}. Check the disk, then restart.\n"
                ),
            ),
        }
    }

    fn request_id(&self) -> String {
        uuid::Builder::from_random_bytes(self.ids.bytes())
            .into_uuid()
            .to_string()
    }

    /// A page in a browser must not reach the console through a name that someone points here.
    fn knows_host(&self, headers: &HeaderMap) -> bool {
        let Some(host) = headers
            .get(http::header::HOST)
            .and_then(|value| value.to_str().ok())
        else {
            return false;
        };
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok()
            || bare.eq_ignore_ascii_case("localhost")
            || self
                .host_names
                .iter()
                .any(|known| known.eq_ignore_ascii_case(bare))
    }
}

/// Whether a request means to be an AWS call.
fn is_signed(parts: &Parts) -> bool {
    let headers = &parts.headers;
    headers.contains_key(http::header::AUTHORIZATION)
        || headers.contains_key("x-amz-target")
        || headers.contains_key("x-amz-date")
        || parts
            .uri
            .query()
            .is_some_and(|query| query.contains("X-Amz-"))
}

fn plain(status: StatusCode, text: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(full(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain"),
    );
    response
}

fn response(answer: Answer, request_id: &str) -> Response<Body> {
    let mut response = Response::new(full(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in &answer.headers {
        // A value that no header may carry is left out: only texts of clients could be such.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    if let Ok(value) = HeaderValue::try_from(request_id) {
        headers.insert("x-amzn-requestid", value);
    }
    response
}
