//! DeleteAutomationRuleV2.

use balefire_api::generated::securityhub::{
    DeleteAutomationRuleV2Request, DeleteAutomationRuleV2Response,
};
use balefire_store::Record;
use serde_json::json;

use super::RuleRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;
use crate::tags;

/// What the rule has set in findings stays until their providers send them again.
pub fn delete_automation_rule_v2(
    ctx: &mut Ctx<'_, '_>,
    input: DeleteAutomationRuleV2Request,
) -> Result<DeleteAutomationRuleV2Response, Failure> {
    hub::require_on(ctx)?;
    let row = RuleRow::find(ctx, &input.identifier)?;
    let arn = row.arn();
    ctx.tx.delete::<RuleRow>(&row.key())?;
    tags::clear(ctx.tx, &row.account, &arn)?;
    ctx.changed("automation_rule.deleted", &arn, &json!({}))?;
    Ok(DeleteAutomationRuleV2Response {})
}
