//! Where a stream begins, and what it sends.

use balefire_store::Entry;
use serde_json::{Value, json};

use super::*;
use crate::testing::{MEMBER, REGION, Testing};

#[test]
fn an_event_is_one_line_of_data() {
    let entry = Entry {
        account: "111111111111".into(),
        actor: "arn:aws:iam::111111111111:user/a".into(),
        kind: "incident.opened".into(),
        subject: "arn:aws:ssm-incidents::111111111111:incident-record/p/1".into(),
        body: br#"{"incidentTitle":"a\nb"}"#.to_vec(),
        at_ms: 0,
    };
    let text = event(&Logged {
        shard: 3,
        seq: 7,
        entry,
    });
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..2], ["id: 7", "event: incident.opened"]);
    let data: Value = serde_json::from_str(lines[2].strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(data["detail"]["change"]["incidentTitle"], "a\nb");
    assert_eq!(data["time"], "1970-01-01T00:00:00Z");
    assert_eq!((&data["id"], data.get("region")), (&"3-7".into(), None));
    assert_eq!(lines.len(), 4);
}

#[test]
fn ids_are_taken_as_events_and_as_their_json_have_them() {
    for (id, expected) in [
        ("158", Some(158)),
        ("13-158", Some(158)),
        ("0", Some(0)),
        ("12-158", None),
        ("-158", None),
        ("13--158", None),
        ("+158", None),
        ("13-", None),
        ("", None),
        ("99999999999999999999", None),
    ] {
        assert_eq!(seq_of(&HeaderValue::from_static(id), 13), expected, "{id}");
    }
}

async fn status_after(testing: &Testing, id: Option<&str>) -> StatusCode {
    let (_stop, stopping) = watch::channel(false);
    let changes = Changes::new(testing.store.clone(), stopping);
    let mut request = http::Request::get(PATH);
    if let Some(id) = id {
        request = request.header("last-event-id", id);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let caller = Caller {
        account: MEMBER.into(),
        arn: format!("arn:aws:iam::{MEMBER}:user/a"),
        user_id: "AKIATEST".into(),
        administrator: false,
    };
    changes.answer(&caller, &parts).await.status()
}

#[test]
fn nobody_waits_behind_the_end_of_the_log() {
    let testing = Testing::new();
    let set = json!({"regions": {REGION: {}}});
    testing
        .call_as(MEMBER, "ssm-incidents", "CreateReplicationSet", set)
        .unwrap();
    let plan = json!({"name": "plan", "incidentTemplate": {"title": "t", "impact": 3}});
    let plan = testing.call_as(MEMBER, "ssm-incidents", "CreateResponsePlan", plan);
    let start = json!({"responsePlanArn": plan.unwrap()["arn"]});
    testing
        .call_as(MEMBER, "ssm-incidents", "StartIncident", start)
        .unwrap();
    let shard = shard_of(MEMBER);
    let head = testing.store.read_blocking(move |tx| tx.log_head(shard));
    let head = head.unwrap().unwrap();
    assert!(head > 0);
    for (id, status) in [
        (None, StatusCode::OK),
        (Some(head.to_string()), StatusCode::OK),
        (Some(format!("{shard}-{head}")), StatusCode::OK),
        (Some((head + 1).to_string()), StatusCode::BAD_REQUEST),
        (Some("soon".into()), StatusCode::BAD_REQUEST),
    ] {
        let got = testing.wait(status_after(&testing, id.as_deref()));
        assert_eq!(got, status, "{id:?}");
    }
}

#[test]
fn places_are_given_back() {
    let open = Arc::new(AtomicUsize::new(STREAMS_MAX - 1));
    let last = Place::take(&open).expect("the last place");
    assert!(Place::take(&open).is_none());
    drop(last);
    assert!(Place::take(&open).is_some());
}
