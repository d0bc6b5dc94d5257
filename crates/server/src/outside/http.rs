//! HTTP to other systems: bounded in time and size, never redirected, never into the inner network unasked.

pub(super) mod address;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use ipnet::IpNet;
use serde::Deserialize;

use super::Fault;
use address::{Guard, GuardedResolver};

/// Who calls.
pub const USER_AGENT: &str = concat!("balefire/", env!("CARGO_PKG_VERSION"));
/// From the first byte out to the last byte in.
const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// An answer's body beyond this is not read.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// How much of a refusal's text goes into the reason.
const REASON_CHARS_MAX: usize = 300;

/// `[outside]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Section {
    /// Networks that may be reached though they are not public: `10.1.0.0/16`, `::1/128`.
    pub allow: Vec<IpNet>,
    /// Authorities to trust besides the public ones, as PEM.
    pub ca_bundle: Option<PathBuf>,
}

/// A client of other systems.
pub struct Http {
    client: Client<HttpsConnector<HttpConnector<GuardedResolver>>, Full<Bytes>>,
    guard: Guard,
    timeout: Duration,
}

impl Http {
    pub fn new(section: &Section) -> Result<Http> {
        let guard = Guard::allowing(section.allow.clone());
        let mut http = HttpConnector::new_with_resolver(GuardedResolver::new(guard.clone()));
        http.enforce_http(false);
        http.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(crate::https::trust(section.ca_bundle.as_deref())?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        Ok(Http {
            client: Client::builder(TokioExecutor::new()).build(connector),
            guard,
            timeout: TIMEOUT,
        })
    }

    /// The same client with another patience.
    pub fn within(self, timeout: Duration) -> Http {
        Http { timeout, ..self }
    }

    /// Sends a request; any answer but a 2xx is a fault. A redirect is one too: where it leads was
    /// not what the operator set.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Fault> {
        let host = host(&request);
        judged(self.ask(request, &[]).await?, &host)
    }

    /// Sends a request and takes any answer, for those that know what its refusals mean. The secrets
    /// that were sent are taken out of what came back, since that is told to people.
    pub async fn ask(
        &self,
        request: Request<Full<Bytes>>,
        secrets: &[&str],
    ) -> Result<Response<Bytes>, Fault> {
        let host = host(&request);
        // The connector asks its resolver for names only, so addresses are checked here.
        if let Some(literal) = address::literal(request.uri())
            && !self.guard.permits(literal)
        {
            return Err(Fault::lasting(address::refused(&host, literal)));
        }
        match tokio::time::timeout(self.timeout, self.exchange(request)).await {
            Ok(Ok(response)) => Ok(without(secrets, response)),
            Ok(Err(error)) => Err(unreachable(&host, &*error)),
            Err(_) => Err(Fault::passing(format!(
                "{host} did not answer within {} s",
                self.timeout.as_secs_f32()
            ))),
        }
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, Box<dyn std::error::Error + Send + Sync>> {
        let response = self.client.request(request).await?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}

/// The answer with each secret replaced in its body and in the place it redirects to.
fn without(secrets: &[&str], response: Response<Bytes>) -> Response<Bytes> {
    let (mut parts, mut body) = response.into_parts();
    for secret in secrets {
        let text = String::from_utf8_lossy(&body);
        if text.contains(secret) {
            body = Bytes::from(text.replace(secret, "[secret]"));
        }
        let to = parts.headers.get(http::header::LOCATION);
        if to.is_some_and(|to| String::from_utf8_lossy(to.as_bytes()).contains(secret)) {
            parts.headers.remove(http::header::LOCATION);
        }
    }
    Response::from_parts(parts, body)
}

/// The host and port that a request goes to.
pub fn host<B>(request: &Request<B>) -> String {
    let host = request.uri().authority().map(ToString::to_string);
    host.unwrap_or_default()
}

/// Tells an answer from a refusal, and one that may pass from one that lasts.
pub fn judged(response: Response<Bytes>, host: &str) -> Result<Response<Bytes>, Fault> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    if status.is_redirection() {
        let to = response.headers().get(http::header::LOCATION);
        let to = to
            .and_then(|value| value.to_str().ok())
            .unwrap_or("nowhere");
        return Err(Fault::lasting(format!(
            "{host} answered {status} to {to}: redirects are not followed, set the final URL"
        )));
    }
    let said = String::from_utf8_lossy(response.body());
    let said: String = said.trim().chars().take(REASON_CHARS_MAX).collect();
    let reason = format!("{host} answered {status}: {said}");
    // 408, 425 and 429 ask for patience; the other 4xx say that the request itself is wrong.
    let patience = matches!(status.as_u16(), 408 | 425 | 429);
    if status.is_client_error() && !patience {
        return Err(Fault::lasting(reason));
    }
    Err(Fault::passing(reason))
}

/// The innermost cause says most.
fn unreachable(host: &str, error: &(dyn std::error::Error + 'static)) -> Fault {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Fault {
        reason: format!("{host} cannot be reached: {cause}"),
        lasting: cause.is::<address::Refused>(),
    }
}

#[cfg(test)]
mod tests;
