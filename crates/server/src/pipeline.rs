//! The path of every AWS request, step by step, in this one file.

mod failure;
pub mod idempotency;
mod in_order;
mod outcome;
pub mod page_token;
mod served;
mod throttle;
mod work;

use std::sync::Arc;

use balefire_api::rest_json::Answer;
use balefire_api::{Node, Operation, Protocol, Service, Typed, json};
use balefire_store::Store;
use http::request::Parts;

use crate::access::Access;
use crate::context::{Caller, Clock, Ids};
use crate::failure::Failure;
use crate::handler::{Form, Handler};
use crate::settings::{Limits, Settings};
use crate::signature::{self, KeyCache, Refusal};
use failure::Refused;
use governor::clock::MonotonicClock;
use served::{Arrived, Routed, Served};
use throttle::Throttle;
use work::Work;

/// Everything that answers AWS requests.
pub struct Pipeline {
    store: Store,
    access: Access,
    signing_keys: KeyCache,
    page_secret: [u8; 32],
    clock: Clock,
    ids: Ids,
    settings: Settings,
    /// Only where the limits of AWS hold.
    throttle: Option<Throttle>,
    services: Vec<Served>,
}

impl Pipeline {
    pub fn new(
        store: Store,
        access: Access,
        page_secret: [u8; 32],
        clock: Clock,
        ids: Ids,
        settings: Settings,
        handlers: Vec<Handler>,
    ) -> Pipeline {
        let all = balefire_api::generated::SERVICES
            .iter()
            .copied()
            .chain([&balefire_api::own::SERVICE]);
        let services = all.map(|service| Served::new(service, &handlers)).collect();
        Pipeline {
            store,
            access,
            signing_keys: KeyCache::default(),
            page_secret,
            clock,
            ids,
            throttle: (settings.limits == Limits::Aws).then(|| Throttle::new(&MonotonicClock)),
            settings,
            services,
        }
    }

    /// Answers one request.
    pub async fn answer(&self, parts: &Parts, body: &[u8], request_id: &str) -> Answer {
        let request = Arrived { parts, body };
        // The scope says which service is meant: paths alone do not.
        let claim = match signature::claim(parts) {
            Ok(claim) => claim,
            Err(refusal) => return self.unclaimed(&refusal, &request, request_id),
        };
        let Some(served) = self
            .services
            .iter()
            .find(|s| s.service.name == claim.scope.service)
        else {
            let message = format!("No service here signs as '{}'.", claim.scope.service);
            return refused(None, request_id).plain("InvalidSignatureException", 403, &message);
        };
        let caller = match self.caller(&claim, &request).await {
            Ok(Ok(caller)) => caller,
            Ok(Err(refusal)) => {
                let refused = refused(Some(served.service), request_id);
                return refused.plain(refusal.code, refusal.status, &refusal.message);
            }
            Err(failure) => return refused(Some(served.service), request_id).failure(&failure),
        };
        let (handler, labels) = match served.route(&request) {
            Routed::Operation(handler, labels) => (handler, labels),
            Routed::NotYet(name) => return not_yet(served.service, name, request_id),
            Routed::Unknown => return unknown(served.service, parts, request_id),
        };
        let refused = Refused {
            service: served.service,
            spec: Some(handler.spec),
            request_id,
        };
        if let Some(throttle) = &self.throttle
            && let Err(failure) = throttle.admit(&caller.account, handler.spec)
        {
            return refused.failure(&failure);
        }
        let input = match served.decode(handler, labels, &request) {
            Ok(input) => input,
            Err(rejection) => return refused.rejection(rejection),
        };
        match self.run(handler, caller, &claim.scope.region, input).await {
            Ok(output) => served.encode(handler.spec, &output, request_id),
            Err(failure) => refused.failure(&failure),
        }
    }

    /// Refuses a request without a claim. What STS is asked by a form names no service, and its clients read
    /// XML alone.
    fn unclaimed(&self, refusal: &Refusal, request: &Arrived<'_>, request_id: &str) -> Answer {
        let mut all = self.services.iter();
        let sts = all.find(|served| served.service.protocol == Protocol::AwsQuery);
        let (Some(sts), true) = (sts, is_query_call(request.parts, request.body)) else {
            return unsigned(refusal, request_id);
        };
        let refused = refused(Some(sts.service), request_id);
        if !refusal.is_missing() {
            return refused.plain(refusal.code, refusal.status, &refusal.message);
        }
        match sts.route(request) {
            Routed::NotYet(name) if NEVER_SIGNED.contains(&name) => {
                not_yet(sts.service, name, request_id)
            }
            // As AWS calls it where answers are XML.
            _ => refused.plain(
                "MissingAuthenticationToken",
                refusal.status,
                &refusal.message,
            ),
        }
    }

    /// Who signed a request that is no operation's, for whatever service; or the refusal to send.
    pub async fn signer(
        &self,
        parts: &Parts,
        body: &[u8],
        request_id: &str,
    ) -> Result<Arc<Caller>, Answer> {
        let refuse = |refusal: Refusal| unsigned(&refusal, request_id);
        let claim = signature::claim(parts).map_err(refuse)?;
        match self.caller(&claim, &Arrived { parts, body }).await {
            Ok(caller) => caller.map_err(refuse),
            Err(failure) => Err(refused(None, request_id).failure(&failure)),
        }
    }

    /// Verifies the signature. An unknown key takes the same work as a wrong secret.
    async fn caller(
        &self,
        claim: &signature::Claim,
        request: &Arrived<'_>,
    ) -> Result<Result<Arc<Caller>, Refusal>, Failure> {
        let holder = self
            .access
            .holder(&self.store, &claim.access_key_id)
            .await?;
        let secret = holder.as_ref().map(|holder| &*holder.secret);
        let body = signature::body_sha256(request.body);
        let now_ms = self.clock.now().0;
        let verified = signature::verify(
            claim,
            request.parts,
            body,
            secret,
            now_ms,
            &self.signing_keys,
        );
        Ok(verified.and_then(|()| match holder {
            // No key here is temporary, so a token is of some other place.
            Some(_) if claim.session_token.is_some() => Err(Refusal {
                code: "UnrecognizedClientException",
                status: 403,
                message:
                    "The security token of the request is not known here. Send none: keys of this \
                          server have no session token."
                        .into(),
            }),
            Some(holder) => Ok(holder.caller),
            None => unreachable!("a signature is never verified without a secret"),
        }))
    }

    /// Runs the operation in a transaction; a write is answered after its commit.
    pub async fn run(
        &self,
        handler: &Handler,
        caller: Arc<Caller>,
        region: &str,
        input: Node,
    ) -> Result<Node, Failure> {
        let spec = handler.spec;
        let page = page_token::page(&self.page_secret, &caller.account, region, spec, &input)?;
        let account = handler.account(&caller.account, &input).to_owned();
        let work = Work {
            handler: handler.clone(),
            caller,
            region: region.to_owned(),
            now: self.clock.now(),
            ids: self.ids.clone(),
            settings: self.settings.clone(),
            page,
        };
        match handler.form() {
            Form::Whole(run) if spec.reads => work.read(&self.store, run, input).await,
            Form::Whole(run) => work.write(&self.store, &account, run, input).await,
            Form::Prepared(look) => {
                let prepared = work.prepare(&self.store, look, input).await?;
                work.write_prepared(&self.store, &account, prepared).await
            }
        }
    }

    /// Calls an operation from inside the process, as the console, the hooks and the command line do, after
    /// the checks that a request of the wire passes.
    pub async fn call<O: Operation>(
        &self,
        caller: Arc<Caller>,
        region: &str,
        input: O::Input,
    ) -> Result<O::Output, Failure> {
        let spec = O::spec();
        let handler = self
            .handler(spec.service, spec.name)
            .ok_or_else(|| Failure::Internal(format!("{} has no handler", spec.name)))?;
        let input = input.into_node();
        let violations = handler.violations(&input);
        if !violations.is_empty() {
            return Err(Failure::Invalid(violations));
        }
        let output = self.run(handler, caller, region, input).await?;
        let Some(structure) = spec.output else {
            return Ok(O::Output::from_node(output)?);
        };
        // An output may hold wire form that only its bytes can be read from.
        let mut body = Vec::new();
        json::write_members(structure, &output, &mut body);
        let read = json::read(structure, &body);
        let read = read.map_err(|rejection| Failure::Internal(rejection.message()))?;
        Ok(O::Output::from_node(read)?)
    }

    /// The handler of an operation that is answered.
    pub fn handler(&self, service: &str, operation: &str) -> Option<&Handler> {
        self.services
            .iter()
            .find(|served| served.service.name == service)?
            .handlers
            .get(operation)
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn access(&self) -> &Access {
        &self.access
    }
}

/// Operations whose callers have no key yet.
const NEVER_SIGNED: [&str; 2] = ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"];

/// Whether a request is a call of awsQuery, signed or not. JSON may hold what looks like a form.
pub fn is_query_call(parts: &Parts, body: &[u8]) -> bool {
    parts.uri.path() == "/"
        && !parts.headers.contains_key("x-amz-target")
        && Arrived { parts, body }.action().is_some()
}

/// A stand-in where the request names no service that is known.
static NO_SERVICE: Service = Service {
    name: "",
    protocol: Protocol::RestJson,
    target_prefix: "",
    operations: &[],
    named_only: &[],
};

fn refused<'a>(service: Option<&'a Service>, request_id: &'a str) -> Refused<'a> {
    Refused {
        service: service.unwrap_or(&NO_SERVICE),
        spec: None,
        request_id,
    }
}

fn unsigned(refusal: &Refusal, request_id: &str) -> Answer {
    refused(None, request_id).plain(refusal.code, refusal.status, &refusal.message)
}

fn not_yet(service: &Service, name: &str, request_id: &str) -> Answer {
    let message = format!(
        "{}:{name} is not answered by this version of Balefire.",
        service.name
    );
    refused(Some(service), request_id).plain("NotImplementedException", 501, &message)
}

fn unknown(service: &Service, parts: &Parts, request_id: &str) -> Answer {
    let message = format!(
        "{} has no operation at {} {}.",
        service.name,
        parts.method,
        parts.uri.path()
    );
    refused(Some(service), request_id).plain("UnknownOperationException", 404, &message)
}

/// Words a refusal of the transport, such as a body that is too large, as the service's JSON.
pub fn transport_refusal(status: u16, message: &str, parts: &Parts) -> Answer {
    let name = match status {
        408 => "RequestTimeoutException",
        413 => "RequestEntityTooLargeException",
        415 => "UnsupportedMediaTypeException",
        503 => "ServiceUnavailable",
        _ => "MalformedHttpRequestException",
    };
    let claimed = signature::claim(parts).ok();
    let mut all = balefire_api::generated::SERVICES.iter().copied();
    let service = claimed.and_then(|claim| all.find(|service| service.name == claim.scope.service));
    refused(service, "").plain(name, status, message)
}
