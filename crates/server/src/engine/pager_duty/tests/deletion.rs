//! What a deleted incident leaves at PagerDuty: nothing that is open.

use balefire_store::Job;
use serde_json::json;

use super::*;
use crate::context::Ctx;
use crate::engine::job::End;
use crate::engine::pager_duty::ERRAND;

const NONE_THERE: Behaviour =
    Behaviour::Routes(&[("GET /hook/incidents", 200, r#"{"incidents":[]}"#)]);

fn delete(t: &Testing, arn: &str) {
    t.call(SERVICE, "DeleteIncidentRecord", json!({"arn": arn}))
        .unwrap();
}

/// Nothing is kept of an incident that is gone, and no job of it was given up.
fn nothing_left(t: &Testing) {
    for table in ["pager_duty_incident", "pager_duty_step", "job"] {
        assert_eq!(t.count(table), 0, "{table}");
    }
}

#[test]
fn one_that_is_open_there_is_resolved_and_says_why() {
    let (t, receiver, configuration, arn) = opened(WELL);
    t.step_with(&configuration);
    update(&t, &arn, json!({"title": "still to be told"}));
    receiver.take();
    delete(&t, &arn);
    t.step_with(&configuration);
    let sent = receiver.take();
    let note = "POST /hook/incidents/PABC/notes";
    assert_eq!(asked(&sent), [note, note, "PUT /hook/incidents/PABC"]);
    let why = sent[1].json()["note"]["content"].to_string();
    assert!(why.contains("SSM Incident Deletion"), "{why}");
    nothing_left(&t);
}

#[test]
fn one_that_is_resolved_or_linked_without_resolving_is_left_as_it_is() {
    let unlinked = json!({"itemToAdd": {"identifier": {
        "type": "INCIDENT", "value": {"pagerDutyIncidentDetail": {"id": "PABC", "autoResolve": false}},
    }}});
    for resolved in [true, false] {
        let (t, receiver, configuration, arn) = opened(WELL);
        t.step_with(&configuration);
        if resolved {
            update(&t, &arn, json!({"status": "RESOLVED"}));
        } else {
            let input = json!({"incidentRecordArn": arn, "relatedItemsUpdate": unlinked});
            t.call(SERVICE, "UpdateRelatedItems", input).unwrap();
        }
        t.step_with(&configuration);
        receiver.take();
        delete(&t, &arn);
        t.step_with(&configuration);
        assert_eq!(asked(&receiver.take()), [""; 0], "resolved: {resolved}");
        nothing_left(&t);
    }
}

#[test]
fn one_that_is_not_open_there_yet_is_not_opened_any_more() {
    let (t, receiver, configuration, arn) = opened(Behaviour::Answers(503, "busy"));
    let engine = t.engine(&configuration);
    turns(&t, &engine);
    update(&t, &arn, json!({"title": "nobody reads it"}));
    receiver.take();
    delete(&t, &arn);
    receiver.behave(NONE_THERE);
    t.advance_ms(60_000);
    turns(&t, &engine);
    assert_eq!(asked(&receiver.take()), ["GET /hook/incidents"]);
    nothing_left(&t);
}

#[test]
fn what_could_not_be_resolved_is_resolved_when_it_is_revived() {
    let (t, receiver, configuration, arn) = opened(WELL);
    t.step_with(&configuration);
    receiver.behave(Behaviour::Routes(&[
        ("POST /hook/incidents/PABC/notes", 201, r#"{"note":{}}"#),
        ("PUT /hook/incidents/PABC", 401, "the token has expired"),
    ]));
    delete(&t, &arn);
    t.step_with(&configuration);
    assert_eq!(given_up(&t).len(), 1);
    receiver.take();
    receiver.behave(WELL);
    revive(&t);
    t.step_with(&configuration);
    assert_eq!(asked(&receiver.take()), ["PUT /hook/incidents/PABC"]);
    nothing_left(&t);
}

#[test]
fn one_that_is_being_opened_is_resolved_after_it() {
    let (t, receiver, configuration, arn) = opened(WELL);
    let engine = t.engine(&configuration);
    let job = t.wait(engine.claim(1, 1)).unwrap().remove(0);
    // While PagerDuty is asked.
    delete(&t, &arn);
    let answered =
        |ctx: &mut Ctx<'_, '_>, job: &Job| (ERRAND.settle)(ctx, job, Ok(json!({"id": "PABC"})));
    t.wait(engine.settle(&job, End::Finished, answered))
        .unwrap();
    turns(&t, &engine);
    assert_eq!(asked(&receiver.take()), ["PUT /hook/incidents/PABC"]);
    nothing_left(&t);
}
