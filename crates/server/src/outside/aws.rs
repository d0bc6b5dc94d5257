//! Calls to AWS, or to what speaks as it does: signed with the key that a section names.

use anyhow::Result;
use balefire_api::Timestamp;
use bytes::Bytes;
use http::request::Builder;
use http::{Request, Response};
use http_body_util::Full;

use super::Fault;
use super::http::{self as client, Http, USER_AGENT};
use crate::configuration::{SecretSource, Source};
use crate::signature::{Credentials, Secret, sign};

/// Errors besides throttling that another attempt may not meet, though some are told as wrong requests.
const PASSING: &[&str] = &[
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "AutomationExecutionLimitExceededException",
    "InternalFailure",
    "InternalException",
    "InternalServerError",
    "ServiceUnavailable",
];

/// Where the key of a section is.
pub struct KeySource<'a> {
    pub access_key_id: &'a Source,
    pub secret_access_key: &'a SecretSource,
    pub session_token: Option<&'a SecretSource>,
}

/// Signs calls to a service in a region.
pub struct Signer {
    service: &'static str,
    region: String,
    credentials: Credentials,
    /// Sent in the clear, so it is taken out of whatever comes back.
    session_token: Option<String>,
}

impl Signer {
    /// Reads the key.
    pub fn new(service: &'static str, region: &str, source: &KeySource<'_>) -> Result<Signer> {
        let session_token = source.session_token.map(SecretSource::read).transpose()?;
        Ok(Signer {
            service,
            region: region.to_owned(),
            credentials: Credentials {
                access_key_id: source.access_key_id.read()?,
                secret_access_key: Secret::new(source.secret_access_key.read()?),
                session_token: session_token.clone().map(Secret::new),
            },
            session_token,
        })
    }

    pub fn region(&self) -> &str {
        &self.region
    }

    /// Ends a request and signs it.
    pub fn signed(
        &self,
        request: Builder,
        body: Bytes,
        now: Timestamp,
    ) -> Result<Request<Full<Bytes>>> {
        let request = request.header("user-agent", USER_AGENT);
        let mut request = request.body(Full::new(body.clone()))?;
        sign(
            &mut request,
            &body,
            &self.credentials,
            &self.region,
            self.service,
            now.0,
        )?;
        Ok(request)
    }

    /// Sends what was signed. A refusal that names an error which may pass is none that lasts.
    pub async fn send(
        &self,
        http: &Http,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, Fault> {
        let host = client::host(&request);
        let response = http.ask(request, &self.secrets()).await?;
        let may_pass = error_of(&response).is_some_and(|error| may_pass(&error));
        client::judged(response, &host).map_err(|fault| Fault {
            lasting: fault.lasting && !may_pass,
            ..fault
        })
    }

    /// What no answer may repeat to people.
    pub fn secrets(&self) -> Vec<&str> {
        self.session_token.iter().map(String::as_str).collect()
    }
}

/// Whether an error is one that another attempt may not meet. Services have many names for throttling.
pub fn may_pass(error: &str) -> bool {
    error.contains("Throttl") || PASSING.contains(&error)
}

/// The error that an answer names: in JSON its type, in the XML of the query protocol its code.
fn error_of(response: &Response<Bytes>) -> Option<String> {
    let text = String::from_utf8_lossy(response.body());
    if let Ok(body) = serde_json::from_str::<serde_json::Value>(&text) {
        let kind = body["__type"].as_str()?;
        return kind.rsplit('#').next().map(str::to_owned);
    }
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    Some(code.trim().to_owned())
}

/// Where Amazon's endpoints of a partition are.
pub fn domain(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        _ => "amazonaws.com",
    }
}
