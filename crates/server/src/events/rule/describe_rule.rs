//! DescribeRule.

use balefire_api::generated::events::{DescribeRuleRequest, DescribeRuleResponse};

use super::RuleRow;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn describe_rule(
    ctx: &mut Ctx<'_, '_>,
    input: DescribeRuleRequest,
) -> Result<DescribeRuleResponse, Failure> {
    let row = RuleRow::by_name(ctx, input.event_bus_name.as_deref(), &input.name)?;
    let rule = row.rule()?;
    Ok(DescribeRuleResponse {
        arn: rule.arn,
        created_by: Some(ctx.caller.account.clone()),
        description: rule.description,
        event_bus_name: rule.event_bus_name,
        event_pattern: rule.event_pattern,
        managed_by: rule.managed_by,
        name: rule.name,
        role_arn: rule.role_arn,
        schedule_expression: rule.schedule_expression,
        state: rule.state,
    })
}
