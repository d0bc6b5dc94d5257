//! Systems Manager as it answers, refuses and lies.

use std::time::Duration;

use balefire_api::Timestamp;
use serde_json::json;

use super::{Section, Ssm};
use crate::configuration::{SecretSource, Source};
use crate::outside::http::{self, Http};
use crate::outside::runbook::Start;
use crate::testing::receiver::{Behaviour, Receiver};

const ID: &str = "3c1f2a80-0000-4000-8000-0000000000ab";
const STARTED: &str = r#"{"AutomationExecutionId":"3c1f2a80-0000-4000-8000-0000000000ab"}"#;
const NOW: Timestamp = Timestamp(1_767_225_600_000);

fn secret(text: &str) -> (tempfile::NamedTempFile, SecretSource) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("a write");
    let source = SecretSource::File(file.path().to_owned());
    (file, source)
}

fn ssm(endpoint: &str) -> Ssm {
    let (_key, secret_access_key) = secret("ssm-secret-key");
    let (_token, session_token) = secret("ssm-session-token");
    Ssm::new(&Section {
        endpoint: endpoint.into(),
        region: "eu-west-1".into(),
        account: None,
        access_key_id: Source::Text("AKIASSM".into()),
        secret_access_key,
        session_token: Some(session_token),
    })
    .expect("a client")
}

fn client() -> Http {
    let section = http::Section {
        allow: vec!["127.0.0.0/8".parse().expect("a network")],
        ca_bundle: None,
    };
    let http = Http::new(&section).expect("a client");
    http.within(Duration::from_millis(300))
}

fn start() -> Start {
    Start {
        document: "restart".into(),
        version: Some("$LATEST".into()),
        parameters: [("incident".to_owned(), vec!["arn:x".to_owned()])].into(),
        client_token: "019b76da-a800-7000-8000-000000000000".into(),
        until_ms: i64::MAX,
    }
}

#[tokio::test]
async fn a_start_is_one_signed_request() {
    let receiver = Receiver::start(Behaviour::Answers(200, STARTED)).await;
    let ssm = ssm(&receiver.url);
    let reply = ssm.start(&client(), &start(), NOW).await.expect("a start");
    assert_eq!(
        reply,
        json!({"executionId": ID, "region": "eu-west-1", "account": null})
    );
    let sent = &receiver.take()[0];
    assert_eq!(
        sent.header("x-amz-target"),
        "AmazonSSM.StartAutomationExecution"
    );
    assert_eq!(sent.header("content-type"), "application/x-amz-json-1.1");
    let authorization = sent.header("authorization");
    assert!(authorization.contains("Credential=AKIASSM/20260101/eu-west-1/ssm/aws4_request"));
    assert!(authorization.contains("x-amz-target"), "{authorization}");
    assert_eq!(
        sent.json(),
        json!({
            "DocumentName": "restart",
            "DocumentVersion": "$LATEST",
            "ClientToken": "019b76da-a800-7000-8000-000000000000",
            "Parameters": {"incident": ["arn:x"]},
        })
    );
}

#[tokio::test]
async fn faults_say_whether_they_last() {
    let receiver = Receiver::start(Behaviour::Hangs).await;
    let (ssm, http) = (ssm(&receiver.url), client());
    let throttled = r#"{"__type":"com.amazonaws.ssm#ThrottlingException","message":"slowly"}"#;
    let unknown = r#"{"__type":"AutomationDefinitionNotFoundException","Message":"no restart"}"#;
    for (behaviour, lasting, said) in [
        (Behaviour::Hangs, false, "did not answer"),
        (Behaviour::HangsUp, false, "cannot be reached"),
        (Behaviour::Answers(500, "<html>"), false, "500"),
        (Behaviour::Answers(400, throttled), false, "slowly"),
        (Behaviour::Answers(400, unknown), true, "no restart"),
        (
            Behaviour::Answers(403, "ssm-session-token?"),
            true,
            "[secret]?",
        ),
        (Behaviour::Answers(200, "<html>"), false, "no JSON"),
        (
            Behaviour::Answers(200, "{}"),
            false,
            "AutomationExecutionId",
        ),
        (
            Behaviour::Answers(200, r#"{"AutomationExecutionId":"../../x"}"#),
            false,
            "AutomationExecutionId",
        ),
    ] {
        receiver.behave(behaviour);
        let fault = ssm.start(&http, &start(), NOW).await.expect_err(said);
        assert!(fault.reason.contains(said), "{fault}");
        assert_eq!(fault.lasting, lasting, "{fault}");
    }
}

#[tokio::test]
async fn its_course_is_read() {
    let receiver = Receiver::start(Behaviour::Hangs).await;
    let (ssm, http) = (ssm(&receiver.url), client());
    for (answer, expected) in [
        (
            r#"{"AutomationExecution":{"AutomationExecutionStatus":"InProgress","CurrentStepName":"drain"}}"#,
            json!({"ended": false, "status": "InProgress", "step": "drain", "message": null}),
        ),
        (
            r#"{"AutomationExecution":{"AutomationExecutionStatus":"Failed","FailureMessage":"no disk"}}"#,
            json!({"ended": true, "status": "Failed", "step": null, "message": "no disk"}),
        ),
    ] {
        receiver.behave(Behaviour::Answers(200, answer));
        let reply = ssm.follow(&http, ID, NOW).await.expect("a status");
        assert_eq!(reply, expected);
    }
    let endless = format!(
        r#"{{"AutomationExecution":{{"AutomationExecutionStatus":"Failed","FailureMessage":"{}"}}}}"#,
        "\\u0007".repeat(5000)
    );
    receiver.behave(Behaviour::Answers(200, endless.leak()));
    let reply = ssm.follow(&http, ID, NOW).await.expect("a status");
    assert_eq!(reply["message"], " ".repeat(1000));
    receiver.behave(Behaviour::Answers(200, r#"{"AutomationExecution":[]}"#));
    let fault = ssm.follow(&http, ID, NOW).await.expect_err("a lie");
    assert!(!fault.lasting, "{fault}");
}
