//! UpdateAutomationRuleV2: what the call leaves out stays as it is.

use balefire_api::generated::securityhub::{
    GetAutomationRuleV2Response, RuleStatusV2, UpdateAutomationRuleV2Request,
    UpdateAutomationRuleV2Response,
};
use serde_json::json;

use super::RuleRow;
use super::definition::{self, Definition};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

/// The rule must be right as a whole afterwards. An update that changes nothing does not move its time.
pub fn update_automation_rule_v2(
    ctx: &mut Ctx<'_, '_>,
    input: UpdateAutomationRuleV2Request,
) -> Result<UpdateAutomationRuleV2Response, Failure> {
    hub::require_on(ctx)?;
    let mut row = RuleRow::find(ctx, &input.identifier)?;
    let before = row.rule()?;
    let mut rule = before.clone();
    if let Some(order) = input.rule_order {
        definition::check_order(order)?;
        rule.rule_order = Some(order);
    }
    let names_target = input.actions.is_some();
    rule.actions = input.actions.or(rule.actions);
    rule.criteria = input.criteria.or(rule.criteria);
    rule.description = input.description.or(rule.description);
    rule.rule_name = input.rule_name.or(rule.rule_name);
    rule.rule_status = input.rule_status.or(rule.rule_status);
    let definition = Definition::of_rule(ctx.account(), &rule, ctx.now)?;
    if names_target {
        definition::check_target(ctx, &definition.action)?;
    }
    if rule == before {
        return Ok(UpdateAutomationRuleV2Response {});
    }
    let status = rule.rule_status;
    let since_ms = match judges_anew(&before, &rule) {
        true => ctx.now.0,
        false => row.judges_since_ms(&before),
    };
    rule.updated_at = Some(ctx.now);
    let id = row.id.clone();
    row.record = RuleRow::new(ctx, &id, rule, since_ms);
    ctx.tx.replace(&mut row)?;
    let body = json!({"status": status.map(|status| status.as_str())});
    ctx.changed("automation_rule.updated", &row.arn(), &body)?;
    Ok(UpdateAutomationRuleV2Response {})
}

/// Whether findings that the rule has seen are new to it. What it is called and its place among the others
/// change nothing.
fn judges_anew(before: &GetAutomationRuleV2Response, after: &GetAutomationRuleV2Response) -> bool {
    let is_on =
        |rule: &GetAutomationRuleV2Response| rule.rule_status == Some(RuleStatusV2::Enabled);
    before.criteria != after.criteria
        || before.actions != after.actions
        || !is_on(before) && is_on(after)
}
