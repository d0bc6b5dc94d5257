//! The rows of automation rules, and the owner's.

use serde_json::{Value, json};

use crate::isolation::row::{Foreign, NOT_FOUND, Own, Row, nothing, row, text};
use crate::isolation::world::MARK;
use crate::server::{OWNER, Server};

/// The ARN of the second of two: lists have pages.
pub fn make(server: &Server) -> String {
    let rule = automation_rule(MARK);
    let made = [(); 2].map(|()| server.done(OWNER, "securityhub:CreateAutomationRuleV2", &rule));
    text(&made[1]["RuleArn"])
}

pub const ROWS: &[Row] = &[
    row(
        "securityhub:CreateAutomationRuleV2",
        |_| automation_rule("taken"),
        Foreign::Nothing,
        Own::May,
    ),
    row(
        "securityhub:ListAutomationRulesV2",
        nothing,
        Foreign::Nothing,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "securityhub:GetAutomationRuleV2",
        |w| json!({"Identifier": w.hub.automation_rule}),
        NOT_FOUND,
        Own::Sees,
    )
    .watched_by(OWNER),
    row(
        "balefire:TestAutomationRule",
        |w| json!({"Identifier": w.hub.automation_rule, "Days": 1}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:UpdateAutomationRuleV2",
        |w| json!({"Identifier": w.hub.automation_rule, "Description": "taken"}),
        NOT_FOUND,
        Own::May,
    ),
    row(
        "securityhub:DeleteAutomationRuleV2",
        |w| json!({"Identifier": w.hub.automation_rule}),
        NOT_FOUND,
        Own::May,
    ),
];

/// A rule that matches nothing.
fn automation_rule(text: &str) -> Value {
    let filter = json!({"Comparison": "EQUALS", "Value": "nothing"});
    let filter = json!({"FieldName": "severity", "Filter": filter});
    let update = json!({"Comment": text});
    json!({
        "RuleName": text, "Description": text, "RuleOrder": 1.0, "Tags": {"team": text},
        "Criteria": {"OcsfFindingCriteria": {"CompositeFilters": [{"StringFilters": [filter]}]}},
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": update}],
    })
}
