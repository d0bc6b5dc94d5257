//! PagerDuty as it answers, refuses and lies.

use std::time::Duration;

use serde_json::json;

use super::{Act, PagerDuty, Section, Step};
use crate::configuration::SecretSource;
use crate::outside::http::{self, Http};
use crate::outside::{Fault, Reply};
use crate::testing::receiver::{Behaviour, Receiver};

const SECRET: &str = r#"{
    "pagerDutyToken":"u+token",
    "pagerDutyServiceRegion":"eu",
    "pagerDutyFromEmail":"a@example.com"}"#;
const TAKEN: &str = r#"{"error":{"message":"Arguments Caused Error","code":2001,
    "errors":["Open incident with matching dedup key already exists on this service"]}}"#;

const FOUND: &str = r#"{"incidents":[
    {"id":"POLD","incident_key":"key-1","status":"resolved"},
    {"id":"POTHER","incident_key":"key-2","status":"triggered"},
    {"id":"PABC","incident_key":"key-1","status":"acknowledged"}]}"#;

fn new(secret: &str, endpoint: Option<&str>) -> anyhow::Result<PagerDuty> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), secret).expect("a write");
    let source = SecretSource::File(file.path().to_owned());
    PagerDuty::new(&Section {
        endpoint: endpoint.map(str::to_owned),
        secrets: [("on-call".to_owned(), source)].into(),
    })
}

async fn take(receiver: &Receiver, act: Act) -> Result<Reply, Fault> {
    let section = http::Section {
        allow: vec!["127.0.0.0/8".parse().expect("a network")],
        ca_bundle: None,
    };
    let http = Http::new(&section).expect("a client");
    let http = http.within(Duration::from_millis(300));
    let step = Step {
        secret_id: "on-call".into(),
        act,
    };
    let pager_duty = new(SECRET, Some(&receiver.url)).expect("a client");
    pager_duty.take(&http, &step).await
}

fn open() -> Act {
    Act::Open {
        service_id: "PSERVICE".into(),
        key: "key-1".into(),
        title: "Shop is down".into(),
        details: "arn:incident".into(),
    }
}

#[tokio::test]
async fn an_incident_is_opened_with_its_key() {
    let opened = r#"{"incident":{"id":"PABC","html_url":"https://example.com/PABC"}}"#;
    let receiver = Receiver::start(Behaviour::Answers(201, opened)).await;
    let reply = take(&receiver, open()).await.expect("an incident");
    assert_eq!(
        reply,
        json!({"id": "PABC", "url": "https://example.com/PABC"})
    );
    let sent = &receiver.take()[0];
    assert_eq!(sent.header("authorization"), "Token token=u+token");
    assert_eq!(sent.header("from"), "a@example.com");
    assert_eq!(sent.parts.uri.path(), "/hook/incidents");
    let incident = &sent.json()["incident"];
    assert_eq!(incident["incident_key"], "key-1");
    assert_eq!(incident["service"]["id"], "PSERVICE");
}

#[tokio::test]
async fn one_that_is_open_already_is_found() {
    let receiver = Receiver::start(Behaviour::Routes(&[
        ("POST /hook/incidents", 400, TAKEN),
        ("GET /hook/incidents", 200, FOUND),
    ]));
    let receiver = receiver.await;
    assert_eq!(take(&receiver, open()).await.expect("it")["id"], "PABC");
    let query = receiver.take()[1].parts.uri.query().unwrap().to_owned();
    assert!(query.contains("incident_key=key%2D1"), "{query}");
    receiver.behave(Behaviour::Routes(&[
        ("POST /hook/incidents", 400, TAKEN),
        ("GET /hook/incidents", 200, r#"{"incidents":[]}"#),
    ]));
    assert!(!take(&receiver, open()).await.expect_err("a lie").lasting);
}

#[tokio::test]
async fn what_an_attempt_left_behind_is_withdrawn() {
    let receiver = Receiver::start(Behaviour::Routes(&[
        ("GET /hook/incidents", 200, FOUND),
        ("PUT /hook/incidents/PABC", 200, r#"{"incident":{}}"#),
    ]));
    let receiver = receiver.await;
    let withdraw = || Act::Withdraw {
        service_id: "PSERVICE".into(),
        key: "key-1".into(),
    };
    assert_eq!(take(&receiver, withdraw()).await, Ok(json!(null)));
    assert_eq!(receiver.take().len(), 2, "found and resolved");
    receiver.behave(Behaviour::Answers(200, r#"{"incidents":[]}"#));
    assert_eq!(take(&receiver, withdraw()).await, Ok(json!(null)));
    assert_eq!(receiver.take().len(), 1, "there is nothing to resolve");
    receiver.behave(Behaviour::Answers(503, "busy"));
    assert!(!take(&receiver, withdraw()).await.expect_err("away").lasting);
}

#[tokio::test]
async fn faults_say_whether_they_last_and_nothing_of_the_token() {
    let receiver = Receiver::start(Behaviour::Hangs).await;
    for (behaviour, lasting, said) in [
        (Behaviour::Hangs, false, "did not answer"),
        (Behaviour::Answers(500, "oh"), false, "500"),
        (Behaviour::Answers(429, "slowly"), false, "slowly"),
        (Behaviour::Answers(401, "who is u+token"), true, "[secret]"),
        (Behaviour::Answers(400, "no service"), true, "no service"),
        (Behaviour::Answers(201, "<html>"), false, "no JSON"),
        (Behaviour::Answers(201, "[]"), false, "id of an incident"),
        (
            Behaviour::Answers(201, r#"{"incident":{"id":"../x"}}"#),
            false,
            "id of an incident",
        ),
        (Behaviour::Redirects("http://x/?u+token"), true, "redirects"),
    ] {
        receiver.behave(behaviour);
        let fault = take(&receiver, open()).await.expect_err(said);
        assert!(fault.reason.contains(said), "{fault}");
        assert_eq!(fault.lasting, lasting, "{fault}");
        assert!(!fault.reason.contains("u+token"), "{fault}");
    }
}

#[tokio::test]
async fn resolving_what_is_resolved_is_no_fault() {
    let receiver = Receiver::start(Behaviour::Routes(&[
        ("PUT /hook/incidents/PABC", 400, "Incident Already Resolved"),
        (
            "GET /hook/incidents/PABC",
            200,
            r#"{"incident":{"status":"resolved"}}"#,
        ),
    ]));
    let receiver = receiver.await;
    let resolve = Act::Resolve { id: "PABC".into() };
    take(&receiver, resolve.clone()).await.expect("resolved");
    receiver.behave(Behaviour::Answers(404, "Not Found"));
    assert!(take(&receiver, resolve).await.expect_err("a fault").lasting);
}

#[test]
fn a_secret_that_is_none_is_refused_without_telling_it() {
    for secret in [
        "u+token",
        r#"{"pagerDutyToken":"u+token"}"#,
        r#"{"pagerDutyToken":"u+token","pagerDutyServiceRegion":"u+token","pagerDutyFromEmail":"a@b"}"#,
        r#"{"pagerDutyToken":"u+token\n","pagerDutyServiceRegion":"us","pagerDutyFromEmail":"a@b"}"#,
        r#"{"pagerDutyToken":"","pagerDutyServiceRegion":"us","pagerDutyFromEmail":"a@b"}"#,
    ] {
        let error = new(secret, None).err().expect("an error");
        let error = format!("{error:#}");
        assert!(
            error.contains("on-call") && !error.contains("u+token"),
            "{error}"
        );
    }
    assert!(new(SECRET, Some("nowhere")).is_err());
    let own = new(SECRET, None).expect("a client");
    assert_eq!(own.0["on-call"].endpoint, "https://api.eu.pagerduty.com");
}
