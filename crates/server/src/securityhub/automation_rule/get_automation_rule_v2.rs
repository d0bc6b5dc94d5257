//! GetAutomationRuleV2.

use balefire_api::generated::securityhub::{
    GetAutomationRuleV2Request, GetAutomationRuleV2Response,
};

use super::RuleRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

pub fn get_automation_rule_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetAutomationRuleV2Request,
) -> Result<GetAutomationRuleV2Response, Failure> {
    hub::require_on(ctx)?;
    RuleRow::find(ctx, &input.identifier)?.rule()
}
