//! CreateAutomationRuleV2.

use balefire_api::generated::securityhub::{
    CreateAutomationRuleV2Request, CreateAutomationRuleV2Response, GetAutomationRuleV2Response,
    RuleStatusV2,
};
use balefire_store::Page;
use serde_json::json;

use super::definition::{self, Definition};
use super::{KIND, RULES_MAX, RuleRow, arn_prefix};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;
use crate::tags;

/// A rule is on unless the call says otherwise, and judges what providers send from now on.
pub fn create_automation_rule_v2(
    ctx: &mut Ctx<'_, '_>,
    input: CreateAutomationRuleV2Request,
) -> Result<CreateAutomationRuleV2Response, Failure> {
    hub::require_on(ctx)?;
    definition::check_order(input.rule_order)?;
    let definition = Definition::of(ctx.account(), &input.criteria, &input.actions, ctx.now)?;
    definition::check_target(ctx, &definition.action)?;
    must_have_room(ctx)?;
    let account = ctx.caller.account.clone();
    let id = ctx.new_id();
    let arn = format!("{}{id}", arn_prefix(ctx.region, &account));
    let status = input.rule_status.unwrap_or(RuleStatusV2::Enabled);
    let rule = GetAutomationRuleV2Response {
        actions: Some(input.actions),
        created_at: Some(ctx.now),
        criteria: Some(input.criteria),
        description: Some(input.description),
        rule_arn: Some(arn.clone()),
        rule_id: Some(id.clone()),
        rule_name: Some(input.rule_name),
        rule_order: Some(input.rule_order),
        rule_status: Some(status),
        updated_at: Some(ctx.now),
    };
    ctx.tx.insert(&RuleRow::new(ctx, &id, rule, ctx.now.0))?;
    let tags = input.tags.unwrap_or_default();
    tags::put(ctx.tx, &account, &arn, &tags)?;
    let body = json!({"status": status.as_str(), "tags": tags});
    ctx.changed("automation_rule.created", &arn, &body)?;
    Ok(CreateAutomationRuleV2Response {
        rule_arn: Some(arn),
        rule_id: Some(id),
    })
}

fn must_have_room(ctx: &mut Ctx<'_, '_>) -> Result<(), Failure> {
    let account = ctx.caller.account.clone();
    let known = ctx.tx.page::<RuleRow>(&Page {
        equal: &[
            ("account", (&account).into()),
            ("region", ctx.region.into()),
        ],
        order: &["id"],
        descending: false,
        after: None,
        limit: RULES_MAX,
    })?;
    if known.len() < RULES_MAX {
        return Ok(());
    }
    Err(Failure::Limit {
        kind: KIND,
        id: account,
        quota: "AUTOMATION_RULES",
        message: format!(
            "An account has at most {RULES_MAX} automation rules in a region. Delete one first."
        ),
    })
}
