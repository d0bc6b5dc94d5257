//! Tests of causes: what opens, folds, says the same again and is over.

use serde_json::{Value, json};

use crate::incidents::fixture;
use crate::incidents::fixture::{event_types, missing, record, start, with_plan, wrong_at};
use crate::testing::{MEMBER, Testing};

const START: [&str; 2] = ["SSM Incident Trigger", "SSM Incident Start"];

fn call(t: &Testing, operation: &str, plan: &str, more: Value) -> Value {
    let answer = t.call("balefire", operation, input(plan, more));
    answer.unwrap_or_else(|failure| panic!("{operation}: {failure:?}"))
}

fn input(plan: &str, more: Value) -> Value {
    let mut input = json!({"ResponsePlanArn": plan, "Source": "tests"});
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    input
}

fn plan() -> (Testing, String) {
    with_plan(json!({"title": "Down", "impact": 2}))
}

/// Triggers with a cause and what it says; gives the outcome and the incident.
fn trigger(t: &Testing, plan: &str, cause: &str, says: &str) -> (String, String) {
    let more = json!({"Cause": cause, "Fingerprint": says});
    let output = call(t, "TriggerIncident", plan, more);
    let text = |name: &str| output[name].as_str().unwrap().to_owned();
    (text("Outcome"), text("IncidentArn"))
}

fn resolve(t: &Testing, plan: &str, cause: &str, incident: bool) -> String {
    let more = json!({"Cause": cause, "ResolveIncident": incident});
    let output = call(t, "ResolveCause", plan, more);
    output["Outcome"].as_str().unwrap().to_owned()
}

#[test]
fn a_cause_has_one_open_incident_and_says_the_same_once() {
    let (t, plan) = plan();
    let (outcome, arn) = trigger(&t, &plan, "disk", "a");
    assert_eq!(outcome, "OPENED");
    assert_eq!(event_types(&t, &arn).len(), START.len());
    assert_eq!(
        trigger(&t, &plan, "disk", "a"),
        ("UNCHANGED".into(), arn.clone())
    );
    assert_eq!(event_types(&t, &arn).len(), START.len());
    assert_eq!(
        trigger(&t, &plan, "disk", "b"),
        ("REPEATED".into(), arn.clone())
    );
    assert_eq!(
        event_types(&t, &arn).last().unwrap(),
        "SSM Incident Trigger"
    );
    let (outcome, other) = trigger(&t, &plan, "memory", "a");
    assert_eq!(outcome, "OPENED");
    assert_ne!(other, arn);
    let update = json!({"arn": arn, "status": "RESOLVED"});
    t.call(fixture::SERVICE, "UpdateIncidentRecord", update)
        .unwrap();
    assert_eq!(trigger(&t, &plan, "disk", "b").0, "OPENED");
}

#[test]
fn an_incident_takes_what_the_trigger_says() {
    let (t, plan) = plan();
    let url = |n: usize| {
        let identifier =
            json!({"type": "OTHER", "value": {"url": format!("https://example.com/{n}")}});
        json!({"identifier": identifier})
    };
    let items: Vec<Value> = (0..53).map(url).collect();
    let more = json!({"Title": "Disk full", "Impact": 1, "RawData": "93 %", "RelatedItems": items});
    let output = call(&t, "TriggerIncident", &plan, more);
    assert_eq!(output["RelatedItemsLeftOut"], 3);
    let record = record(&t, output["IncidentArn"].as_str().unwrap());
    assert_eq!(
        (&record["title"], &record["impact"]),
        (&json!("Disk full"), &json!(1))
    );
    assert_eq!(record["incidentRecordSource"]["source"], "tests");
}

#[test]
fn without_a_cause_each_opens() {
    let (t, plan) = plan();
    for _ in 0..2 {
        assert_eq!(
            call(&t, "TriggerIncident", &plan, json!({}))["Outcome"],
            "OPENED"
        );
    }
    assert_eq!(t.count("incident_cause"), 0);
}

#[test]
fn what_is_over_is_noted_and_resolves_where_it_is_asked_to() {
    for (asked, outcome, status) in [(false, "NOTED", "OPEN"), (true, "RESOLVED", "RESOLVED")] {
        let (t, plan) = plan();
        assert_eq!(resolve(&t, &plan, "disk", asked), "NOT_OPEN");
        let (_, arn) = trigger(&t, &plan, "disk", "a");
        t.advance_ms(1000);
        assert_eq!(resolve(&t, &plan, "disk", asked), outcome);
        let kept = record(&t, &arn);
        assert_eq!(kept["status"], status);
        assert_eq!(kept.get("resolvedTime").is_some(), asked);
        assert!(event_types(&t, &arn).contains(&"Balefire Cause Resolved".into()));
        let again = resolve(&t, &plan, "disk", asked);
        assert_eq!(again, if asked { "NOT_OPEN" } else { "UNCHANGED" });
        let (outcome, _) = trigger(&t, &plan, "disk", "a");
        assert_eq!(outcome, if asked { "OPENED" } else { "REPEATED" });
    }
}

#[test]
fn an_incident_of_several_causes_is_over_with_the_last() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2, "dedupeString": "one"}));
    let (_, arn) = trigger(&t, &plan, "disk", "a");
    assert_eq!(
        trigger(&t, &plan, "memory", "a"),
        ("REPEATED".into(), arn.clone())
    );
    assert_eq!(trigger(&t, &plan, "disk", "a").0, "UNCHANGED");
    assert_eq!(resolve(&t, &plan, "network", true), "NOT_OPEN");
    assert_eq!(resolve(&t, &plan, "disk", true), "NOTED");
    assert_eq!(record(&t, &arn)["status"], "OPEN");
    assert_eq!(resolve(&t, &plan, "memory", true), "RESOLVED");
}

#[test]
fn what_another_opened_stays_open() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2, "dedupeString": "one"}));
    let share = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": MEMBER},
            "Action": ["ssm-incidents:StartIncident", "ssm-incidents:UpdateIncidentRecord"],
            "Resource": [plan, format!("{}/*", plan.replace(":response-plan/", ":incident-record/"))],
        }],
    });
    let policy = json!({"resourceArn": plan, "policy": share.to_string()});
    t.call(fixture::SERVICE, "PutResourcePolicy", policy)
        .unwrap();
    let arn = start(&t, &plan, json!({})).unwrap();
    let as_member = |operation: &str, more: Value| {
        let answer = t.call_as(MEMBER, "balefire", operation, input(&plan, more));
        answer.unwrap()["Outcome"].clone()
    };
    assert_eq!(
        as_member("TriggerIncident", json!({"Cause": "disk"})),
        "REPEATED"
    );
    let over = json!({"Cause": "disk", "ResolveIncident": true});
    assert_eq!(as_member("ResolveCause", over), "NOTED");
    assert_eq!(record(&t, &arn)["status"], "OPEN");
}

#[test]
fn another_account_sees_no_plan() {
    let (t, plan) = plan();
    trigger(&t, &plan, "disk", "a");
    for operation in ["TriggerIncident", "ResolveCause"] {
        let more = input(&plan, json!({"Cause": "disk"}));
        let refused = t.call_as(MEMBER, "balefire", operation, more);
        assert_eq!(missing(refused), "RESPONSE_PLAN");
    }
}

#[test]
fn a_client_token_counts_once() {
    let (t, plan) = plan();
    let more = json!({"ClientToken": "m-1"});
    let first = call(&t, "TriggerIncident", &plan, more.clone());
    assert_eq!(call(&t, "TriggerIncident", &plan, more), first);
    let other = input(&plan, json!({"ClientToken": "m-1", "Title": "Other"}));
    let refused = t.call("balefire", "TriggerIncident", other);
    assert!(
        matches!(refused, Err(crate::failure::Failure::Conflict { .. })),
        "{refused:?}"
    );
}

#[test]
fn what_is_wrong_is_named() {
    let (t, plan) = plan();
    let identifier = json!({"type": "OTHER", "value": {"url": "https://a.example"}});
    let item = json!({"generatedId": "x", "identifier": identifier});
    for (more, place) in [
        (json!({"Source": "aws.ec2"}), "/Source"),
        (
            json!({"RelatedItems": [item]}),
            "/RelatedItems/0/generatedId",
        ),
        (json!({"Impact": 6}), "/Impact"),
        (
            json!({"ResponsePlanArn": "arn:aws:s3:::bucket"}),
            "/ResponsePlanArn",
        ),
    ] {
        let refused = t.call("balefire", "TriggerIncident", input(&plan, more));
        assert_eq!(wrong_at(refused), place);
    }
}

#[test]
fn a_deleted_incident_leaves_no_cause() {
    let (t, plan) = plan();
    let (_, arn) = trigger(&t, &plan, "disk", "a");
    assert_eq!(t.count("incident_cause"), 1);
    t.call(
        fixture::SERVICE,
        "DeleteIncidentRecord",
        json!({"arn": arn}),
    )
    .unwrap();
    assert_eq!(t.count("incident_cause"), 0);
}

#[test]
fn causes_go_with_the_replication_set() {
    let (t, plan) = plan();
    trigger(&t, &plan, "disk", "a");
    let sets = t
        .call(fixture::SERVICE, "ListReplicationSets", json!({}))
        .unwrap();
    let arn = json!({"arn": sets["replicationSetArns"][0]});
    t.call(fixture::SERVICE, "DeleteReplicationSet", arn)
        .unwrap();
    t.step();
    assert_eq!(t.count("incident_cause"), 0);
}
