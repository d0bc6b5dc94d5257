//! A connector's health, as its system is well, refuses, is away, and comes back.

use serde_json::{Value, json};

use crate::configuration::Configuration;
use crate::testing::Testing;
use crate::testing::receiver::{Behaviour, Receiver};

const JIRA: Behaviour = Behaviour::Routes(&[
    ("GET /hook/rest/api/3/myself", 200, r#"{"accountId":"1"}"#),
    ("GET /hook/rest/api/3/project/OPS", 200, r#"{"key":"OPS"}"#),
]);
const NEXT_CHECK_MS: i64 = 5 * 60 * 1000;

/// A connector named `tickets`, and how it is set.
struct Scene {
    t: Testing,
    receiver: Receiver,
    configuration: Configuration,
    id: String,
}

impl Scene {
    fn new(behaviour: Behaviour, provider: Value) -> Scene {
        let t = Testing::new();
        let receiver = t.wait(Receiver::start(behaviour));
        let secret = t.file("secret", "api-token\n");
        let configuration = Configuration::parse(&format!(
            "[outside]\nallow = [\"127.0.0.0/8\"]\n[connectors.tickets]\nurl = \"{}\"\n\
             user = \"bot@example.com\"\nsecret = {{ file = \"{}\" }}\n",
            receiver.url,
            secret.display()
        ))
        .unwrap();
        let call = |operation, input| t.call("securityhub", operation, input).unwrap();
        call("EnableSecurityHubV2", json!({}));
        call(
            "CreateAggregatorV2",
            json!({"RegionLinkingMode": "ALL_REGIONS"}),
        );
        let create = json!({"Name": "tickets", "Provider": provider});
        let id = call("CreateConnectorV2", create)["ConnectorId"].clone();
        Scene {
            id: id.as_str().unwrap().to_owned(),
            t,
            receiver,
            configuration,
        }
    }

    fn step(&self) -> Value {
        self.t.step_with(&self.configuration);
        self.shown()
    }

    /// The next check, five minutes on.
    fn later(&self, behaviour: Behaviour) -> Value {
        self.receiver.behave(behaviour);
        self.t.advance_ms(NEXT_CHECK_MS);
        self.step()
    }

    fn shown(&self) -> Value {
        let get = json!({"ConnectorId": self.id});
        self.t.call("securityhub", "GetConnectorV2", get).unwrap()
    }

    fn update(&self, provider: Value) {
        let update = json!({"ConnectorId": self.id, "Provider": provider});
        self.t
            .call("securityhub", "UpdateConnectorV2", update)
            .unwrap();
    }
}

fn jira(key: Option<&str>) -> Value {
    json!({"JiraCloud": {"ProjectKey": key}})
}

fn health(shown: &Value) -> (&str, &str) {
    let text = |name: &str| shown["Health"][name].as_str().unwrap();
    (text("ConnectorStatus"), text("Message"))
}

#[test]
fn credentials_that_are_taken_connect() {
    let scene = Scene::new(JIRA, jira(Some("OPS")));
    let shown = scene.step();
    assert_eq!(health(&shown).0, "CONNECTED", "{shown}");
    let detail = &shown["ProviderDetail"]["JiraCloud"];
    let expected = json!({"AuthStatus": "ACTIVE", "Domain": "127.0.0.1", "ProjectKey": "OPS"});
    assert_eq!(detail, &expected);
    let asked = scene.receiver.take();
    assert_eq!(asked.len(), 2);
    // bot@example.com:api-token
    let expected = "Basic Ym90QGV4YW1wbGUuY29tOmFwaS10b2tlbg==";
    assert_eq!(asked[0].header("authorization"), expected);
    let listed = json!({"ConnectorStatus": "CONNECTED"});
    let listed = scene.t.call("securityhub", "ListConnectorsV2", listed);
    assert_eq!(listed.unwrap()["Connectors"].as_array().unwrap().len(), 1);
}

#[test]
fn one_that_was_well_is_degraded_while_it_is_away() {
    let scene = Scene::new(JIRA, jira(Some("OPS")));
    scene.step();
    let shown = scene.later(Behaviour::Answers(503, "busy"));
    assert_eq!(health(&shown).0, "DEGRADED");
    assert!(health(&shown).1.contains("busy"), "{shown}");
    assert_eq!(shown["Health"]["LastCheckedAt"], "2026-01-01T00:05:00Z");
    let shown = scene.later(Behaviour::HangsUp);
    assert_eq!(health(&shown).0, "DEGRADED");
    assert_eq!(health(&scene.later(JIRA)).0, "CONNECTED");
    let shown = scene.later(Behaviour::Answers(401, "who is api-token?"));
    assert_eq!(health(&shown).0, "FAILED_TO_CONNECT");
    assert!(health(&shown).1.contains("who is [secret]?"), "{shown}");
    assert_eq!(shown["ProviderDetail"]["JiraCloud"]["AuthStatus"], "FAILED");
}

#[test]
fn one_that_never_answered_failed() {
    let scene = Scene::new(Behaviour::Answers(200, "<html>"), jira(Some("OPS")));
    let shown = scene.step();
    assert_eq!(health(&shown).0, "FAILED_TO_CONNECT");
    assert!(health(&shown).1.contains("no JSON"), "{shown}");
}

#[test]
fn without_a_project_it_waits_for_one_and_is_asked_again_at_once() {
    let scene = Scene::new(JIRA, json!({"JiraCloud": {}}));
    let shown = scene.step();
    assert_eq!(health(&shown).0, "PENDING_CONFIGURATION");
    assert!(health(&shown).1.contains("UpdateConnectorV2"), "{shown}");
    scene.update(jira(Some("NONE")));
    let shown = scene.step();
    assert_eq!(health(&shown).0, "PENDING_CONFIGURATION");
    assert!(health(&shown).1.contains("project NONE"), "{shown}");
    scene.update(jira(Some("OPS")));
    assert_eq!(health(&scene.step()).0, "CONNECTED");
    // The checks that were due later are void: one is left.
    scene.receiver.take();
    scene.later(JIRA);
    assert_eq!(scene.receiver.take().len(), 2);
}

#[test]
fn without_credentials_it_says_what_to_set() {
    let secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:now";
    let service_now = json!({"ServiceNow": {"InstanceName": "shop", "SecretArn": secret}});
    for (provider, status) in [
        (jira(None), "PENDING_AUTHORIZATION"),
        (service_now, "PENDING_CONFIGURATION"),
    ] {
        let mut scene = Scene::new(JIRA, provider);
        scene.configuration = Configuration::default();
        let shown = scene.step();
        assert_eq!(health(&shown).0, status);
        assert!(
            health(&shown).1.contains("[connectors.\"tickets\"]"),
            "{shown}"
        );
        assert!(scene.receiver.take().is_empty());
    }
}

#[test]
fn service_now_is_asked_for_its_incidents() {
    let secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:now";
    let provider = json!({"ServiceNow": {"InstanceName": "shop", "SecretArn": secret}});
    let table = Behaviour::Routes(&[("GET /hook/api/now/table/incident", 200, r#"{"result":[]}"#)]);
    let scene = Scene::new(table, provider);
    let shown = scene.step();
    assert_eq!(health(&shown).0, "CONNECTED");
    let detail = json!({"AuthStatus": "ACTIVE", "InstanceName": "shop", "SecretArn": secret});
    assert_eq!(shown["ProviderDetail"]["ServiceNow"], detail);
}

#[test]
fn one_that_is_deleted_is_asked_no_more() {
    let scene = Scene::new(JIRA, jira(Some("OPS")));
    scene.step();
    scene.receiver.take();
    let delete = json!({"ConnectorId": scene.id});
    scene
        .t
        .call("securityhub", "DeleteConnectorV2", delete)
        .unwrap();
    scene.t.advance_ms(NEXT_CHECK_MS);
    scene.t.step_with(&scene.configuration);
    assert!(scene.receiver.take().is_empty());
}
