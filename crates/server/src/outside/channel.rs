//! Where the messages of a topic go.

mod email;
mod slack;
mod sns;
pub(super) mod webhook;
mod wording;

use ::http::Uri;
use anyhow::{Context, Result, bail, ensure};
use balefire_api::Timestamp;
use serde::Deserialize;

use super::http::{self, Http};
use super::{Fault, Notice, Reply};
use email::Email;
use slack::Slack;
use sns::Sns;
use webhook::Webhook;

/// `[topics."ARN"]`.
#[derive(Debug, Deserialize)]
#[serde(tag = "to", rename_all = "lowercase")]
pub enum Section {
    /// Any URL that takes JSON, signed if there is a secret.
    Webhook(webhook::Section),
    /// An incoming webhook of Slack.
    Slack(slack::Section),
    /// The topic itself, at Amazon SNS or what speaks like it.
    Sns(sns::Section),
    /// People, by a mail server.
    Email(email::Section),
}

/// The parts of a topic's ARN.
pub struct Topic<'a> {
    arn: &'a str,
    partition: &'a str,
    region: &'a str,
}

impl Topic<'_> {
    fn of(arn: &str) -> Result<Topic<'_>> {
        let parts: Vec<&str> = arn.split(':').collect();
        let &["arn", partition, "sns", region, _, name] = parts.as_slice() else {
            bail!("it is no ARN of a topic, such as arn:aws:sns:eu-central-1:111122223333:on-call");
        };
        ensure!(
            !region.is_empty() && !name.is_empty(),
            "the ARN of the topic lacks its region or name"
        );
        Ok(Topic {
            arn,
            partition,
            region,
        })
    }
}

/// A way to tell people.
pub enum Channel {
    Webhook(Webhook),
    Slack(Slack),
    Sns(Sns),
    Email(Box<Email>),
}

impl Channel {
    /// `topic` is the ARN that the section is for.
    pub fn new(topic: &str, section: &Section, outside: &http::Section) -> Result<Channel> {
        let topic = Topic::of(topic)?;
        Ok(match section {
            Section::Webhook(section) => Channel::Webhook(Webhook::new(section)?),
            Section::Slack(section) => Channel::Slack(Slack::new(section)?),
            Section::Sns(section) => Channel::Sns(Sns::new(&topic, section)?),
            Section::Email(section) => Channel::Email(Box::new(Email::new(section, outside)?)),
        })
    }

    /// `now` is the time of this attempt.
    pub async fn send(&self, http: &Http, notice: &Notice, now: Timestamp) -> Result<Reply, Fault> {
        match self {
            Channel::Webhook(webhook) => webhook.send(http, notice, now).await,
            Channel::Slack(slack) => slack.send(http, notice).await,
            Channel::Sns(sns) => sns.send(http, notice, now).await,
            Channel::Email(email) => email.send(notice).await,
        }
    }
}

/// Reads a URL with a host. It may itself be a secret, so only its `source` is named where it is wrong.
pub(super) fn url(text: &str, source: &dyn std::fmt::Display) -> Result<Uri> {
    let parsed: Uri = text
        .parse()
        .with_context(|| format!("{source} holds no URL"))?;
    let web = matches!(parsed.scheme_str(), Some("http" | "https"));
    ensure!(
        web && parsed.host().is_some(),
        "{source} holds no URL with a host, such as https://example.com/hook"
    );
    Ok(parsed)
}

/// Whoever answers may repeat the URL, which may be a secret from its path on.
fn concealed(url: &Uri, fault: Fault) -> Fault {
    match url.path_and_query().map(|path| path.as_str()) {
        None | Some("/") => fault,
        Some(path) => Fault {
            reason: fault.reason.replace(path, "/…"),
            ..fault
        },
    }
}

#[cfg(test)]
mod tests;
