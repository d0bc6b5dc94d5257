//! The rows of EventBridge, and the owner's rules.

use serde_json::{Value, json};

use super::row::{Foreign, Own, Row, nothing, row, text};
use super::world::MARK;
use crate::server::{OWNER, REGION, Server};

/// The rule that the owner has last made.
const RULE: &str = "alarms";

/// EventBridge gives the same error with another status.
const NO_RULE: Foreign = Foreign::Refused(400, "ResourceNotFoundException");

pub struct Things {
    /// The ARN of `RULE`.
    pub rule: String,
}

/// Two, so that lists have pages.
pub fn make(server: &Server, plan: &str) -> Things {
    let mut made = String::new();
    for name in ["another", RULE] {
        let tags = json!([{"Key": "team", "Value": MARK}]);
        let rule =
            json!({"Name": name, "EventPattern": PATTERN, "Description": MARK, "Tags": tags});
        let rule = server.done(OWNER, "events:PutRule", &rule);
        made = text(&rule["RuleArn"]);
        let targets = ["first", "second"]
            .map(|id| json!({"Id": id, "Arn": plan, "Input": format!("\"{MARK}\"")}));
        let targets = json!({"Rule": name, "Targets": targets});
        server.done(OWNER, "events:PutTargets", &targets);
    }
    Things { rule: made }
}

pub const ROWS: &[Row] = &[
    row(
        "events:PutEvents",
        |_| json!({"Entries": [event()]}),
        Foreign::Nothing,
        Own::May,
    ),
    row("events:ListRules", nothing, Foreign::Nothing, Own::Sees).watched_by(OWNER),
    row(
        "events:DescribeRule",
        |_| json!({"Name": RULE}),
        NO_RULE,
        Own::Sees,
    ),
    row(
        "events:ListTargetsByRule",
        |_| json!({"Rule": RULE}),
        NO_RULE,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "events:ListRuleNamesByTarget",
        |w| json!({"TargetArn": w.incidents.plan}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "events:ListTagsForResource",
        |w| json!({"ResourceARN": w.events.rule}),
        NO_RULE,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "events:TagResource",
        |w| json!({"ResourceARN": w.events.rule, "Tags": [{"Key": "a", "Value": "b"}]}),
        NO_RULE,
        Own::May,
    ),
    row(
        "events:UntagResource",
        |w| json!({"ResourceARN": w.events.rule, "TagKeys": ["team"]}),
        NO_RULE,
        Own::May,
    ),
    row(
        "events:PutRule",
        |_| json!({"Name": "another", "EventPattern": PATTERN}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "events:TestEventPattern",
        |_| json!({"EventPattern": PATTERN, "Event": whole_event().to_string()}),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "events:PutTargets",
        |w| json!({"Rule": RULE, "Targets": [{"Id": "taken", "Arn": w.incidents.plan}]}),
        NO_RULE,
        Own::May,
    ),
    row(
        "events:EnableRule",
        |_| json!({"Name": RULE}),
        NO_RULE,
        Own::May,
    ),
    row(
        "events:DisableRule",
        |_| json!({"Name": RULE}),
        NO_RULE,
        Own::May,
    ),
    row(
        "events:RemoveTargets",
        |_| json!({"Rule": RULE, "Ids": ["first", "second", "taken"]}),
        NO_RULE,
        Own::May,
    ),
    // Deleting what is not there models no error.
    row(
        "events:DeleteRule",
        |_| json!({"Name": RULE}),
        Foreign::Nothing,
        Own::May,
    ),
];

/// A pattern that the events of the table do not match.
const PATTERN: &str = r#"{"source": ["none"]}"#;

fn whole_event() -> Value {
    json!({
        "id": "1", "account": OWNER, "source": "a", "time": "2026-01-01T00:00:00Z", "region": REGION,
        "resources": [], "detail-type": "b",
    })
}

fn event() -> Value {
    json!({"Source": "a", "DetailType": "b", "Detail": "{}"})
}
