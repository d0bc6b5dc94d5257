//! Calls to AWS, or to what speaks as it does: signed with the key that a section names.

use anyhow::Result;
use balefire_api::Timestamp;
use bytes::Bytes;
use http::Request;
use http::request::Builder;
use http_body_util::Full;

use super::http::USER_AGENT;
use crate::configuration::{SecretSource, Source};
use crate::signature::{Credentials, Secret, sign};

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

    /// What no answer may repeat to people.
    pub fn secrets(&self) -> Vec<&str> {
        self.session_token.iter().map(String::as_str).collect()
    }
}

/// Where Amazon's endpoints of a partition are.
pub fn domain(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        _ => "amazonaws.com",
    }
}
