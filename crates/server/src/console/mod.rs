//! The console: server-rendered pages over the same operations.

mod attempts;
mod choice;
mod document;
mod failure_page;
mod finding;
mod findings;
mod form;
mod incident;
mod incidents;
mod moment;
mod overview;
mod plot;
mod prose;
mod reply;
mod session;
mod severity;
mod sign_in;
mod tally;
#[cfg(test)]
mod tests;
mod timeline;
mod visit;
mod vulnerabilities;
mod vulnerability;

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};

use crate::access::Holder;
use crate::context::{Caller, Clock};
use crate::failure::Failure;
use crate::http::Body;
use crate::pipeline::Pipeline;
use attempts::Attempts;
use form::{Form, href};
use reply::Reply;
use session::{Purpose, Sessions};
use visit::{Visit, is_region};

/// Remembers the region of a browser.
const REGION_COOKIE: &str = "balefire-region";
const REGION_COOKIE_LASTS_S: i64 = 365 * 24 * 60 * 60;

/// Answers browsers.
pub struct Console {
    pipeline: Arc<Pipeline>,
    clock: Clock,
    sessions: Sessions,
    attempts: Attempts,
    secure_cookies: bool,
}

impl Console {
    /// `session_secret` seals sessions and links: with a new one all are void. `secure_cookies` is for
    /// servers that are reached by TLS.
    pub fn new(
        pipeline: Arc<Pipeline>,
        clock: Clock,
        session_secret: [u8; 32],
        secure_cookies: bool,
    ) -> Console {
        Console {
            sessions: Sessions::new(session_secret, pipeline.store().clone()),
            pipeline,
            clock,
            attempts: Attempts::default(),
            secure_cookies,
        }
    }

    /// Whether a path is the console's. Signed requests to `/` are the services', so what is signed is
    /// to be told apart before.
    pub fn is_for(path: &str) -> bool {
        path == "/" || path == "/console" || path.starts_with("/console/")
    }

    /// Answers one request. The host was checked by the caller.
    pub async fn answer(&self, parts: &Parts, body: &Bytes) -> Response<Body> {
        let answered = self.route(parts, body).await;
        let reply = answered.unwrap_or_else(|failure| failure_page::apart(&failure));
        reply.into_response()
    }

    /// A link that signs in once, within five minutes, whoever opens it. The caller's user id must be an
    /// active access key's id: a session ends with its key.
    pub fn sign_in_link(&self, base_url: &str, caller: &Caller) -> String {
        let token = self.sessions.seal(Purpose::Link, caller, self.clock.now());
        let path = href(sign_in::PATH, &[("link", &token)]);
        format!("{}{path}", base_url.trim_end_matches('/'))
    }

    async fn route(&self, parts: &Parts, body: &[u8]) -> Result<Reply, Failure> {
        let path = parts.uri.path();
        let reads = parts.method == Method::GET || parts.method == Method::HEAD;
        let posts = parts.method == Method::POST;
        match path {
            sign_in::PATH if reads => return self.show_sign_in(parts).await,
            sign_in::PATH if posts => return self.sign_in(parts, body).await,
            sign_in::PATH => return Ok(Reply::not_allowed("GET, HEAD, POST")),
            "/console/sign-out" if posts => return self.sign_out(parts, body).await,
            "/console/sign-out" => return Ok(Reply::not_allowed("POST")),
            _ if !reads => return Ok(Reply::not_allowed("GET, HEAD")),
            "/" | "/console/" => return Ok(Reply::redirect("/console")),
            "/console/style.css" => return Ok(Reply::style()),
            _ => {}
        }
        let Some(caller) = self.signed_in(parts).await? else {
            return Ok(sign_in::ask_to_sign_in(parts));
        };
        let query = Form::read(parts.uri.query().unwrap_or_default());
        let asked = query.get("region").filter(|region| is_region(region));
        let asked = asked.map(str::to_owned);
        let kept = sign_in::cookie(parts, REGION_COOKIE).filter(|region| is_region(region));
        let chosen = asked.clone().or(kept.map(str::to_owned));
        let now = self.clock.now();
        let visit = Visit::begin(&self.pipeline, caller, chosen, now, query).await?;
        let page = match path {
            "/console" => overview::overview(&visit).await,
            "/console/incidents" => incidents::incidents(&visit).await,
            "/console/incident" => incident::incident(&visit).await,
            "/console/findings" => findings::findings(&visit).await,
            "/console/finding" => finding::finding(&visit).await,
            "/console/vulnerabilities" => vulnerabilities::vulnerabilities(&visit).await,
            "/console/vulnerability" => vulnerability::vulnerability(&visit).await,
            _ => failure_page::no_such_page(&visit),
        };
        let reply = match page {
            Ok(reply) => reply,
            Err(failure) => failure_page::inside(&visit, &failure)?,
        };
        Ok(match asked {
            Some(region) => {
                let cookie = self.cookie(REGION_COOKIE, &region, REGION_COOKIE_LASTS_S);
                reply.with_cookie(&cookie)
            }
            None => reply,
        })
    }

    async fn holder(&self, access_key_id: &str) -> Result<Option<Holder>, Failure> {
        let access = self.pipeline.access();
        access.holder(self.pipeline.store(), access_key_id).await
    }
}
