//! What the quotas refuse where they hold, and that nothing is refused where they do not.

use serde_json::{Value, json};

use super::*;
use crate::incidents::fixture::{SERVICE, start, with_plan, with_plan_and};
use crate::settings::Settings;
use crate::testing::Testing;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn limited(template: Value) -> (Testing, String) {
    let settings = Settings {
        limits: Limits::Aws,
        ..Settings::default()
    };
    with_plan_and(settings, template)
}

fn quota(failure: &Failure) -> Option<&'static str> {
    match failure {
        Failure::Limit { quota, .. } => Some(quota),
        _ => None,
    }
}

#[test]
fn a_plan_has_so_many_incidents_a_month() {
    let template = json!({"title": "Down", "impact": 2});
    let (t, plan) = limited(template.clone());
    for _ in 0..INCIDENTS_PER_PLAN_AND_MONTH {
        start(&t, &plan, json!({})).unwrap();
    }
    let refused = start(&t, &plan, json!({})).expect_err("one too many");
    assert_eq!(
        quota(&refused),
        Some("INCIDENTS_PER_RESPONSE_PLAN_AND_MONTH")
    );
    assert_eq!(t.count("incident"), INCIDENTS_PER_PLAN_AND_MONTH);
    let input = json!({"name": "other", "incidentTemplate": template});
    let other = t.call(SERVICE, "CreateResponsePlan", input).unwrap();
    start(&t, other["arn"].as_str().unwrap(), json!({})).unwrap();
    // The tests begin on the first of January.
    t.advance_ms(31 * DAY_MS - 1);
    assert!(start(&t, &plan, json!({})).is_err());
    t.advance_ms(1);
    start(&t, &plan, json!({})).unwrap();
}

#[test]
fn what_folds_needs_no_room_and_an_event_that_finds_none_is_noted() {
    let (t, plan) = limited(json!({"title": "Down", "impact": 2}));
    let rule = json!({"Name": "all", "EventPattern": r#"{"source": ["ci"]}"#});
    t.call("events", "PutRule", rule).unwrap();
    let target = json!({"Rule": "all", "Targets": [{"Id": "1", "Arn": plan}]});
    t.call("events", "PutTargets", target).unwrap();
    let put = || {
        let entry = json!({"Source": "ci", "DetailType": "Broken", "Detail": "{}"});
        t.call("events", "PutEvents", json!({"Entries": [entry]}))
            .unwrap();
        t.step();
    };
    put();
    for _ in 1..INCIDENTS_PER_PLAN_AND_MONTH {
        start(&t, &plan, json!({})).unwrap();
    }
    put();
    assert_eq!(missed(&t), 0, "the open incident takes it in");
    let open = json!({"key": "status", "condition": {"equals": {"stringValues": ["OPEN"]}}});
    let input = json!({"filters": [open], "maxResults": 100});
    for _ in 0..2 {
        let listed = t
            .call(SERVICE, "ListIncidentRecords", input.clone())
            .unwrap();
        for incident in listed["incidentRecordSummaries"].as_array().unwrap() {
            close(&t, &incident["arn"]);
        }
    }
    put();
    assert_eq!(missed(&t), 1);
    assert_eq!(t.count("incident"), INCIDENTS_PER_PLAN_AND_MONTH);
}

fn close(t: &Testing, arn: &Value) {
    let input = json!({"arn": arn, "status": "RESOLVED"});
    t.call(SERVICE, "UpdateIncidentRecord", input).unwrap();
}

/// How often the change log tells of a target that opened nothing.
fn missed(t: &Testing) -> i64 {
    let sql = "SELECT COUNT(*) FROM log WHERE kind = 'rule.target_missed'";
    let rows = t.store.read_blocking(move |tx| tx.query(sql, &[]));
    rows.unwrap().unwrap()[0].int(0).unwrap()
}

fn event(t: &Testing, incident: &str) -> Result<Value, Failure> {
    let input = json!({
        "incidentRecordArn": incident, "eventType": "Note", "eventData": "\"seen\"",
        "eventTime": t.now().0 as f64 / 1000.0,
    });
    t.call(SERVICE, "CreateTimelineEvent", input)
}

#[test]
fn a_timeline_has_so_many_events_and_the_automatic_ones_beyond() {
    let (t, plan) = limited(json!({"title": "Down", "impact": 2}));
    let incident = start(&t, &plan, json!({})).unwrap();
    // The start is an event too.
    for _ in 1..EVENTS_PER_INCIDENT {
        event(&t, &incident).unwrap();
    }
    let refused = event(&t, &incident).expect_err("one too many");
    assert_eq!(quota(&refused), Some("TIMELINE_EVENTS_PER_INCIDENT"));
    let before = t.count("timeline_event");
    close(&t, &json!(incident));
    assert!(t.count("timeline_event") > before);
}

#[test]
fn without_the_profile_nothing_is_counted() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2}));
    for _ in 0..=INCIDENTS_PER_PLAN_AND_MONTH {
        start(&t, &plan, json!({})).unwrap();
    }
}

#[test]
fn a_month_begins_in_utc() {
    for (time, expected) in [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2026-02-28T23:59:59.999Z", "2026-02-01T00:00:00Z"),
        ("2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z"),
    ] {
        let ms = |text: &str| {
            let time: jiff::Timestamp = text.parse().expect("a time");
            Timestamp(time.as_millisecond())
        };
        assert_eq!(month_began(ms(time)).unwrap(), ms(expected), "{time}");
    }
}
