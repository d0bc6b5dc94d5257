//! A served service: finds the operation of a request, decodes its input and encodes its output.

use balefire_api::rest_json::{self, Answer, Request};
use balefire_api::route::{Router, Target};
use balefire_api::{Node, Protocol, Rejection, Service, Spec, aws_json, aws_query};
use hashbrown::HashMap;
use http::request::Parts;

use super::failure::STS;
use crate::handler::Handler;

/// A service with its routes and the operations that are answered.
pub struct Served {
    pub service: &'static Service,
    router: Router,
    pub handlers: HashMap<&'static str, Handler>,
}

/// A request as it arrived.
pub struct Arrived<'a> {
    pub parts: &'a Parts,
    pub body: &'a [u8],
}

impl Arrived<'_> {
    /// The operation that a call of awsQuery names, in its form or in its query.
    pub fn action(&self) -> Option<String> {
        let query = self.parts.uri.query().unwrap_or_default().as_bytes();
        aws_query::action(self.body).or_else(|| aws_query::action(query))
    }
}

/// The operation that a request asks for.
pub enum Routed<'a> {
    Operation(&'a Handler, Vec<(&'static str, String)>),
    /// In the model, and not answered yet.
    NotYet(&'static str),
    Unknown,
}

impl Served {
    pub fn new(service: &'static Service, handlers: &[Handler]) -> Served {
        Served {
            service,
            router: Router::new(service),
            handlers: handlers
                .iter()
                .filter(|handler| handler.spec.service == service.name)
                .map(|handler| (handler.spec.name, handler.clone()))
                .collect(),
        }
    }

    pub fn route<'s>(&'s self, request: &Arrived<'_>) -> Routed<'s> {
        let parts = request.parts;
        // A signature covers the normalised path, so only paths that are already so may be routed.
        if parts
            .uri
            .path()
            .split('/')
            .any(|segment| matches!(segment, "." | ".."))
        {
            return Routed::Unknown;
        }
        let named = |name: &str| match self.handlers.get(name) {
            Some(handler) => Routed::Operation(handler, Vec::new()),
            None => self.not_yet(name),
        };
        match self.service.protocol {
            Protocol::RestJson => {
                let query = parts.uri.query().unwrap_or_default();
                let Some(found) = self
                    .router
                    .find(parts.method.as_str(), parts.uri.path(), query)
                else {
                    return Routed::Unknown;
                };
                match found.target {
                    Target::NamedOnly(name) => Routed::NotYet(name),
                    Target::Operation(spec) => match self.handlers.get(spec.name) {
                        Some(handler) => Routed::Operation(handler, found.labels),
                        None => Routed::NotYet(spec.name),
                    },
                }
            }
            Protocol::AwsJson => {
                aws_json::target(self.service, &parts.headers).map_or(Routed::Unknown, named)
            }
            Protocol::AwsQuery => {
                let action = request.action();
                action.map_or(Routed::Unknown, |name| named(&name))
            }
        }
    }

    fn not_yet(&self, name: &str) -> Routed<'_> {
        let generated = self.service.operations.iter().map(|spec| spec.name);
        let named = self.service.named_only.iter().map(|(name, ..)| *name);
        generated
            .chain(named)
            .find(|known| *known == name)
            .map_or(Routed::Unknown, Routed::NotYet)
    }

    /// Decodes and checks the input of an operation.
    pub fn decode(
        &self,
        handler: &Handler,
        labels: Vec<(&'static str, String)>,
        request: &Arrived<'_>,
    ) -> Result<Node, Rejection> {
        let spec = handler.spec;
        let (headers, body) = (&request.parts.headers, request.body);
        match self.service.protocol {
            Protocol::RestJson => {
                let query = request.parts.uri.query().unwrap_or_default();
                let request = Request {
                    labels,
                    query,
                    headers,
                    body,
                };
                let input = rest_json::read(spec, &request)?;
                match handler.violations(&input) {
                    violations if violations.is_empty() => Ok(input),
                    violations => Err(Rejection::Validation(violations)),
                }
            }
            Protocol::AwsJson => aws_json::decode(spec, headers, body),
            // The one query operation that is answered has no parameters.
            Protocol::AwsQuery => Ok(Node::Structure(Vec::new())),
        }
    }

    /// Encodes an output.
    pub fn encode(&self, spec: &Spec, output: &Node, request_id: &str) -> Answer {
        match self.service.protocol {
            Protocol::RestJson => rest_json::encode(spec, output),
            Protocol::AwsJson => aws_json::encode(spec, output),
            Protocol::AwsQuery => aws_query::encode(spec, STS, output, request_id),
        }
    }
}
