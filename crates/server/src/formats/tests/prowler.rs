//! Prowler's dialect of OCSF.

use serde_json::json;

use super::*;

fn event(set: Value) -> Value {
    let mut event = json!({
        "class_uid": 2004, "activity_id": 1, "status_id": 1, "status": "New", "status_code": "FAIL",
        "time": 1_795_173_316, "finding_info": {"uid": "u", "title": "t"},
        "metadata": {"product": {"name": "Prowler", "uid": "prowler"}},
    });
    for (name, value) in set.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

#[test]
fn what_passed_is_resolved_and_what_is_muted_suppressed() {
    for (set, id, status) in [
        (json!({}), 1, "New"),
        (json!({"status_code": "MANUAL"}), 1, "New"),
        (json!({"status_code": "PASS"}), 4, "Resolved"),
        (json!({"status": "Suppressed"}), 3, "Suppressed"),
        (json!({"unmapped": {"muted": true}}), 3, "Suppressed"),
        (
            json!({"status_code": "PASS", "unmapped": {"muted": true}}),
            3,
            "Suppressed",
        ),
        (
            json!({"status_id": 2, "status": "In Progress"}),
            2,
            "In Progress",
        ),
    ] {
        let report = whole(&json!([event(set)]).to_string());
        assert_eq!(report.format, Format::Prowler);
        let document = &documents(&report)[0];
        assert_eq!(
            (&document["status_id"], &document["status"]),
            (&json!(id), &json!(status))
        );
        assert_eq!(document["time"], 1_795_173_316);
    }
}

#[test]
fn old_versions_get_their_time_and_product() {
    let old = event(json!({
        "time": null, "event_time": "2024-06-03T14:15:19.382075",
        "finding_info": {"uid": "u", "title": "t", "created_time": "2024-06-03T14:15:19.382075"},
        "metadata": {"product": {"name": "Prowler"}},
    }));
    let mut old = old;
    old.as_object_mut().unwrap().remove("time");
    let report = whole(&format!("{old}\n{old}\n"));
    assert_eq!(report.findings[1].place, "line 2");
    let document = &documents(&report)[0];
    assert_eq!(document["time"], 1_717_424_119_382_i64);
    assert_eq!(
        document["finding_info"]["created_time"],
        1_717_424_119_382_i64
    );
    assert_eq!(document["metadata"]["product"]["uid"], "prowler");
}
