//! Slack gets words, and only its own answer counts.

use super::{TOPIC, secret, send};
use crate::testing::receiver::{Behaviour, Receiver};

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
        (Behaviour::Answers(404, "no /hook here"), true, "no /… here"),
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
