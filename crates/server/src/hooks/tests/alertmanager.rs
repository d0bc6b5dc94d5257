//! Tests of what Alertmanager posts.

use serde_json::{Value, json};

use super::{Site, TOKEN};
use crate::incidents::replication_set::DELAY_SETTING;
use crate::setting;

const NODE: &str = "arn:aws:ec2:eu-central-1:222222222222:instance/i-0abc";

/// A group of alerts; each is an instance, its state and the time since when.
fn group(status: &str, alerts: &[(&str, &str, &str)]) -> Value {
    let alert = |(instance, status, since): &(&str, &str, &str)| {
        json!({
            "status": status,
            "labels": {"alertname": "DiskFull", "instance": instance},
            "annotations": {"description": "93 %"},
            "startsAt": since,
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus:9090/graph?g0.expr=disk",
            "fingerprint": "0123456789abcdef",
        })
    };
    json!({
        "version": "4",
        "groupKey": "{}:{alertname=\"DiskFull\"}",
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "balefire",
        "groupLabels": {"alertname": "DiskFull"},
        "commonLabels": {"alertname": "DiskFull"},
        "commonAnnotations": {"summary": "A disk is full"},
        "externalURL": "http://alertmanager:9093",
        "alerts": alerts.iter().map(alert).collect::<Vec<_>>(),
    })
}

const FIRING: (&str, &str, &str) = (NODE, "firing", "2026-01-01T00:00:00Z");
const OVER: (&str, &str, &str) = (NODE, "resolved", "2026-01-01T00:00:00Z");
const OTHER: (&str, &str, &str) = ("web-1:9100", "firing", "2026-01-01T00:01:00Z");

#[test]
fn a_group_opens_an_incident() {
    let site = Site::new();
    let opened = site.tell("alerts", &group("firing", &[FIRING, OTHER]));
    assert_eq!(opened["done"], "opened");
    let record = site.record(&opened);
    assert_eq!(record["title"], "A disk is full");
    assert_eq!(record["impact"], 3);
    let source = &record["incidentRecordSource"];
    assert_eq!(source["source"], "prometheus.alertmanager");
    assert_eq!(
        source["createdBy"],
        "arn:aws:iam::222222222222:user/hooks/alerts"
    );
    let pair = |kind: &str, value: &str| (kind.to_owned(), value.to_owned());
    let expected = [
        pair("INVOLVED_RESOURCE", NODE),
        pair("OTHER", "http://alertmanager:9093"),
        pair("OTHER", "http://prometheus:9090/graph?g0.expr=disk"),
    ];
    assert_eq!(site.items(&opened), expected);
}

#[test]
fn only_alerts_that_changed_are_news() {
    let site = Site::new();
    let opened = site.tell("alerts", &group("firing", &[FIRING, OTHER]));
    let mut same = group("firing", &[OTHER, FIRING]);
    same["alerts"][0]["annotations"]["description"] = json!("94 %");
    let again = site.tell("alerts", &same);
    assert_eq!(
        (&again["done"], &again["incident"]),
        (&json!("ignored"), &opened["incident"])
    );
    assert_eq!(site.events(&opened, "SSM Incident Trigger"), 1);
    let fewer = site.tell("alerts", &group("firing", &[FIRING]));
    assert_eq!(
        (&fewer["done"], &fewer["incident"]),
        (&json!("repeated"), &opened["incident"])
    );
    assert_eq!(site.events(&opened, "SSM Incident Trigger"), 2);
    assert_eq!(site.incidents(), 1);
}

#[test]
fn a_group_that_is_over_resolves_only_where_that_is_set() {
    for (hook, done, status) in [
        ("alerts", "noted", "OPEN"),
        ("closing", "resolved", "RESOLVED"),
    ] {
        let site = Site::new();
        assert_eq!(
            site.tell(hook, &group("resolved", &[OVER]))["done"],
            "ignored"
        );
        assert_eq!(site.incidents(), 0);
        let opened = site.tell(hook, &group("firing", &[FIRING]));
        let over = site.tell(hook, &group("resolved", &[OVER]));
        assert_eq!(
            (&over["done"], &over["incident"]),
            (&json!(done), &opened["incident"])
        );
        assert_eq!(site.record(&opened)["status"], status);
        assert_eq!(site.events(&opened, "Balefire Cause Resolved"), 1);
    }
}

#[test]
fn the_title_is_the_best_there_is() {
    for (summary, name, title) in [
        (
            Some("x".repeat(300)),
            true,
            format!("{}...", "x".repeat(197)),
        ),
        (None, true, "DiskFull".to_owned()),
        (None, false, "Alerts of balefire".to_owned()),
    ] {
        let site = Site::new();
        let mut group = group("firing", &[FIRING]);
        group["commonAnnotations"] = summary.map_or(json!({}), |text| json!({"summary": text}));
        if !name {
            group["commonLabels"] = json!({});
        }
        assert_eq!(site.record(&site.tell("alerts", &group))["title"], title);
    }
}

#[test]
fn a_group_of_any_size_is_taken() {
    let site = Site::new();
    let names: Vec<String> = (0..60)
        .map(|n| format!("arn:aws:ec2:eu-central-1:222222222222:instance/i-{n}"))
        .collect();
    let alerts: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), "firing", "2026-01-01T00:00:00Z"))
        .collect();
    let mut group = group("firing", &alerts);
    group["groupKey"] = json!("k".repeat(5000));
    let opened = site.tell("alerts", &group);
    assert_eq!(opened["related_items_left_out"], 12);
    assert_eq!(site.tell("alerts", &group)["done"], "ignored");
}

#[test]
fn an_alarm_is_not_refused_while_the_replication_set_is_on_the_move() {
    let site = Site::new();
    let delay = |tx: &mut balefire_store::Tx<'_>| setting::set_number(tx, DELAY_SETTING, 60_000);
    site.testing
        .store
        .write_blocking("", delay)
        .unwrap()
        .unwrap();
    let sets = site.call("ListReplicationSets", json!({}));
    let action = json!({"addRegionAction": {"regionName": "eu-west-3"}});
    let input = json!({"arn": sets["replicationSetArns"][0], "actions": [action]});
    site.call("UpdateReplicationSet", input);
    let authorization = format!("Bearer {TOKEN}");
    let headers = [("authorization", authorization.as_str())];
    let body = group("firing", &[FIRING]).to_string();
    // Senders take a 4xx for a message that will never do, and drop it.
    let got = site.post("alerts", &headers, &body);
    assert_eq!(
        got.status,
        http::StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        got.body
    );
    assert_eq!(got.headers["retry-after"], "1");
    site.testing.advance_ms(60_000);
    site.testing.step();
    assert_eq!(site.post("alerts", &headers, &body).body["done"], "opened");
}

#[test]
fn what_is_no_message_is_refused_with_its_fault() {
    let site = Site::new();
    let with = |name: &str, value: Value| {
        let mut group = group("firing", &[FIRING]);
        group[name] = value;
        group.to_string()
    };
    for (body, named) in [
        ("{".to_owned(), "version 4"),
        ("{}".to_owned(), "`version`"),
        (with("version", json!("3")), "'3'"),
        (with("status", json!("gone")), "`gone`"),
        (with("groupKey", json!("")), "groupKey is empty"),
        // Members in their order.
        (
            json!(["4", "k", "firing", "r", {}, {}, "", []]).to_string(),
            "expected an object",
        ),
        (
            with(
                "alerts",
                json!([["firing", {}, "2026-01-01T00:00:00Z", ""]]),
            ),
            "expected an object",
        ),
    ] {
        let error = site.wrong("alerts", &body);
        assert!(error.contains(named), "{body}: {error}");
    }
    assert_eq!(site.incidents(), 0);
}
