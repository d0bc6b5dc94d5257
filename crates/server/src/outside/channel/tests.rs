//! Channels against a server that answers well, refuses, or lies.

mod setting;
mod slack;
mod sns;

use balefire_api::Timestamp;
use serde_json::json;

use super::Channel;
use crate::configuration::Configuration;
use crate::outside::http::Http;
use crate::outside::{Fault, Notice, Reply};

const TOPIC: &str = "arn:aws:sns:eu-central-1:111111111111:on-call";
const NOW: Timestamp = Timestamp(1_767_225_600_000);

pub fn notice() -> Notice {
    Notice {
        topic: TOPIC.into(),
        id: "0198c0de-0000-7000-8000-000000000001".into(),
        account: "111111111111".into(),
        region: "eu-central-1".into(),
        at_ms: NOW.0,
        detail_type: "SSM Incident Start".into(),
        incident_arn: "arn:aws:ssm-incidents::111111111111:incident-record/shop/i-1".into(),
        title: "Shop is <down> & out".into(),
        impact: 1,
        status: "OPEN".into(),
        detail: json!({"incidentTitle": "Shop is <down> & out"}),
    }
}

/// A file that holds a secret.
fn secret(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("a write");
    file
}

fn channel(topic: &str, section: &str) -> anyhow::Result<(Http, Channel)> {
    let text = format!("[outside]\nallow = [\"127.0.0.0/8\"]\n[topics.\"{topic}\"]\n{section}");
    let configuration = Configuration::parse(&text)?;
    let (topic, section) = configuration.topics.first_key_value().expect("a topic");
    let channel = Channel::new(topic, section, &configuration.outside)?;
    Ok((Http::new(&configuration.outside)?, channel))
}

async fn send(topic: &str, section: &str) -> Result<Reply, Fault> {
    let (http, channel) = channel(topic, section).expect("a channel");
    channel.send(&http, &notice(), NOW).await
}

/// A section for SNS, with the file of its key.
fn sns_at(endpoint: &str, key: &tempfile::NamedTempFile) -> String {
    let key = key.path().display();
    format!(
        "to = \"sns\"\naccess_key_id = \"AKIATEST\"\nsecret_access_key = {{ file = \"{key}\" }}\n\
         endpoint = \"{endpoint}\""
    )
}
