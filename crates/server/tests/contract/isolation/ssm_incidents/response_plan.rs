//! The rows of response plans, and the owner's, which are shared.

use serde_json::{Value, json};

use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, nothing, row, text};
use crate::isolation::world::MARK;
use crate::server::{ADMINISTRATOR, OTHER, OWNER, REGION, Server};

/// The last plan that is made, and the last policy that shares it.
pub fn make(server: &Server) -> (String, String) {
    let (mut plan_arn, mut policy_id) = (String::new(), String::new());
    for number in 1..=2 {
        let made = server.done(OWNER, "ssm-incidents:CreateResponsePlan", &plan(number));
        plan_arn = text(&made["arn"]);
    }
    for account in [ADMINISTRATOR, "444444444444"] {
        let policy = json!({"resourceArn": plan_arn, "policy": policy(&plan_arn, account)});
        let policy = server.done(OWNER, "ssm-incidents:PutResourcePolicy", &policy);
        policy_id = text(&policy["policyId"]);
    }
    (plan_arn, policy_id)
}

pub const ROWS: &[Row] = &[
    row(
        "ssm-incidents:CreateResponsePlan",
        |_| another_plan(),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "ssm-incidents:GetResponsePlan",
        |w| json!({"arn": w.incidents.plan}),
        NOT_FOUND,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "ssm-incidents:ListResponsePlans",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "ssm-incidents:UpdateResponsePlan",
        |w| json!({"arn": w.incidents.plan, "displayName": "taken"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:ListTagsForResource",
        |w| json!({"resourceArn": w.incidents.plan}),
        NOT_FOUND,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "ssm-incidents:TagResource",
        |w| json!({"resourceArn": w.incidents.plan, "tags": {"team": "taken"}}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:UntagResource",
        |w| json!({"resourceArn": w.incidents.plan, "tagKeys": ["team"]}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:PutResourcePolicy",
        |w| json!({"resourceArn": w.incidents.plan, "policy": policy(&w.incidents.plan, OTHER)}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "ssm-incidents:GetResourcePolicies",
        |w| json!({"resourceArn": w.incidents.plan}),
        NOT_FOUND,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "ssm-incidents:DeleteResourcePolicy",
        |w| json!({"resourceArn": w.incidents.plan, "policyId": w.incidents.policy}),
        NOT_FOUND,
        Own::May,
    ),
    // A plan that is not there is deleted without a word.
    row(
        "ssm-incidents:DeleteResponsePlan",
        |w| json!({"arn": w.incidents.plan}),
        Foreign::Nothing,
        Own::May,
    ),
];

/// A policy that shares a plan with an account.
fn policy(plan: &str, account: &str) -> String {
    let statement = json!({
        "Effect": "Allow", "Principal": {"AWS": account}, "Action": "ssm-incidents:GetResponsePlan",
        "Resource": plan,
    });
    json!({"Id": MARK, "Statement": statement}).to_string()
}

fn plan(number: u32) -> Value {
    json!({
        "name": format!("plan-{number}"),
        "displayName": MARK,
        "incidentTemplate": {
            "title": MARK,
            "impact": 2,
            "notificationTargets": [{"snsTopicArn": format!("arn:aws:sns:{REGION}:{OWNER}:{MARK}")}],
        },
        "tags": {"team": MARK},
    })
}

/// A name that both accounts may have.
fn another_plan() -> Value {
    json!({"name": "another", "incidentTemplate": {"title": "Down", "impact": 1}})
}
