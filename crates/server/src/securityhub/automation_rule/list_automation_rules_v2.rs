//! ListAutomationRulesV2: the account's rules in the region, the oldest first.

use balefire_api::generated::securityhub::{
    AutomationRulesActionTypeObjectV2, AutomationRulesMetadataV2, ListAutomationRulesV2Request,
    ListAutomationRulesV2Response,
};
use balefire_store::Page;

use super::RuleRow;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub;

const RULES_PER_PAGE: usize = 100;

pub fn list_automation_rules_v2(
    ctx: &mut Ctx<'_, '_>,
    _input: ListAutomationRulesV2Request,
) -> Result<ListAutomationRulesV2Response, Failure> {
    hub::require_on(ctx)?;
    let limit = ctx.page.limit(RULES_PER_PAGE, RULES_PER_PAGE);
    let mut rows = ctx.tx.page::<RuleRow>(&Page {
        equal: &[
            ("account", ctx.caller.account.as_str().into()),
            ("region", ctx.region.into()),
        ],
        order: &["id"],
        descending: false,
        after: ctx.page.after.clone(),
        limit: limit + 1,
    })?;
    let key = |row: &balefire_store::Kept<RuleRow>| vec![(&row.id).into()];
    let next_token = ctx.page.cut(&mut rows, limit, key);
    let rules = rows.iter().map(|row| metadata(row));
    Ok(ListAutomationRulesV2Response {
        next_token,
        rules: Some(rules.collect::<Result<_, Failure>>()?),
    })
}

fn metadata(row: &RuleRow) -> Result<AutomationRulesMetadataV2, Failure> {
    let rule = row.rule()?;
    let actions = rule.actions.unwrap_or_default().into_iter();
    let types = actions.map(|action| AutomationRulesActionTypeObjectV2 {
        r#type: Some(action.r#type),
    });
    Ok(AutomationRulesMetadataV2 {
        actions: Some(types.collect()),
        created_at: rule.created_at,
        description: rule.description,
        rule_arn: rule.rule_arn,
        rule_id: rule.rule_id,
        rule_name: rule.rule_name,
        rule_order: rule.rule_order,
        rule_status: rule.rule_status,
        updated_at: rule.updated_at,
    })
}
