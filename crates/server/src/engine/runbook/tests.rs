//! Runbooks from the opening of an incident to their end.

mod commands;

use serde_json::{Value, json};

use crate::configuration::Configuration;
use crate::incidents::runbook::{ENDED, PROGRESS, START_FAILURE, STARTED};
use crate::testing::Testing;
use crate::testing::incident::{given_up, items, open_with, record, told};
use crate::testing::receiver::{Behaviour, Receiver};

const ID: &str = "3c1f2a80-0000-4000-8000-0000000000ab";
const STARTS: &str = r#"{"AutomationExecutionId":"3c1f2a80-0000-4000-8000-0000000000ab"}"#;
const EXECUTION: &str =
    "arn:aws:ssm:eu-west-1:111111111111:automation-execution/3c1f2a80-0000-4000-8000-0000000000ab";
const TABLE: &str = "arn:aws:dynamodb:eu-central-1:111111111111:table/orders";

/// The status of an execution as Systems Manager tells it.
macro_rules! status {
    ($status:literal, $step:literal, $message:literal) => {
        Behaviour::Answers(
            200,
            concat!(
                r#"{"AutomationExecution":{"AutomationExecutionStatus":""#,
                $status,
                r#"","CurrentStepName":""#,
                $step,
                r#"","FailureMessage":""#,
                $message,
                r#""}}"#
            ),
        )
    };
}

fn plan() -> Value {
    json!({"actions": [{"ssmAutomation": {
        "documentName": "restart-shop",
        "documentVersion": "3",
        "roleArn": "arn:aws:iam::111111111111:role/runbooks",
        "parameters": {"mode": ["soft"]},
        "dynamicParameters": {
            "incident": {"variable": "INCIDENT_RECORD_ARN"},
            "resources": {"variable": "INVOLVED_RESOURCES"},
        },
    }}]})
}

/// An open incident whose runbook is started at the receiver.
fn opened(behaviour: Behaviour) -> (Testing, Receiver, Configuration, String) {
    let t = Testing::new();
    let receiver = t.wait(Receiver::start(behaviour));
    let secret = t.file("ssm", "ssm-secret-key");
    let configuration = Configuration::parse(&format!(
        "[outside]\nallow = [\"127.0.0.0/8\"]\n[runbooks.ssm]\nendpoint = \"{}\"\nregion = \"eu-west-1\"\n\
         access_key_id = \"AKIASSM\"\nsecret_access_key = {{ file = \"{}\" }}\n",
        receiver.url,
        secret.display(),
    ));
    let involved = json!({"relatedItems": [
        {"identifier": {"type": "INVOLVED_RESOURCE", "value": {"arn": TABLE}}},
        {"identifier": {"type": "OTHER", "value": {"arn": "arn:aws:s3:::logs"}}},
    ]});
    let arn = open_with(&t, plan(), involved);
    (t, receiver, configuration.unwrap(), arn)
}

#[test]
fn a_runbook_is_started_and_followed_to_its_end() {
    let (t, receiver, configuration, arn) = opened(Behaviour::Answers(200, STARTS));
    t.advance_ms(5);
    t.step_with(&configuration);
    let sent = receiver.take();
    assert_eq!(sent.len(), 1);
    let parameters = &sent[0].json()["Parameters"];
    assert_eq!(
        parameters,
        &json!({"mode": ["soft"], "incident": [arn], "resources": [TABLE]})
    );
    let found = record(&t, &arn);
    let executions = json!([{"ssmExecutionArn": EXECUTION}]);
    assert_eq!(found["automationExecutions"], executions);
    let engine = "arn:aws:iam::111111111111:role/balefire-engine";
    assert_eq!(found["lastModifiedBy"], engine);
    let items = items(&t, &arn);
    let item = items
        .iter()
        .find(|item| item["identifier"]["type"] == "AUTOMATION");
    assert_eq!(item.unwrap()["identifier"]["value"]["arn"], EXECUTION);
    let started = told(&t, &arn, STARTED);
    assert_eq!(started[0]["ssmExecutionArn"], EXECUTION);
    assert_eq!(started[0]["ssmDocumentName"], "restart-shop");

    for (behaviour, progress, ended) in [
        (status!("InProgress", "drain", ""), 1, 0),
        // Nothing new.
        (status!("InProgress", "drain", ""), 1, 0),
        (Behaviour::Answers(500, "oh"), 1, 0),
        (Behaviour::Answers(200, "<html>"), 1, 0),
        (status!("InProgress", "restart", ""), 2, 0),
        (status!("Failed", "restart", "no disk"), 2, 1),
    ] {
        receiver.behave(behaviour);
        t.advance_ms(60_000);
        t.step_with(&configuration);
        let asked = receiver.take();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].json(), json!({"AutomationExecutionId": ID}));
        assert_eq!(told(&t, &arn, PROGRESS).len(), progress);
        assert_eq!(told(&t, &arn, ENDED).len(), ended);
    }
    let ended = &told(&t, &arn, ENDED)[0];
    assert_eq!(
        (&ended["status"], &ended["message"]),
        (&json!("Failed"), &json!("no disk"))
    );
    t.advance_ms(86_400_000);
    t.step_with(&configuration);
    assert!(receiver.take().is_empty() && given_up(&t).is_empty());
}

#[test]
fn one_that_hangs_is_followed_for_a_day() {
    let (t, receiver, configuration, arn) = opened(Behaviour::Answers(200, STARTS));
    t.step_with(&configuration);
    receiver.behave(status!("InProgress", "wait", ""));
    for hour in [0, 6, 12, 18, 24] {
        t.advance_ms(if hour == 0 { 60_000 } else { 6 * 3_600_000 });
        t.step_with(&configuration);
    }
    let progress = told(&t, &arn, PROGRESS);
    assert_eq!(progress.len(), 2, "{progress:?}");
    assert!(progress[1]["message"].to_string().contains("a day"));
    receiver.take();
    t.advance_ms(3_600_000);
    t.step_with(&configuration);
    assert!(receiver.take().is_empty());
}

#[test]
fn a_repeated_start_has_the_same_token_and_may_succeed() {
    let (t, receiver, configuration, arn) = opened(Behaviour::HangsUp);
    t.step_with(&configuration);
    let first = receiver.take()[0].json();
    receiver.behave(Behaviour::Answers(200, STARTS));
    t.advance_ms(60_000);
    t.step_with(&configuration);
    assert_eq!(receiver.take()[0].json(), first);
    assert_eq!(told(&t, &arn, STARTED).len(), 1);
    assert!(told(&t, &arn, START_FAILURE).is_empty());
}

#[test]
fn what_keeps_it_from_starting_is_told() {
    let refused =
        r#"{"__type":"AutomationDefinitionNotFoundException","Message":"no restart-shop"}"#;
    let (t, _receiver, configuration, arn) = opened(Behaviour::Answers(400, refused));
    t.step_with(&configuration);
    let failure = &told(&t, &arn, START_FAILURE)[0];
    assert!(failure["message"].to_string().contains("no restart-shop"));
    assert_eq!(given_up(&t).len(), 1);

    let (t, _receiver, configuration, arn) = opened(Behaviour::Answers(503, "busy"));
    t.step_with(&configuration);
    assert!(told(&t, &arn, START_FAILURE).is_empty(), "it may pass");
    t.advance_ms(3_600_000);
    t.step_with(&configuration);
    assert_eq!(told(&t, &arn, START_FAILURE).len(), 1, "it is too late");

    let (t, _receiver, _, arn) = opened(Behaviour::Hangs);
    t.step();
    let failure = told(&t, &arn, START_FAILURE)[0]["message"].to_string();
    assert!(failure.contains("[runbooks.ssm]"), "{failure}");
    assert_eq!(record(&t, &arn)["automationExecutions"], json!([]));
}

#[test]
fn a_plan_that_is_changed_does_not_reach_its_open_incidents() {
    let (t, receiver, configuration, _) = opened(Behaviour::Answers(200, STARTS));
    let plan = "arn:aws:ssm-incidents::111111111111:response-plan/shop";
    let emptied = json!({"arn": plan, "actions": []});
    t.call("ssm-incidents", "UpdateResponsePlan", emptied)
        .unwrap();
    t.step_with(&configuration);
    assert_eq!(receiver.take().len(), 1);
}
