//! DeleteRule: only without targets, so that nothing stops starting unseen.

use balefire_api::Unit;
use balefire_api::generated::events::DeleteRuleRequest;
use serde_json::json;

use super::RuleRow;
use crate::context::Ctx;
use crate::events::arn::{self, must_be_default_bus};
use crate::events::target::TargetRow;
use crate::failure::Failure;
use crate::tags;

/// Deleting what is not there succeeds, as EventBridge does. No rule is managed, so Force forces nothing.
pub fn delete_rule(ctx: &mut Ctx<'_, '_>, input: DeleteRuleRequest) -> Result<Unit, Failure> {
    must_be_default_bus(ctx, input.event_bus_name.as_deref())?;
    if !TargetRow::of(ctx, &input.name)?.is_empty() {
        let rule = "Member must name a rule without targets: take them out by RemoveTargets first";
        return Err(Failure::invalid("/Name", rule));
    }
    let (account, region) = (ctx.caller.account.clone(), ctx.region);
    let key = [(&account).into(), region.into(), (&input.name).into()];
    if ctx.tx.delete::<RuleRow>(&key)? {
        let arn = arn::rule(region, &account, &input.name);
        tags::clear(ctx.tx, &account, &arn)?;
        ctx.changed("rule.deleted", &arn, &json!({}))?;
    }
    Ok(Unit {})
}
