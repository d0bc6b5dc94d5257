//! Incoming webhooks: what other systems post to `/hooks/NAME` becomes calls of operations.

mod action;
mod alertmanager;
mod credentials;
mod deployment;
mod findings;
mod generic;
mod items;
mod reply;
mod section;
#[cfg(test)]
mod tests;

pub use section::Section;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use http::request::Parts;
use http::{Method, Response};

use crate::context::{Caller, Clock};
use crate::failure::Failure;
use crate::http::Body;
use crate::pipeline::Pipeline;
use action::Action;
use credentials::{Credentials, Refused};
use reply::Reply;
use section::Kind;

const PATH: &str = "/hooks/";

/// Answers those who post.
pub struct Hooks {
    pipeline: Arc<Pipeline>,
    clock: Clock,
    by_name: BTreeMap<String, Hook>,
    /// Nothing opens these: an unknown hook takes the same work as a wrong token.
    nobody: Credentials,
}

/// One way in.
pub struct Hook {
    name: String,
    kind: Kind,
    /// In whose name operations are called.
    caller: Arc<Caller>,
    region: String,
    /// The ARN of the response plan; empty where no incident is opened.
    plan: String,
    /// Whether an incident is resolved when its cause is over.
    auto_resolve: bool,
    credentials: Credentials,
}

impl Hooks {
    /// `administrator` is the account of hooks that name none. Blocks while it looks accounts up.
    pub fn new(
        pipeline: Arc<Pipeline>,
        clock: Clock,
        administrator: &str,
        sections: &BTreeMap<String, Section>,
    ) -> Result<Hooks> {
        let mut by_name = BTreeMap::new();
        for (name, section) in sections {
            let hook = section.open(name, pipeline.store(), administrator);
            let hook = hook.with_context(|| format!("[hooks.{name}]"))?;
            by_name.insert(name.clone(), hook);
        }
        Ok(Hooks {
            pipeline,
            clock,
            by_name,
            nobody: Credentials::new(None, None)?,
        })
    }

    /// Whether a path is a hook's, of those that are known or not.
    pub fn is_for(path: &str) -> bool {
        path.starts_with(PATH)
    }

    /// Answers one request after all that it causes is committed.
    pub async fn answer(&self, parts: &Parts, body: &[u8], request_id: &str) -> Response<Body> {
        let reply = match self.take(parts, body).await {
            Ok(reply) => reply,
            Err(failure) => Reply::failure(&failure, request_id),
        };
        if reply.is_refusal() {
            tracing::warn!(
                request = request_id,
                path = parts.uri.path(),
                "a webhook was refused: {}",
                reply.text()
            );
        }
        reply.into_response(request_id)
    }

    async fn take(&self, parts: &Parts, body: &[u8]) -> Result<Reply, Failure> {
        if parts.method != Method::POST {
            return Ok(Reply::not_allowed());
        }
        let name = parts.uri.path().strip_prefix(PATH).unwrap_or_default();
        let hook = self.by_name.get(name);
        let credentials = hook.map_or(&self.nobody, |hook| &hook.credentials);
        let verified = credentials.verify(&parts.headers, body, self.clock.now());
        let (hook, message_id) = match (hook, verified) {
            (Some(hook), Ok(message_id)) => (hook, message_id),
            (_, Err(refused)) => return Ok(Reply::unauthorized(&refused)),
            (None, Ok(_)) => return Ok(Reply::unauthorized(&Refused::Unknown)),
        };
        if hook.kind == Kind::Findings {
            let (query, now) = (parts.uri.query(), self.clock.now());
            return findings::take(&self.pipeline, hook, query, body, now).await;
        }
        match hook.read(body) {
            Ok(action) => action.perform(&self.pipeline, hook, message_id).await,
            Err(wrong) => Ok(Reply::malformed(&wrong)),
        }
    }
}

impl Hook {
    /// What a message asks for, or what is wrong with it.
    fn read(&self, body: &[u8]) -> Result<Action, String> {
        match self.kind {
            Kind::Alertmanager => alertmanager::read(self, body),
            Kind::Generic => generic::read(self, body),
            Kind::Deployment => deployment::read(self, body),
            Kind::Findings => Err("Reports ask for no action.".into()),
        }
    }
}
