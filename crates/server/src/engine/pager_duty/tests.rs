//! PagerDuty from the opening of an incident to its end.

mod deletion;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::configuration::Configuration;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::incidents::pager_duty::{FAILURE, OPENED};
use crate::testing::Testing;
use crate::testing::incident::{SERVICE, given_up, items, open_with, told};
use crate::testing::receiver::{Behaviour, Received, Receiver};

const SECRET: &str = r#"{
    "pagerDutyToken":"u+token",
    "pagerDutyServiceRegion":"us",
    "pagerDutyFromEmail":"a@example.com"}"#;
const WELL: Behaviour = Behaviour::Routes(&[
    ("POST /hook/incidents", 201, r#"{"incident":{"id":"PABC"}}"#),
    ("POST /hook/incidents/PABC/notes", 201, r#"{"note":{}}"#),
    ("PUT /hook/incidents/PABC", 200, r#"{"incident":{}}"#),
]);

fn plan(secret_id: &str) -> Value {
    json!({"integrations": [{"pagerDutyConfiguration": {
        "name": "on-call",
        "secretId": secret_id,
        "pagerDutyIncidentConfiguration": {"serviceId": "PSERVICE"},
    }}]})
}

fn opened(behaviour: Behaviour) -> (Testing, Receiver, Configuration, String) {
    opened_by(behaviour, json!({}))
}

/// An incident that was opened by a call with these members.
fn opened_by(behaviour: Behaviour, call: Value) -> (Testing, Receiver, Configuration, String) {
    let set = |url: &str, secret: &str| {
        Configuration::parse(&format!(
            "[outside]\nallow = [\"127.0.0.0/8\"]\n[pagerduty]\nendpoint = \"{url}\"\n\
             [pagerduty.secrets]\nshop = {{ file = \"{secret}\" }}\n"
        ))
        .unwrap()
    };
    // Operations know secrets by their names alone.
    let t = Testing::configured(&set("", ""));
    let receiver = t.wait(Receiver::start(behaviour));
    let secret = t.file("pager-duty", SECRET);
    let configuration = set(&receiver.url, secret.to_str().unwrap());
    let arn = open_with(&t, plan("shop"), call);
    (t, receiver, configuration, arn)
}

fn update(t: &Testing, arn: &str, members: Value) {
    let mut input = members;
    input["arn"] = arn.into();
    t.call(SERVICE, "UpdateIncidentRecord", input).unwrap();
}

fn asked(received: &[Received]) -> Vec<String> {
    let asked = received.iter().map(|request| {
        let path = request.parts.uri.path();
        format!("{} {path}", request.parts.method)
    });
    asked.collect()
}

/// Turns until nothing is left that is due.
fn turns(t: &Testing, engine: &Arc<Engine>) {
    while t.wait(engine.step()).unwrap() > 0 {}
}

/// As `deliveries retry --all` does.
fn revive(t: &Testing) {
    let revived = t.call("balefire", "RetryDeadJobs", json!({})).unwrap();
    assert_eq!(revived["Retried"], 1);
}

#[test]
fn an_incident_is_opened_noted_and_resolved_in_order() {
    let (t, receiver, configuration, arn) = opened(WELL);
    // Before it is open there.
    update(&t, &arn, json!({"title": "Shop is slow"}));
    t.step_with(&configuration);
    let sent = receiver.take();
    assert_eq!(
        asked(&sent),
        ["POST /hook/incidents", "POST /hook/incidents/PABC/notes"]
    );
    let incident = &sent[0].json()["incident"];
    assert_eq!(incident["service"]["id"], "PSERVICE");
    let id = arn.rsplit('/').next().unwrap();
    assert_eq!(incident["incident_key"], id);
    let note = sent[1].json()["note"]["content"].to_string();
    assert!(note.contains("title is now: Shop is slow"), "{note}");

    let item = &items(&t, &arn)[0];
    assert_eq!(item["identifier"]["type"], "INCIDENT");
    let detail = &item["identifier"]["value"]["pagerDutyIncidentDetail"];
    let expected = json!({"id": "PABC", "autoResolve": true, "secretId": "shop"});
    assert_eq!(detail, &expected);
    let told = told(&t, &arn, OPENED);
    assert_eq!(told[0]["pagerDutyIncidentId"], "PABC");

    update(&t, &arn, json!({"status": "RESOLVED"}));
    update(&t, &arn, json!({"status": "RESOLVED"}));
    t.step_with(&configuration);
    assert_eq!(
        asked(&receiver.take()),
        [
            "POST /hook/incidents/PABC/notes",
            "PUT /hook/incidents/PABC"
        ]
    );
}

#[test]
fn notes_wait_in_order_while_pager_duty_is_away() {
    let (t, receiver, configuration, arn) = opened(Behaviour::Answers(503, "busy"));
    let engine = t.engine(&configuration);
    turns(&t, &engine);
    for title in ["one", "two", "three"] {
        update(&t, &arn, json!({"title": title}));
        turns(&t, &engine);
    }
    update(&t, &arn, json!({"status": "RESOLVED"}));
    turns(&t, &engine);
    assert_eq!(asked(&receiver.take()), ["POST /hook/incidents"]);
    receiver.behave(WELL);
    t.advance_ms(60_000);
    turns(&t, &engine);
    let sent = receiver.take();
    assert_eq!(sent.len(), 6);
    for (sent, said) in sent[1..5].iter().zip(["one", "two", "three", "RESOLVED"]) {
        let note = sent.json()["note"]["content"].to_string();
        assert!(note.contains(said), "{note}");
    }
    assert_eq!(sent[5].parts.method, "PUT");
}

#[test]
fn what_is_given_up_is_told_without_the_token() {
    let (t, receiver, configuration, arn) = opened(Behaviour::Answers(401, "no: u+token"));
    t.step_with(&configuration);
    let failure = told(&t, &arn, FAILURE)[0].to_string();
    assert!(failure.contains("no: [secret]") && failure.contains("no incident was opened"));
    assert!(!given_up(&t)[0].contains("u+token"));
    update(&t, &arn, json!({"title": "waits"}));
    t.step_with(&configuration);
    assert_eq!(receiver.take().len(), 1, "there is nothing to note it on");

    // A person mends the secret and revives the job.
    receiver.behave(WELL);
    revive(&t);
    t.step_with(&configuration);
    assert_eq!(receiver.take().len(), 2);
}

#[test]
fn a_note_that_is_refused_does_not_hold_up_the_end() {
    let (t, receiver, configuration, arn) = opened(Behaviour::Routes(&[
        ("POST /hook/incidents", 201, r#"{"incident":{"id":"PABC"}}"#),
        ("POST /hook/incidents/PABC/notes", 400, "too rude"),
        ("PUT /hook/incidents/PABC", 200, "{}"),
    ]));
    update(&t, &arn, json!({"status": "RESOLVED"}));
    t.step_with(&configuration);
    assert_eq!(receiver.take().len(), 3);
    let failures = told(&t, &arn, FAILURE);
    assert_eq!(failures.len(), 1);
    assert!(failures[0]["message"].to_string().contains("too rude"));
}

#[test]
fn what_was_given_up_is_told_when_it_is_revived() {
    let refuses = Behaviour::Routes(&[
        ("POST /hook/incidents/PABC/notes", 201, r#"{"note":{}}"#),
        ("PUT /hook/incidents/PABC", 401, "the token has expired"),
        ("GET /hook/incidents/PABC", 401, "the token has expired"),
    ]);
    let (t, receiver, configuration, arn) = opened(WELL);
    t.step_with(&configuration);
    receiver.behave(refuses);
    update(&t, &arn, json!({"status": "RESOLVED"}));
    t.step_with(&configuration);
    // What happens later is not held up.
    receiver.behave(WELL);
    update(&t, &arn, json!({"title": "Shop was down"}));
    t.step_with(&configuration);
    receiver.take();
    for _ in 0..2 {
        assert_eq!(given_up(&t).len(), 1);
        revive(&t);
        receiver.behave(Behaviour::Answers(401, "still"));
        t.step_with(&configuration);
    }
    assert_eq!(told(&t, &arn, FAILURE).len(), 3);
    receiver.take();
    receiver.behave(WELL);
    revive(&t);
    t.step_with(&configuration);
    assert_eq!(asked(&receiver.take()), ["PUT /hook/incidents/PABC"]);
    assert_eq!((given_up(&t).len(), t.count("job")), (0, 0));
}

#[test]
fn a_note_whose_attempts_end_without_a_word_does_not_hold_up_the_end() {
    let (t, receiver, configuration, arn) = opened(WELL);
    t.step_with(&configuration);
    update(&t, &arn, json!({"title": "still down"}));
    update(&t, &arn, json!({"status": "RESOLVED"}));
    receiver.take();
    let wear_out =
        |tx: &mut balefire_store::Tx<'_>| tx.execute("UPDATE job SET attempts = 24", &[]);
    assert_eq!(t.store.write_blocking("", wear_out).unwrap().unwrap(), 1);
    t.step_with(&configuration);
    let sent = asked(&receiver.take());
    assert_eq!(sent.last().unwrap(), "PUT /hook/incidents/PABC", "{sent:?}");
    assert_eq!(given_up(&t), ["each attempt ended without a word"]);
    assert_eq!(told(&t, &arn, FAILURE).len(), 1);
}

#[test]
fn there_are_no_more_notes_than_pager_duty_keeps() {
    let (t, receiver, configuration, arn) = opened(WELL);
    let many = |tx: &mut balefire_store::Tx<'_>| {
        tx.execute("UPDATE pager_duty_incident SET notes = 1998", &[])
    };
    t.store.write_blocking("", many).unwrap().unwrap();
    for title in ["one", "two", "three"] {
        update(&t, &arn, json!({"title": title}));
    }
    t.step_with(&configuration);
    let sent = receiver.take();
    assert_eq!(sent.len(), 3);
    let last = sent[2].json()["note"]["content"].to_string();
    assert!(last.contains("the last note"), "{last}");
}

#[test]
fn one_that_is_linked_without_resolving_stays_open() {
    let detail = json!({"pagerDutyIncidentDetail": {"id": "PABC", "autoResolve": false}});
    let item = json!({"identifier": {"type": "INCIDENT", "value": detail}});
    let call = json!({"relatedItems": [item]});
    let (t, receiver, configuration, arn) = opened_by(WELL, call);
    t.step_with(&configuration);
    update(&t, &arn, json!({"status": "RESOLVED"}));
    t.step_with(&configuration);
    let sent = receiver.take();
    assert!(sent.iter().all(|sent| sent.parts.method == "POST"));
}

#[test]
fn plans_name_secrets_that_are_set() {
    let (t, ..) = opened(WELL);
    let arn = "arn:aws:ssm-incidents::111111111111:response-plan/shop";
    let mut create = plan("other");
    create["name"] = "other".into();
    create["incidentTemplate"] = json!({"title": "x", "impact": 1});
    let mut change = plan("other");
    change["arn"] = arn.into();
    for (operation, input) in [
        ("CreateResponsePlan", create),
        ("UpdateResponsePlan", change),
    ] {
        match t.call(SERVICE, operation, input) {
            Err(failure @ Failure::Invalid(_)) => {
                let message = failure.message();
                assert!(message.contains("/integrations/0/pagerDutyConfiguration/secretId"));
                assert!(message.contains("[pagerduty.secrets]"), "{message}");
            }
            other => panic!("{operation}: {other:?}"),
        }
    }
}

#[test]
fn what_a_cause_resolves_is_resolved_there() {
    let (t, receiver, configuration, _) = opened(WELL);
    let plan = "arn:aws:ssm-incidents::111111111111:response-plan/shop";
    let mut cause = json!({"ResponsePlanArn": plan, "Source": "tests", "Cause": "disk"});
    t.call("balefire", "TriggerIncident", cause.clone())
        .unwrap();
    t.step_with(&configuration);
    receiver.take();
    cause["ResolveIncident"] = true.into();
    let over = t.call("balefire", "ResolveCause", cause).unwrap();
    assert_eq!(over["Outcome"], "RESOLVED");
    t.step_with(&configuration);
    let asked = asked(&receiver.take());
    assert_eq!(
        asked.last().unwrap(),
        "PUT /hook/incidents/PABC",
        "{asked:?}"
    );
}
