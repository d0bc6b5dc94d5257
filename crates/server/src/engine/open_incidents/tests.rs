//! From an event to its incident, through rules, the engine and the incidents' own operations.

mod matching;
mod undoing;

use balefire_store::Tx;
use serde_json::{Value, json};

use crate::configuration::Configuration;
use crate::testing::incident::move_replication_set;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

const ALARM: &str = "arn:aws:cloudwatch:eu-central-1:111111111111:alarm:Checkout";
const IN_ALARM: &str =
    r#"{"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}}"#;
pub const ANY: &str = r#"{"source": [{"prefix": ""}]}"#;

pub fn ready() -> Testing {
    let t = Testing::new();
    for account in [ADMINISTRATOR, MEMBER] {
        let regions = json!({"regions": {REGION: {}}});
        t.call_as(account, "ssm-incidents", "CreateReplicationSet", regions)
            .unwrap();
    }
    plan(&t, "plan", json!({"title": "Down", "impact": 2}));
    t
}

/// Replaces a text in what a row keeps, as another version may have written it.
fn rewrite(t: &Testing, table: &str, name: &str, [from, to]: [&str; 2]) {
    let sql = format!(
        "UPDATE {table} SET body = CAST(REPLACE(CAST(body AS TEXT), $1, $2) AS BLOB) WHERE name = $3"
    );
    let params: [balefire_store::Value; 3] = [from.into(), to.into(), name.into()];
    let change = move |tx: &mut Tx<'_>| tx.execute(&sql, &params);
    assert_eq!(t.store.write_blocking("", change).unwrap().unwrap(), 1);
}

fn plan(t: &Testing, name: &str, template: Value) {
    let input = json!({"name": name, "incidentTemplate": template});
    t.call("ssm-incidents", "CreateResponsePlan", input)
        .unwrap();
}

pub fn rule(t: &Testing, name: &str, pattern: &str, plans: &[&str]) {
    let input = json!({"Name": name, "EventPattern": pattern});
    t.call("events", "PutRule", input).unwrap();
    let targets = plans.iter().map(|plan| {
        let arn = format!("arn:aws:ssm-incidents::{ADMINISTRATOR}:response-plan/{plan}");
        json!({"Id": plan, "Arn": arn})
    });
    let input = json!({"Rule": name, "Targets": targets.collect::<Vec<_>>()});
    let put = t.call("events", "PutTargets", input).unwrap();
    assert_eq!(put["FailedEntryCount"], 0, "{put}");
}

fn send(t: &Testing, account: &str, entry: Value) {
    let put = t
        .call_as(account, "events", "PutEvents", json!({"Entries": [entry]}))
        .unwrap();
    assert_eq!(put["FailedEntryCount"], 0, "{put}");
}

/// An event of an alarm over a function and a table.
fn alarm(name: &str, state: &str) -> Value {
    let metric = |namespace: &str, dimension: &str, value: &str| {
        let metric =
            json!({"namespace": namespace, "name": "Errors", "dimensions": {dimension: value}});
        json!({"id": value, "metricStat": {"metric": metric, "period": 60, "stat": "Sum"}})
    };
    let metrics = [
        metric("AWS/Lambda", "FunctionName", "pay"),
        metric("AWS/DynamoDB", "TableName", "orders"),
    ];
    let detail = json!({
        "alarmName": name, "state": {"value": state}, "configuration": {"metrics": metrics},
    });
    json!({
        "Source": "aws.cloudwatch", "DetailType": "CloudWatch Alarm State Change",
        "Resources": [format!("arn:aws:cloudwatch:{REGION}:{ADMINISTRATOR}:alarm:{name}")],
        "Detail": detail.to_string(),
    })
}

fn other_event(resources: &[&str]) -> Value {
    json!({"Source": "my.shop", "DetailType": "Broken", "Resources": resources, "Detail": "{}"})
}

fn take(t: &Testing, entry: Value) {
    send(t, ADMINISTRATOR, entry);
    t.step();
}

fn incidents(t: &Testing) -> Vec<Value> {
    let listed = t
        .call("ssm-incidents", "ListIncidentRecords", json!({}))
        .unwrap();
    let summaries = listed["incidentRecordSummaries"].as_array().unwrap().iter();
    let record = |summary: &Value| {
        let input = json!({"arn": summary["arn"]});
        t.call("ssm-incidents", "GetIncidentRecord", input).unwrap()["incidentRecord"].clone()
    };
    summaries.map(record).collect()
}

pub fn only(t: &Testing) -> Value {
    let mut incidents = incidents(t);
    assert_eq!(incidents.len(), 1, "{incidents:?}");
    incidents.remove(0)
}

/// The data of the trigger events of an incident, the oldest first.
pub fn triggers(t: &Testing, incident: &Value) -> Vec<Value> {
    let trigger = json!({"equals": {"stringValues": ["SSM Incident Trigger"]}});
    let input = json!({
        "incidentRecordArn": incident["arn"], "sortOrder": "ASCENDING",
        "filters": [{"key": "eventType", "condition": trigger}],
    });
    let listed = t
        .call("ssm-incidents", "ListTimelineEvents", input)
        .unwrap();
    let events = listed["eventSummaries"].as_array().unwrap().iter();
    let data = |event: &Value| {
        let input = json!({"incidentRecordArn": incident["arn"], "eventId": event["eventId"]});
        let event = t.call("ssm-incidents", "GetTimelineEvent", input).unwrap();
        serde_json::from_str(event["event"]["eventData"].as_str().unwrap()).unwrap()
    };
    events.map(data).collect()
}

fn items(t: &Testing, incident: &Value) -> Vec<(String, String)> {
    let input = json!({"incidentRecordArn": incident["arn"]});
    let listed = t.call("ssm-incidents", "ListRelatedItems", input).unwrap();
    let items = listed["relatedItems"].as_array().unwrap().iter();
    let item = |item: &Value| {
        let (kind, value) = (&item["identifier"]["type"], &item["identifier"]["value"]);
        let text = value.get("arn").or(value.get("metricDefinition")).unwrap();
        (
            kind.as_str().unwrap().to_owned(),
            text.as_str().unwrap().to_owned(),
        )
    };
    items.map(item).collect()
}

#[test]
fn an_alarm_opens_an_incident_and_folds_into_it() {
    let t = ready();
    rule(&t, "alarms", IN_ALARM, &["plan"]);
    take(&t, alarm("Checkout", "OK"));
    assert!(incidents(&t).is_empty(), "the pattern asks for ALARM");
    take(&t, alarm("Checkout", "ALARM"));
    let incident = only(&t);
    let engine = format!("arn:aws:iam::{ADMINISTRATOR}:role/balefire-engine");
    let source = json!({
        "createdBy": engine, "invokedBy": "events.amazonaws.com",
        "resourceArn": ALARM, "source": "aws.cloudwatch",
    });
    assert_eq!(incident["incidentRecordSource"], source);
    assert_eq!(
        (&incident["title"], &incident["dedupeString"]),
        (&json!("Down"), &json!(ALARM))
    );
    let items = items(&t, &incident);
    let kinds: Vec<&str> = items.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["METRIC", "INVOLVED_RESOURCE", "INVOLVED_RESOURCE"]);
    assert_eq!(
        items[1].1,
        "arn:aws:lambda:eu-central-1:111111111111:function:pay"
    );
    assert_eq!(
        items[2].1,
        "arn:aws:dynamodb:eu-central-1:111111111111:table/orders"
    );
    t.advance_ms(1000);
    take(&t, alarm("Checkout", "ALARM"));
    let triggers = triggers(&t, &only(&t));
    let created: Vec<&Value> = triggers
        .iter()
        .map(|data| &data["createdIncident"])
        .collect();
    assert_eq!(created, [true, false]);
    let raw: Value = serde_json::from_str(triggers[1]["rawData"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&raw["detail"]["alarmName"], &raw["version"]),
        (&json!("Checkout"), &json!("0"))
    );
    assert_eq!(
        self::items(&t, &incident).len(),
        3,
        "the same items are there once"
    );
    take(&t, alarm("Stock", "ALARM"));
    assert_eq!(incidents(&t).len(), 2, "another alarm is another cause");
}

#[test]
fn what_was_resolved_takes_nothing_in() {
    let t = ready();
    rule(&t, "alarms", IN_ALARM, &["plan"]);
    take(&t, alarm("Checkout", "ALARM"));
    let input = json!({"arn": only(&t)["arn"], "status": "RESOLVED"});
    t.call("ssm-incidents", "UpdateIncidentRecord", input)
        .unwrap();
    take(&t, alarm("Checkout", "ALARM"));
    assert_eq!(incidents(&t).len(), 2);
}

#[test]
fn any_other_event_is_its_rules() {
    let t = ready();
    let role = "arn:aws:iam::111111111111:role/rule";
    rule(&t, "shop", ANY, &["plan"]);
    let input = json!({"Name": "shop", "EventPattern": ANY, "RoleArn": role});
    t.call("events", "PutRule", input).unwrap();
    let bucket = "arn:aws:s3:::shop";
    take(&t, other_event(&[bucket, "no ARN", bucket]));
    let incident = only(&t);
    let rule_arn = "arn:aws:events:eu-central-1:111111111111:rule/shop";
    let source = json!({
        "createdBy": role, "invokedBy": "events.amazonaws.com",
        "resourceArn": rule_arn, "source": "aws.events",
    });
    assert_eq!(incident["incidentRecordSource"], source);
    assert_eq!(
        items(&t, &incident),
        [("INVOLVED_RESOURCE".into(), bucket.to_owned())]
    );
    take(&t, other_event(&["arn:aws:s3:::other"]));
    assert_eq!(items(&t, &only(&t)).len(), 2, "folded, with what is new");
}

#[test]
fn a_plan_starts_once_for_an_event_and_each_plan_for_itself() {
    let t = ready();
    plan(&t, "second", json!({"title": "Second", "impact": 1}));
    rule(&t, "a", IN_ALARM, &["plan", "second"]);
    rule(&t, "b", IN_ALARM, &["plan"]);
    take(&t, alarm("Checkout", "ALARM"));
    let found = incidents(&t);
    assert_eq!(found.len(), 2, "one cause does not hide another plan");
    for incident in &found {
        assert_eq!(triggers(&t, incident).len(), 1);
    }
    take(&t, alarm("Checkout", "ALARM"));
    for incident in &incidents(&t) {
        assert_eq!(triggers(&t, incident).len(), 2);
    }
}

#[test]
fn the_plans_own_string_goes_before_the_alarm() {
    let t = ready();
    plan(
        &t,
        "one",
        json!({"title": "One", "impact": 1, "dedupeString": "shop"}),
    );
    rule(&t, "a", IN_ALARM, &["one"]);
    take(&t, alarm("Checkout", "ALARM"));
    take(&t, alarm("Stock", "ALARM"));
    let incident = only(&t);
    assert_eq!(
        (&incident["dedupeString"], triggers(&t, &incident).len()),
        (&json!("shop"), 2)
    );
}

#[test]
fn only_rules_that_are_on_and_of_the_account_and_region_count() {
    let t = ready();
    rule(&t, "a", ANY, &["plan"]);
    send(&t, MEMBER, alarm("Checkout", "ALARM"));
    t.step();
    assert!(incidents(&t).is_empty(), "another account's event");
    let theirs = t
        .call_as(MEMBER, "ssm-incidents", "ListIncidentRecords", json!({}))
        .unwrap();
    assert_eq!(theirs["incidentRecordSummaries"], json!([]));
    // Accepted while the rule is on, taken in when it is off.
    send(&t, ADMINISTRATOR, alarm("Checkout", "ALARM"));
    t.call("events", "DisableRule", json!({"Name": "a"}))
        .unwrap();
    t.step();
    assert!(incidents(&t).is_empty());
    t.call("events", "EnableRule", json!({"Name": "a"}))
        .unwrap();
    take(&t, alarm("Checkout", "ALARM"));
    only(&t);
}

#[test]
fn a_plan_that_is_gone_is_noted_and_the_others_start() {
    let t = ready();
    plan(&t, "gone", json!({"title": "Gone", "impact": 1}));
    rule(&t, "a", ANY, &["gone", "plan"]);
    let arn = format!("arn:aws:ssm-incidents::{ADMINISTRATOR}:response-plan/gone");
    t.call("ssm-incidents", "DeleteResponsePlan", json!({"arn": arn}))
        .unwrap();
    take(&t, alarm("Checkout", "ALARM"));
    assert_eq!(only(&t)["title"], "Down");
    let noted = t.store.read_blocking(|tx| {
        let rows = tx.query(
            "SELECT COUNT(*) FROM log WHERE kind = 'rule.target_missed'",
            &[],
        )?;
        let jobs = tx.query("SELECT COUNT(*) FROM job", &[])?;
        Ok::<_, balefire_store::Error>((rows[0].int(0)?, jobs[0].int(0)?))
    });
    assert_eq!(
        noted.unwrap().unwrap(),
        (1, 0),
        "noted, and the job is done"
    );
}

#[test]
fn an_alarm_opens_while_the_replication_set_is_on_the_move() {
    let t = ready();
    rule(&t, "a", ANY, &["plan"]);
    move_replication_set(&t, 60_000);
    take(&t, alarm("Checkout", "ALARM"));
    let opened = t.now().0;
    t.advance_ms(60_000);
    t.step();
    let incident = only(&t);
    assert_eq!(incident["creationTime"], opened / 1000);
    assert_eq!(triggers(&t, &incident).len(), 1);
}

#[test]
fn a_full_incident_still_takes_the_trigger_in() {
    let t = ready();
    rule(&t, "a", ANY, &["plan"]);
    for first in [0, 40] {
        let resources: Vec<String> = (first..first + 40)
            .map(|n| format!("arn:aws:s3:::b{n}"))
            .collect();
        let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
        take(&t, other_event(&resources));
    }
    let incident = only(&t);
    assert_eq!(
        (items(&t, &incident).len(), triggers(&t, &incident).len()),
        (50, 2)
    );
}

#[test]
fn a_node_that_lost_its_lease_does_nothing_twice() {
    let t = ready();
    rule(&t, "a", ANY, &["plan"]);
    send(&t, ADMINISTRATOR, alarm("Checkout", "ALARM"));
    let slow = t.engine(&Configuration::default());
    let jobs = t.wait(slow.claim(9, 9)).unwrap();
    assert_eq!(jobs.len(), 1);
    // The lease ends, and another node takes the event in.
    t.advance_ms(super::super::LEASE_MS + 1);
    t.step();
    t.wait(slow.run_job(jobs[0].clone())).unwrap();
    assert_eq!(triggers(&t, &only(&t)).len(), 1);
}

#[test]
fn the_target_says_what_the_trigger_holds() {
    let t = ready();
    rule(&t, "a", ANY, &["plan"]);
    let arn = format!("arn:aws:ssm-incidents::{ADMINISTRATOR}:response-plan/plan");
    let target = json!({"Id": "plan", "Arn": arn, "InputPath": "$.detail.alarmName"});
    t.call(
        "events",
        "PutTargets",
        json!({"Rule": "a", "Targets": [target]}),
    )
    .unwrap();
    take(&t, alarm("Checkout", "ALARM"));
    assert_eq!(triggers(&t, &only(&t))[0]["rawData"], "\"Checkout\"");
}

#[test]
fn a_target_that_is_no_plan_holds_no_other_up() {
    let t = ready();
    plan(&t, "other", json!({"title": "Down", "impact": 2}));
    rule(&t, "a", ANY, &["other"]);
    rule(&t, "b", ANY, &["plan"]);
    // As a version before this one took it.
    let change = |tx: &mut balefire_store::Tx<'_>| {
        let sql = "UPDATE event_target SET body = CAST(REPLACE(CAST(body AS TEXT), 'arn:aws:ssm', \
                   'arn:aws-cn:ssm') AS BLOB) WHERE rule = 'a'";
        tx.execute(sql, &[])
    };
    assert_eq!(t.store.write_blocking("", change).unwrap().unwrap(), 1);
    take(&t, other_event(&[]));
    assert_eq!(incidents(&t).len(), 1);
}
