//! The steps of the story, each at its time.

use serde_json::{Value, json};

use crate::node::Node;

/// A step, and the minutes and seconds since the story began.
pub struct Step {
    pub name: &'static str,
    pub at_ms: i64,
    pub take: fn(&Node),
}

const fn at(minute: i64, second: i64) -> i64 {
    (minute * 60 + second) * 1000
}

pub const STEPS: &[Step] = &[
    step("a plan and a rule", at(0, 0) - 60_000, prepare),
    step("a deployment begins", at(0, 0), |node| {
        deploy(node, "START")
    }),
    step("the engine takes it in", at(0, 1), Node::step),
    step("an alarm goes off", at(5, 0), alarm),
    step("the engine opens an incident", at(5, 5), Node::turn),
    step("the engine notifies", at(5, 6), Node::step),
    step("the deployment is found", at(6, 0), found),
    step("someone writes a summary", at(12, 0), |node| {
        update(node, json!({"summary": "Rolled back by hand."}));
    }),
    step("the engine notifies again", at(12, 1), Node::step),
    step("the deployment ends", at(20, 0), |node| {
        deploy(node, "SUCCESS")
    }),
    step("the engine takes its end in", at(20, 1), Node::step),
    step("the incident is resolved", at(30, 0), |node| {
        update(node, json!({"status": "RESOLVED"}))
    }),
    step("the engine notifies a last time", at(30, 1), Node::step),
];

const fn step(name: &'static str, at_ms: i64, take: fn(&Node)) -> Step {
    Step { name, at_ms, take }
}

fn prepare(node: &Node) {
    node.add_account();
    node.call(
        "ssm-incidents",
        "CreateReplicationSet",
        json!({"regions": {"eu-central-1": {}}}),
    );
    let plan = json!({
        "name": "checkout",
        "incidentTemplate": {
            "title": "Checkout is failing",
            "impact": 2,
            "notificationTargets": [{"snsTopicArn": crate::node::TOPIC}],
        },
    });
    let plan = node.call("ssm-incidents", "CreateResponsePlan", plan);
    let pattern = json!({"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}});
    let rule = json!({"Name": "alarms", "EventPattern": pattern.to_string()});
    node.call("events", "PutRule", rule);
    let targets = json!({"Rule": "alarms", "Targets": [{"Id": "plan", "Arn": plan["arn"]}]});
    assert_eq!(
        node.call("events", "PutTargets", targets)["FailedEntryCount"],
        0
    );
}

fn deploy(node: &Node, state: &str) {
    let detail = json!({
        "deploymentId": "d-ABC123", "application": "shop", "deploymentGroup": "blue", "state": state,
    });
    put(
        node,
        json!({
            "Source": "aws.codedeploy",
            "DetailType": "CodeDeploy Deployment State-change Notification",
            "Detail": detail.to_string(),
        }),
    );
}

fn alarm(node: &Node) {
    let detail = json!({"alarmName": "Checkout", "state": {"value": "ALARM"}});
    put(
        node,
        json!({
            "Source": "aws.cloudwatch",
            "DetailType": "CloudWatch Alarm State Change",
            "Resources": ["arn:aws:cloudwatch:eu-central-1:111111111111:alarm:Checkout"],
            "Detail": detail.to_string(),
        }),
    );
}

fn put(node: &Node, mut entry: Value) {
    entry["Time"] = json!(node.now().0 / 1000);
    let put = node.call("events", "PutEvents", json!({"Entries": [entry]}));
    assert_eq!(put["FailedEntryCount"], 0, "{put}");
}

fn found(node: &Node) {
    let input = json!({"incidentRecordArn": node.incident()});
    let listed = node.call("ssm-incidents", "ListIncidentFindings", input);
    assert_eq!(
        listed["findings"].as_array().map(Vec::len),
        Some(1),
        "{listed}"
    );
}

fn update(node: &Node, mut change: Value) {
    change["arn"] = json!(node.incident());
    node.call("ssm-incidents", "UpdateIncidentRecord", change);
}
