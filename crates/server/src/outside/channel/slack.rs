//! Slack: an incoming webhook, whose URL is its secret.

use anyhow::Result;
use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::http::{Http, USER_AGENT};
use super::super::{Fault, Notice, Reply};
use super::wording;
use crate::configuration::SecretSource;

/// What Slack answers when it has taken a message.
const TAKEN: &[u8] = b"ok";
/// How much of another answer goes into the reason.
const REASON_CHARS_MAX: usize = 100;

/// `to = "slack"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    url: SecretSource,
}

pub struct Slack {
    url: Uri,
}

impl Slack {
    pub fn new(section: &Section) -> Result<Slack> {
        let url = super::url(&section.url.read()?, &section.url)?;
        Ok(Slack { url })
    }

    pub async fn send(&self, http: &Http, notice: &Notice) -> Result<Reply, Fault> {
        let body = json!({"text": text(notice)}).to_string();
        let request = Request::post(self.url.clone())
            .header("content-type", "application/json")
            .header("user-agent", USER_AGENT)
            .body(Full::new(Bytes::from(body)));
        let request = request.map_err(|error| Fault::lasting(error.to_string()))?;
        let answer = http.send(request).await;
        let answer = answer.map_err(|fault| super::concealed(&self.url, fault))?;
        let answer = answer.into_body();
        if answer.trim_ascii() == TAKEN {
            return Ok(Value::Null);
        }
        // Something between here and Slack says yes to everything.
        let said = String::from_utf8_lossy(&answer);
        let said: String = said.trim().chars().take(REASON_CHARS_MAX).collect();
        let host = self.url.host().unwrap_or_default();
        let reason = format!(
            "{host} answered '{said}' where Slack answers 'ok': the message may not have arrived"
        );
        Err(super::concealed(&self.url, Fault::passing(reason)))
    }
}

fn text(notice: &Notice) -> String {
    let mut lines = vec![format!("*{}*", escaped(&wording::headline(notice)))];
    lines.extend(wording::happened(notice).iter().map(|line| escaped(line)));
    lines.push(format!("`{}`", escaped(&notice.incident_arn)));
    lines.join("\n")
}

/// Slack takes these three for markup, such as links and mentions of a whole channel.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
