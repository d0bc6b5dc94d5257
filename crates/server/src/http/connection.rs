//! One connection: its handshake, its requests, and what is refused before an answer is asked.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, EXPECT, HOST};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::stall::WriteDeadline;
use super::{Answer, Body, Shared, body};

/// Smallest buffer that the HTTP library takes.
const BUFFER_BYTES_MIN: usize = 8 << 10;

/// A request that is not passed on.
pub(super) struct Refused {
    pub status: StatusCode,
    pub message: String,
}

impl Refused {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }
}

/// Serves one connection to its end.
pub(super) async fn run<A: Answer>(
    shared: Arc<Shared<A>>,
    stream: TcpStream,
    peer: SocketAddr,
    watcher: Watcher,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "the connection was gone at once");
        return;
    }
    let Some(acceptor) = shared.tls.clone() else {
        return converse(shared, stream, peer, watcher).await;
    };
    let limit = Duration::from_millis(shared.limits.header_read_timeout_ms);
    match tokio::time::timeout(limit, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => converse(shared, stream, peer, watcher).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "the TLS handshake failed"),
        Err(_) => tracing::debug!(%peer, "the TLS handshake took too long"),
    }
}

async fn converse<A: Answer>(
    shared: Arc<Shared<A>>,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    watcher: Watcher,
) {
    let limits = &shared.limits;
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.header_read_timeout_ms))
        .max_header_size(limits.header_bytes_max)
        .max_buf_size(limits.header_bytes_max.max(BUFFER_BYTES_MIN))
        .keep_alive(limits.keep_alive);
    let stream = WriteDeadline::new(stream, Duration::from_millis(limits.write_timeout_ms));
    let service = service_fn(|request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(respond(&shared, request, peer).await) }
    });
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%peer, %error, "the connection ended early");
    }
}

async fn respond<A: Answer>(
    shared: &Shared<A>,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Response<Body> {
    let (parts, mut incoming) = request.into_parts();
    let read = match check_head(&parts, shared.limits.body_bytes_max) {
        Ok(()) => body::read(&mut incoming, &shared.limits, &shared.bodies).await,
        Err(refused) => Err(refused),
    };
    match read {
        Ok((bytes, held)) => {
            let response = shared.answer.answer(parts, bytes, peer).await;
            drop(held);
            response
        }
        Err(refused) => {
            // A client that asked first has sent nothing; reading would invite it to.
            if !parts.headers.contains_key(EXPECT) {
                body::discard(incoming, &shared.limits);
            }
            let mut response = shared
                .answer
                .refuse(refused.status, &refused.message, &parts);
            response
                .headers_mut()
                .insert(CONNECTION, HeaderValue::from_static("close"));
            response
        }
    }
}

fn check_head(parts: &Parts, body_bytes_max: usize) -> Result<(), Refused> {
    let bad = |message: &str| Err(Refused::new(StatusCode::BAD_REQUEST, message));
    if !parts.uri.path().starts_with('/') {
        return bad("The request target is not a path beginning with '/'.");
    }
    let mut hosts = parts.headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return bad("The request does not have exactly one Host header.");
    };
    let authority = parts
        .uri
        .authority()
        .map_or(host.as_bytes(), |a| a.as_str().as_bytes());
    if host.is_empty() || !host.as_bytes().eq_ignore_ascii_case(authority) {
        return bad("The Host header is empty, or differs from the host in the request target.");
    }
    let encodings = parts.headers.get_all(CONTENT_ENCODING).iter();
    if encodings
        .into_iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        return Err(Refused::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body has a Content-Encoding; send it as it is.",
        ));
    }
    let length = parts
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    match length.and_then(|text| text.parse::<u64>().ok()) {
        Some(length) if length > body_bytes_max as u64 => Err(body::too_large(body_bytes_max)),
        _ => Ok(()),
    }
}
