//! Amazon SNS, or what speaks like it: the notice is published to the topic, signed.

use anyhow::Result;
use balefire_api::Timestamp;
use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::Full;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::json;

use super::super::aws::{KeySource, Signer, domain};
use super::super::http::Http;
use super::super::{Fault, Notice, Reply};
use super::{Topic, wording};
use crate::configuration::{SecretSource, Source};

/// SNS takes shorter subjects only, of ASCII.
const SUBJECT_CHARS_MAX: usize = 99;
/// What a form's values keep as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// `to = "sns"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    access_key_id: Source,
    secret_access_key: SecretSource,
    session_token: Option<SecretSource>,
    /// By default that of the topic's ARN.
    region: Option<String>,
    /// By default Amazon's of the region.
    endpoint: Option<Source>,
}

pub struct Sns {
    topic: String,
    endpoint: Uri,
    signer: Signer,
}

impl Sns {
    pub fn new(topic: &Topic<'_>, section: &Section) -> Result<Sns> {
        let region = section.region.as_deref().unwrap_or(topic.region);
        let endpoint = match &section.endpoint {
            Some(source) => super::url(&source.read()?, source)?,
            None => format!("https://sns.{region}.{}/", domain(topic.partition)).parse()?,
        };
        let key = KeySource {
            access_key_id: &section.access_key_id,
            secret_access_key: &section.secret_access_key,
            session_token: section.session_token.as_ref(),
        };
        Ok(Sns {
            topic: topic.arn.to_owned(),
            endpoint,
            signer: Signer::new("sns", region, &key)?,
        })
    }

    pub async fn send(&self, http: &Http, notice: &Notice, now: Timestamp) -> Result<Reply, Fault> {
        let request = self.request(notice, now);
        let request = request.map_err(|error| Fault::lasting(error.to_string()))?;
        let answer = self.signer.send(http, request).await?;
        let answer = String::from_utf8_lossy(answer.body()).into_owned();
        match message_id(&answer) {
            Some(id) => Ok(json!({"messageId": id})),
            None => Err(Fault::passing(format!(
                "{} answered without a MessageId: the message may not have been published",
                self.host()
            ))),
        }
    }

    pub fn host(&self) -> &str {
        self.endpoint.host().unwrap_or_default()
    }

    fn request(&self, notice: &Notice, now: Timestamp) -> Result<Request<Full<Bytes>>> {
        let body = Bytes::from(self.form(notice));
        let request = Request::post(self.endpoint.clone()).header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        );
        self.signer.signed(request, body, now)
    }

    fn form(&self, notice: &Notice) -> String {
        let mut members = vec![
            ("Action", "Publish".to_owned()),
            ("Version", "2010-03-31".to_owned()),
            ("TopicArn", self.topic.clone()),
            ("Subject", subject(notice)),
            ("Message", notice.event().to_string()),
        ];
        if self.topic.ends_with(".fifo") {
            // An incident's messages stay in order, and SNS itself drops a repeat within five minutes.
            let incident = notice.incident_arn.rsplit('/').next().unwrap_or_default();
            members.push(("MessageGroupId", incident.to_owned()));
            members.push(("MessageDeduplicationId", notice.id.clone()));
        }
        let encode =
            |(name, value): &(&str, String)| format!("{name}={}", utf8_percent_encode(value, KEPT));
        members.iter().map(encode).collect::<Vec<_>>().join("&")
    }
}

/// Begins with the impact's letter, as SNS asks for a letter, digit or mark at the beginning.
fn subject(notice: &Notice) -> String {
    let ascii = |c: char| if c.is_ascii() { c } else { '?' };
    let headline = wording::headline(notice);
    let subject: String = headline
        .chars()
        .map(ascii)
        .take(SUBJECT_CHARS_MAX)
        .collect();
    subject.trim_end().to_owned()
}

fn message_id(answer: &str) -> Option<&str> {
    let (_, rest) = answer.split_once("<MessageId>")?;
    let (id, _) = rest.split_once("</MessageId>")?;
    Some(id.trim()).filter(|id| !id.is_empty())
}
