//! What a bus is sent, and what becomes of its answers.

use balefire_api::Timestamp;
use serde_json::{Value, json};

use super::{Bus, Publication};
use crate::configuration::Configuration;
use crate::outside::Fault;
use crate::outside::http::Http;
use crate::testing::receiver::{Behaviour, Receiver};

const TAKEN: &str = r#"{"FailedEntryCount": 0, "Entries": [{"EventId": "e-1"}]}"#;

async fn publish(receiver: &Receiver) -> Result<Value, Fault> {
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "a-secret").expect("a write");
    let configuration = Configuration::parse(&format!(
        "[outside]\nallow = [\"127.0.0.0/8\"]\n\
         [events_out]\nto = \"eventbridge\"\nregion = \"eu-west-1\"\nbus = \"ops\"\n\
         endpoint = \"{}\"\naccess_key_id = \"AKIATEST\"\nsecret_access_key = {{ file = \"{}\" }}\n",
        receiver.url,
        secret.path().display()
    ));
    let configuration = configuration.expect("a configuration");
    let bus = Bus::new(&configuration.events_out.expect("a bus")).expect("a bus");
    let http = Http::new(&configuration.outside).expect("a client");
    let publication = Publication {
        id: "1".into(),
        event: json!({
            "id": "1", "source": "balefire.incidents", "detail-type": "SSM Incident Start",
            "resources": ["arn"], "time": "2026-01-01T00:00:00Z", "detail": {"kind": "incident.opened"},
        }),
    };
    bus.publish(&http, &publication, Timestamp(1_767_225_600_000))
        .await
}

#[tokio::test]
async fn an_event_is_put_signed() {
    let receiver = Receiver::start(Behaviour::Answers(200, TAKEN)).await;
    assert_eq!(
        publish(&receiver).await.expect("taken"),
        json!({"eventId": "e-1"})
    );
    let sent = receiver.take().pop().expect("a request");
    assert_eq!(sent.header("x-amz-target"), "AWSEvents.PutEvents");
    let signed = sent.header("authorization");
    assert!(
        signed.contains("AKIATEST/20260101/eu-west-1/events/aws4_request"),
        "{signed}"
    );
    let entry = &sent.json()["Entries"][0];
    assert_eq!(entry["EventBusName"], "ops");
    assert_eq!(entry["DetailType"], "SSM Incident Start");
    assert_eq!(entry["Time"], 1_767_225_600.0);
    let detail: Value =
        serde_json::from_str(entry["Detail"].as_str().expect("a text")).expect("JSON");
    assert_eq!(detail, json!({"kind": "incident.opened", "id": "1"}));
}

#[tokio::test]
async fn an_answer_without_an_event_id_is_a_fault() {
    let receiver = Receiver::start(Behaviour::Hangs).await;
    for (status, answer, lasting) in [
        (
            200,
            r#"{"Entries": [{"ErrorCode": "InternalFailure"}]}"#,
            false,
        ),
        (
            200,
            r#"{"Entries": [{"ErrorCode": "NotAuthorizedForSourceException"}]}"#,
            true,
        ),
        (200, "<html>", false),
        (500, "", false),
        (400, r#"{"__type": "AccessDeniedException"}"#, true),
        (400, r#"{"__type": "ThrottlingException"}"#, false),
        (400, r#"{"__type": "com.amazon#InternalException"}"#, false),
    ] {
        receiver.behave(Behaviour::Answers(status, answer));
        let fault = publish(&receiver).await.expect_err(answer);
        assert_eq!(fault.lasting, lasting, "{answer}: {fault}");
    }
}
