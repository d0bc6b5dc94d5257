//! SNS gets a signed request, and only its MessageId counts.

use serde_json::json;

use super::{NOW, TOPIC, channel, notice, secret, send, sns_at};
use crate::outside::channel::Channel;
use crate::signature::{KeyCache, Secret, body_sha256, claim, verify};
use crate::testing::receiver::{Behaviour, Received, Receiver};

const FIFO: &str = "arn:aws:sns:eu-central-1:111111111111:on-call.fifo";
const PUBLISHED: &str =
    "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>";

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
    let reply = send(TOPIC, &sns_at(&receiver.url, &key))
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
    send(FIFO, &sns_at(&receiver.url, &key))
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
            Behaviour::Answers(400, "<Code>KMSThrottling</Code>"),
            false,
            "KMSThrottling",
        ),
        (
            Behaviour::Answers(500, "<Code>InternalError</Code>"),
            false,
            "InternalError",
        ),
    ] {
        receiver.behave(behaviour);
        let fault = send(TOPIC, &sns_at(&receiver.url, &key))
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
