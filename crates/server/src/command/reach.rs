//! How a command reaches the data: through a server like any AWS client, or the store itself.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use balefire_api::{Operation, Spec, Typed, json};
use bytes::Bytes;
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::open::{Opened, readable};
use super::profile::Profile;
use super::{StoreOptions, WayOptions};
use crate::context::{Caller, Clock, Ids};
use crate::failure::Failure;
use crate::https;
use crate::signature::{self, Credentials};

/// An answer longer than this is no answer of ours.
const ANSWER_BYTES_MAX: usize = 64 << 20;
/// How often a call is made that the server has no time for, and how long the first wait is at most;
/// each is twice the one before.
const TRIES_MAX: u32 = 7;
const WAIT: Duration = Duration::from_millis(200);

/// The way to the data.
pub struct Reach {
    region: String,
    way: Way,
}

enum Way {
    Server(Box<Remote>),
    Store(Box<Opened>, Arc<Caller>),
}

struct Remote {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    endpoint: String,
    credentials: Credentials,
    clock: Clock,
    ids: Ids,
}

/// What a call asks for does not go together with what is there.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Conflict(String);

impl Reach {
    /// For a command that works on what is there.
    pub async fn open(options: &WayOptions) -> Result<Reach> {
        Reach::by(options, Opened::open).await
    }

    /// For a command that brings something in, be it into a new store.
    pub async fn open_to_fill(options: &WayOptions) -> Result<Reach> {
        Reach::by(options, Opened::open_to_fill).await
    }

    async fn by(options: &WayOptions, open: fn(&StoreOptions) -> Result<Opened>) -> Result<Reach> {
        let profile = Profile::read();
        let region = options.region.clone().or_else(|| profile.region());
        let region = region.unwrap_or_else(|| "us-east-1".into());
        if options.data.is_some() || options.database.is_some() {
            let data = options
                .data
                .clone()
                .unwrap_or_else(|| "./balefire-data".into());
            let store = StoreOptions {
                data,
                database: options.database.clone(),
            };
            let open = move || {
                let opened = open(&store)?;
                let administrator = opened.administrator()?;
                anyhow::Ok((opened, administrator))
            };
            let (opened, administrator) = tokio::task::spawn_blocking(open).await??;
            return Ok(Reach {
                region,
                way: Way::Store(Box::new(opened), administrator),
            });
        }
        profile.check()?;
        let endpoint = options.endpoint_url.clone().or_else(|| profile.endpoint());
        let Some(endpoint) = endpoint else {
            bail!(
                "no server is named: set AWS_ENDPOINT_URL or give --endpoint-url, or --data for the store itself"
            );
        };
        let Some(credentials) = profile.credentials() else {
            bail!(
                "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"
            );
        };
        let remote = Remote {
            client: Client::builder(TokioExecutor::new()).build(https::connector()?),
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            credentials,
            clock: Clock::system(),
            ids: Ids::random(),
        };
        Ok(Reach {
            region,
            way: Way::Server(Box::new(remote)),
        })
    }

    /// Calls an operation.
    pub async fn call<O: Operation>(&self, input: O::Input) -> Result<O::Output> {
        match &self.way {
            Way::Store(opened, caller) => {
                let called = opened
                    .pipeline
                    .call::<O>(caller.clone(), &self.region, input)
                    .await;
                called.map_err(|failure| match failure {
                    Failure::Conflict { message, .. } => Conflict(message).into(),
                    other => readable(other),
                })
            }
            Way::Server(remote) => remote.call::<O>(&self.region, input).await,
        }
    }
}

impl Remote {
    async fn call<O: Operation>(&self, region: &str, input: O::Input) -> Result<O::Output> {
        let spec = O::spec();
        let mut body = Vec::new();
        if let Some(structure) = spec.input {
            json::write_members(structure, &input.into_node(), &mut body);
        }
        let body = Bytes::from(body);
        let mut tries = 1;
        let (status, answer) = loop {
            let (status, answer) = self.send(region, spec, body.clone()).await?;
            // Neither was begun, so it may be made again.
            let is_busy = [
                StatusCode::TOO_MANY_REQUESTS,
                StatusCode::SERVICE_UNAVAILABLE,
            ];
            if tries == TRIES_MAX || !is_busy.contains(&status) {
                break (status, answer);
            }
            tokio::time::sleep(wait_after(tries, self.ids.bytes())).await;
            tries += 1;
        };
        if !status.is_success() {
            let said = format!("{} answered {status}: {}", self.endpoint, message(&answer));
            return Err(match status {
                StatusCode::CONFLICT => Conflict(said).into(),
                _ => anyhow::Error::msg(said),
            });
        }
        let Some(structure) = spec.output else {
            return O::Output::from_node(balefire_api::Node::Structure(Vec::new()))
                .map_err(mismatch);
        };
        let node = json::read(structure, &answer)
            .map_err(|rejection| anyhow::anyhow!(rejection.message()))?;
        O::Output::from_node(node).map_err(mismatch)
    }

    /// Makes a call once; gives the status and what was answered.
    async fn send(&self, region: &str, spec: &Spec, body: Bytes) -> Result<(StatusCode, Bytes)> {
        let uri: Uri = format!("{}{}", self.endpoint, spec.uri)
            .parse()
            .with_context(|| format!("{} is no URL", self.endpoint))?;
        let mut request = Request::builder()
            .method(spec.method)
            .uri(uri)
            .header("content-type", "application/json")
            .body(Full::new(body.clone()))?;
        let now_ms = self.clock.now().0;
        signature::sign(
            &mut request,
            &body,
            &self.credentials,
            region,
            spec.service,
            now_ms,
        )?;
        let response = self
            .client
            .request(request)
            .await
            .with_context(|| format!("calling {}", self.endpoint))?;
        let status = response.status();
        let answer = Limited::new(response.into_body(), ANSWER_BYTES_MAX)
            .collect()
            .await;
        let answer = answer.map_err(|error| anyhow::anyhow!("reading the answer: {error}"))?;
        Ok((status, answer.to_bytes()))
    }
}

/// At least half of the wait, so that many who were refused at once do not all come back at once.
fn wait_after(tries: u32, random: [u8; 16]) -> Duration {
    let most = WAIT * 2_u32.pow(tries - 1);
    let share = f64::from(random[0]) / 255.0;
    most.mul_f64(0.5 + share / 2.0)
}

fn mismatch(mismatch: balefire_api::Mismatch) -> anyhow::Error {
    anyhow::anyhow!(
        "the answer does not have the form of its type: {}",
        mismatch.0
    )
}

fn message(answer: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
    let text = value
        .get("message")
        .or_else(|| value.get("Message"))
        .and_then(|text| text.as_str());
    text.map_or_else(
        || String::from_utf8_lossy(answer).into_owned(),
        str::to_owned,
    )
}

#[cfg(test)]
mod tests;
