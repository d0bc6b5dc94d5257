//! The bus that hears of changes to incidents: EventBridge or what speaks as it does, or a webhook.

#[cfg(test)]
mod tests;

use anyhow::Result;
use balefire_api::Timestamp;
use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::{Value, json};

use super::aws::{KeySource, Signer, may_pass};
use super::channel::webhook::{self, Webhook};
use super::http::Http;
use super::{Fault, Reply};
use crate::configuration::{SecretSource, Source};

/// `[events_out]`.
#[derive(Debug, Deserialize)]
#[serde(tag = "to", rename_all = "lowercase")]
pub enum Section {
    EventBridge(EventBridgeSection),
    /// Each event by itself, signed if there is a secret.
    Webhook(webhook::Section),
}

/// `to = "eventbridge"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventBridgeSection {
    region: String,
    access_key_id: Source,
    secret_access_key: SecretSource,
    session_token: Option<SecretSource>,
    /// By default Amazon's of the region.
    endpoint: Option<Source>,
    /// A name or an ARN; by default the default bus.
    bus: Option<String>,
}

/// An event on its way.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The same for every attempt.
    pub id: String,
    pub event: Value,
}

pub enum Bus {
    EventBridge(Box<EventBridge>),
    Webhook(Webhook),
}

impl Bus {
    pub fn new(section: &Section) -> Result<Bus> {
        Ok(match section {
            Section::EventBridge(section) => Bus::EventBridge(Box::new(EventBridge::new(section)?)),
            Section::Webhook(section) => Bus::Webhook(Webhook::new(section)?),
        })
    }

    pub async fn publish(
        &self,
        http: &Http,
        publication: &Publication,
        now: Timestamp,
    ) -> Result<Reply, Fault> {
        match self {
            Bus::EventBridge(bridge) => bridge.put(http, &publication.event, now).await,
            Bus::Webhook(webhook) => {
                let body = publication.event.to_string();
                webhook.deliver(http, &publication.id, body, now).await
            }
        }
    }
}

pub struct EventBridge {
    endpoint: Uri,
    bus: String,
    signer: Signer,
}

impl EventBridge {
    fn new(section: &EventBridgeSection) -> Result<EventBridge> {
        let endpoint = match &section.endpoint {
            Some(source) => super::channel::url(&source.read()?, source)?,
            None => format!("https://events.{}.amazonaws.com/", section.region).parse()?,
        };
        let key = KeySource {
            access_key_id: &section.access_key_id,
            secret_access_key: &section.secret_access_key,
            session_token: section.session_token.as_ref(),
        };
        Ok(EventBridge {
            endpoint,
            bus: section.bus.clone().unwrap_or_else(|| "default".into()),
            signer: Signer::new("events", &section.region, &key)?,
        })
    }

    async fn put(&self, http: &Http, event: &Value, now: Timestamp) -> Result<Reply, Fault> {
        let request = self.request(event, now);
        let request = request.map_err(|error| Fault::lasting(error.to_string()))?;
        let answer = self.signer.send(http, request).await?;
        let answer: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let entry = &answer["Entries"][0];
        if let Some(id) = entry["EventId"].as_str() {
            return Ok(json!({"eventId": id}));
        }
        let code = entry["ErrorCode"].as_str().unwrap_or_default();
        let reason = format!(
            "the event was not taken: {code} {}",
            entry["ErrorMessage"]
                .as_str()
                .unwrap_or("the answer names no event id")
        );
        Err(Fault {
            reason,
            lasting: !code.is_empty() && !may_pass(code),
        })
    }

    fn request(&self, event: &Value, now: Timestamp) -> Result<Request<Full<Bytes>>> {
        let time = event["time"].as_str().unwrap_or_default();
        let time: jiff::Timestamp = time.parse()?;
        // The bus gives each entry an id of its own, also one that is put again.
        let mut detail = event["detail"].clone();
        detail["id"] = event["id"].clone();
        let entry = json!({
            "EventBusName": self.bus,
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Detail": detail.to_string(),
            "Resources": event["resources"],
            // Seconds since 1970, as awsJson has times.
            "Time": time.as_millisecond() as f64 / 1000.0,
        });
        let body = Bytes::from(json!({"Entries": [entry]}).to_string());
        let request = Request::post(self.endpoint.clone())
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "AWSEvents.PutEvents");
        self.signer.signed(request, body, now)
    }
}
