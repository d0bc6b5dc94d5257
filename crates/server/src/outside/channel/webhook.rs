//! A webhook: the notice as an EventBridge-shaped event, signed as Standard Webhooks says.

use anyhow::{Context, Result};
use balefire_api::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::Mac;
use http::{Request, Uri};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::Value;

use super::super::http::Http;
use super::super::{Fault, Notice, Reply};
use crate::configuration::{SecretSource, Source};
use crate::standard_webhook::{self, KEY_PREFIX};

/// `to = "webhook"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    url: Source,
    secret: Option<SecretSource>,
}

pub struct Webhook {
    url: Uri,
    key: Option<Vec<u8>>,
}

impl Webhook {
    pub fn new(section: &Section) -> Result<Webhook> {
        let secret = section.secret.as_ref();
        let key = secret.map(|source| source.read().and_then(|text| key(&text, source)));
        Ok(Webhook {
            url: super::url(&section.url.read()?, &section.url)?,
            key: key.transpose()?,
        })
    }

    pub async fn send(&self, http: &Http, notice: &Notice, now: Timestamp) -> Result<Reply, Fault> {
        self.deliver(http, &notice.id, notice.event().to_string(), now)
            .await
    }

    /// Sends any text; `id` is the same for every attempt.
    pub async fn deliver(
        &self,
        http: &Http,
        id: &str,
        body: String,
        now: Timestamp,
    ) -> Result<Reply, Fault> {
        let request = self.request(id, body, now);
        let request = request.map_err(|error| Fault::lasting(error.to_string()))?;
        let sent = http.send(request).await;
        sent.map_err(|fault| super::concealed(&self.url, fault))?;
        Ok(Value::Null)
    }

    fn request(
        &self,
        id: &str,
        body: String,
        now: Timestamp,
    ) -> Result<Request<Full<Bytes>>, http::Error> {
        let seconds = (now.0 / 1000).to_string();
        let mut request = Request::post(self.url.clone())
            .header("content-type", "application/json")
            .header("user-agent", super::super::http::USER_AGENT)
            .header("webhook-id", id)
            .header("webhook-timestamp", &seconds);
        if let Some(key) = &self.key {
            request = request.header("webhook-signature", signature(key, id, &seconds, &body));
        }
        request.body(Full::new(Bytes::from(body)))
    }
}

fn key(text: &str, source: &SecretSource) -> Result<Vec<u8>> {
    standard_webhook::key(text)
        .with_context(|| format!("{source} begins with {KEY_PREFIX} and is not base64"))
}

fn signature(key: &[u8], id: &str, seconds: &str, body: &str) -> String {
    let code = standard_webhook::code(key, id, seconds, body.as_bytes());
    format!("v1,{}", STANDARD.encode(code.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_published_one() {
        // The example of the Standard Webhooks specification.
        let source = SecretSource::Env("SECRET".into());
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &source).expect("a key");
        let body = r#"{"test": 2432232314}"#;
        assert_eq!(
            signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
