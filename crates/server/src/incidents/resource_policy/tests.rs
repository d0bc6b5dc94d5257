//! Policies and what they open to other accounts.

mod policies;
mod sharing;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::incidents::fixture::SERVICE;
use crate::testing::{MEMBER, Testing};

const ALL: [&str; 10] = [
    "GetResponsePlan",
    "StartIncident",
    "GetIncidentRecord",
    "UpdateIncidentRecord",
    "CreateTimelineEvent",
    "UpdateTimelineEvent",
    "GetTimelineEvent",
    "ListTimelineEvents",
    "UpdateRelatedItems",
    "ListRelatedItems",
];

/// A statement that allows the member account these actions on the plan and its incidents.
fn statement(plan: &str, actions: &[&str]) -> Value {
    let actions: Vec<String> = actions
        .iter()
        .map(|name| format!("ssm-incidents:{name}"))
        .collect();
    let incidents = format!("{}/*", plan.replace("response-plan", "incident-record"));
    json!({
        "Effect": "Allow", "Principal": {"AWS": MEMBER}, "Action": actions, "Resource": [plan, incidents],
    })
}

fn put_statement(t: &Testing, plan: &str, statement: &Value) -> Result<Value, Failure> {
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
    put_text(t, plan, &policy.to_string())
}

fn put_text(t: &Testing, plan: &str, policy: &str) -> Result<Value, Failure> {
    t.call(
        SERVICE,
        "PutResourcePolicy",
        json!({"resourceArn": plan, "policy": policy}),
    )
}

/// Shares the plan with the member account and gives the policy's id.
fn share(t: &Testing, plan: &str, actions: &[&str]) -> String {
    let put = put_statement(t, plan, &statement(plan, actions)).unwrap();
    put["policyId"].as_str().unwrap().to_owned()
}
