//! Slack and SNS against a server that answers well, refuses, or lies.

use balefire_api::Timestamp;
use serde_json::json;

use super::Channel;
use crate::configuration::Configuration;
use crate::outside::http::Http;
use crate::outside::{Fault, Notice, Reply};
use crate::signature::{KeyCache, Secret, body_sha256, claim, verify};
use crate::testing::receiver::{Behaviour, Received, Receiver};

const TOPIC: &str = "arn:aws:sns:eu-central-1:111111111111:on-call";
const FIFO: &str = "arn:aws:sns:eu-central-1:111111111111:on-call.fifo";
const NOW: Timestamp = Timestamp(1_767_225_600_000);
const PUBLISHED: &str =
    "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>";

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

#[tokio::test]
async fn slack_gets_words_that_hold_no_markup() {
    let receiver = Receiver::start(Behaviour::Answers(200, "ok")).await;
    let url = secret(&receiver.url);
    let section = format!(
        "to = \"slack\"\nurl = {{ file = \"{}\" }}",
        url.path().display()
    );
    send(TOPIC, &section).await.expect("an ok");
    let text = receiver.take()[0].json()["text"].clone();
    let lines: Vec<&str> = text.as_str().expect("a text").lines().collect();
    assert_eq!(
        lines,
        [
            "*Critical: Shop is &lt;down&gt; &amp; out (OPEN)*",
            "The incident began.",
            "`arn:aws:ssm-incidents::111111111111:incident-record/shop/i-1`",
        ]
    );
    for (behaviour, lasting, said) in [
        (
            Behaviour::Answers(200, "<html>Welcome"),
            false,
            "'<html>Welcome' where Slack answers 'ok'",
        ),
        (
            Behaviour::Answers(403, "invalid_token"),
            true,
            "invalid_token",
        ),
        (Behaviour::Answers(429, "slowly"), false, "slowly"),
    ] {
        receiver.behave(behaviour);
        let fault = send(TOPIC, &section).await.expect_err(said);
        assert_eq!(fault.lasting, lasting, "{fault}");
        assert!(fault.reason.contains(said), "{fault}");
        assert!(
            !fault.reason.contains("/hook"),
            "the URL is a secret: {fault}"
        );
    }
}

fn sns(endpoint: &str, key: &tempfile::NamedTempFile) -> String {
    let key = key.path().display();
    format!(
        "to = \"sns\"\naccess_key_id = \"AKIATEST\"\nsecret_access_key = {{ file = \"{key}\" }}\n\
         endpoint = \"{endpoint}\""
    )
}

/// The value of a form's member.
fn member(received: &Received, name: &str) -> Option<String> {
    let body = std::str::from_utf8(&received.body).expect("a form");
    let pair = body
        .split('&')
        .find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    let decoded = percent_encoding::percent_decode_str(pair).decode_utf8();
    Some(decoded.expect("UTF-8").into_owned())
}

/// Whether a request bears the signature of a key.
fn is_signed(received: &Received, secret: &str) -> bool {
    let claimed = claim(&received.parts).expect("a claim");
    assert_eq!(
        (
            claimed.scope.service.as_str(),
            claimed.scope.region.as_str()
        ),
        ("sns", "eu-central-1")
    );
    let (body, secret) = (body_sha256(&received.body), Secret::new(secret));
    let keys = KeyCache::new(1);
    verify(&claimed, &received.parts, body, Some(&secret), NOW.0, &keys).is_ok()
}

#[tokio::test]
async fn sns_gets_a_signed_publish() {
    let receiver = Receiver::start(Behaviour::Answers(200, PUBLISHED)).await;
    let key = secret("a-secret\n");
    let reply = send(TOPIC, &sns(&receiver.url, &key))
        .await
        .expect("a reply");
    assert_eq!(reply, json!({"messageId": "m-1"}));
    let told = receiver.take();
    let member = |name| member(&told[0], name);
    assert_eq!(member("Action").as_deref(), Some("Publish"));
    assert_eq!(member("TopicArn").as_deref(), Some(TOPIC));
    assert_eq!(
        member("Subject").as_deref(),
        Some("Critical: Shop is <down> & out (OPEN)")
    );
    let message = member("Message").expect("a message");
    let message: serde_json::Value = serde_json::from_str(&message).expect("JSON");
    assert_eq!(message, notice().event());
    assert_eq!(member("MessageGroupId"), None);
    assert!(is_signed(&told[0], "a-secret") && !is_signed(&told[0], "another"));
}

#[tokio::test]
async fn a_topic_in_order_gets_a_group_and_an_id() {
    let receiver = Receiver::start(Behaviour::Answers(200, PUBLISHED)).await;
    let key = secret("a-secret");
    send(FIFO, &sns(&receiver.url, &key))
        .await
        .expect("a reply");
    let told = receiver.take();
    assert_eq!(member(&told[0], "MessageGroupId").as_deref(), Some("i-1"));
    assert_eq!(
        member(&told[0], "MessageDeduplicationId"),
        Some(notice().id)
    );
}

#[tokio::test]
async fn what_sns_does_not_say_was_not_published() {
    let receiver = Receiver::start(Behaviour::Answers(200, "<html></html>")).await;
    let key = secret("a-secret");
    for (behaviour, lasting, said) in [
        (
            Behaviour::Answers(200, "<html></html>"),
            false,
            "without a MessageId",
        ),
        (
            Behaviour::Answers(200, "<MessageId> </MessageId>"),
            false,
            "without a MessageId",
        ),
        (
            Behaviour::Answers(403, "<Code>AuthorizationError</Code>"),
            true,
            "AuthorizationError",
        ),
        (
            Behaviour::Answers(400, "<Code>Throttling</Code>"),
            false,
            "Throttling",
        ),
        (
            Behaviour::Answers(500, "<Code>InternalError</Code>"),
            false,
            "InternalError",
        ),
    ] {
        receiver.behave(behaviour);
        let fault = send(TOPIC, &sns(&receiver.url, &key))
            .await
            .expect_err(said);
        assert_eq!(fault.lasting, lasting, "{fault}");
        assert!(
            fault.reason.contains(said) && !fault.reason.contains("a-secret"),
            "{fault}"
        );
    }
}

#[test]
fn what_is_set_wrongly_is_named_at_the_start() {
    let key = secret("k");
    let file = format!("{{ file = \"{}\" }}", key.path().display());
    let mail = "to = \"email\"\nhost = \"mail.example.com\"\nfrom = \"a@example.com\"\n";
    for (topic, section, said) in [
        (
            TOPIC,
            "to = \"slack\"\nurl = \"https://hooks.slack.com/x\"".to_owned(),
            "expected `env` or `file`",
        ),
        (
            TOPIC,
            format!("to = \"slack\"\nurl = {file}"),
            "holds no URL",
        ),
        (
            "on-call",
            sns("https://sns.example.com", &key),
            "no ARN of a topic",
        ),
        (TOPIC, sns("ftp://sns.example.com", &key), "holds no URL"),
        (TOPIC, format!("{mail}recipients = []"), "names nobody"),
        (
            TOPIC,
            format!("{mail}recipients = [\"nobody\"]"),
            "'nobody' is no address",
        ),
        (
            TOPIC,
            format!("{mail}recipients = [\"a@bücher.example\"]"),
            "xn--",
        ),
        (
            TOPIC,
            format!("{mail}recipients = [\"a@b.example\"]\nuser = \"a\""),
            "together",
        ),
        (
            TOPIC,
            format!(
                "{mail}recipients = [\"a@b.example\"]\ntls = \"none\"\nuser = \"a\"\npassword = {file}"
            ),
            "without encryption",
        ),
        (
            TOPIC,
            format!("{mail}recipients = [\"a@b.example\"]\nretries = 3"),
            "retries",
        ),
    ] {
        let error = channel(topic, &section).err().expect(said);
        assert!(format!("{error:#}").contains(said), "{section}: {error:#}");
    }
}

#[test]
fn amazon_is_where_the_region_says() {
    let key = secret("k");
    let file = key.path().display();
    for (topic, more, host) in [
        (TOPIC, "", "sns.eu-central-1.amazonaws.com"),
        (
            TOPIC,
            "region = \"eu-west-1\"",
            "sns.eu-west-1.amazonaws.com",
        ),
        (
            "arn:aws-cn:sns:cn-north-1:1:a",
            "",
            "sns.cn-north-1.amazonaws.com.cn",
        ),
    ] {
        let section = format!(
            "to = \"sns\"\naccess_key_id = \"A\"\nsecret_access_key = {{ file = \"{file}\" }}\n{more}"
        );
        let (_, Channel::Sns(sns)) = channel(topic, &section).expect("a channel") else {
            panic!("another channel");
        };
        assert_eq!(sns.host(), host);
    }
}
