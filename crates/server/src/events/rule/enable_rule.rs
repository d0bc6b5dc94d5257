//! EnableRule.

use balefire_api::Unit;
use balefire_api::generated::events::{EnableRuleRequest, RuleState};

use super::set_state;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn enable_rule(ctx: &mut Ctx<'_, '_>, input: EnableRuleRequest) -> Result<Unit, Failure> {
    let bus = input.event_bus_name.as_deref();
    set_state(ctx, bus, &input.name, RuleState::Enabled)?;
    Ok(Unit {})
}
