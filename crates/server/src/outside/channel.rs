//! Where the messages of a topic go.

mod webhook;

use anyhow::Result;
use balefire_api::Timestamp;
use serde::Deserialize;

use super::http::Http;
use super::{Fault, Notice, Reply};
use crate::configuration::{SecretSource, Source};
use webhook::Webhook;

/// `[topics."ARN"]`.
#[derive(Debug, Deserialize)]
#[serde(tag = "to", rename_all = "lowercase", deny_unknown_fields)]
pub enum Section {
    /// Any URL that takes JSON, signed if there is a secret.
    Webhook {
        url: Source,
        secret: Option<SecretSource>,
    },
}

/// A way to tell people.
pub enum Channel {
    Webhook(Webhook),
}

impl Channel {
    pub fn new(section: &Section) -> Result<Channel> {
        match section {
            Section::Webhook { url, secret } => {
                Ok(Channel::Webhook(Webhook::new(url, secret.as_ref())?))
            }
        }
    }

    /// `now` is the time of this attempt.
    pub async fn send(&self, http: &Http, notice: &Notice, now: Timestamp) -> Result<Reply, Fault> {
        match self {
            Channel::Webhook(webhook) => webhook.send(http, notice, now).await,
        }
    }
}
