//! ListTargetsByRule: by id.

use balefire_api::generated::events::{ListTargetsByRuleRequest, ListTargetsByRuleResponse};

use super::TargetRow;
use crate::context::Ctx;
use crate::events::rule::RuleRow;
use crate::failure::Failure;

const TARGETS_PER_PAGE: usize = 100;

pub fn list_targets_by_rule(
    ctx: &mut Ctx<'_, '_>,
    input: ListTargetsByRuleRequest,
) -> Result<ListTargetsByRuleResponse, Failure> {
    let rule = RuleRow::by_name(ctx, input.event_bus_name.as_deref(), &input.rule)?;
    let limit = ctx.page.limit(TARGETS_PER_PAGE, TARGETS_PER_PAGE);
    let mut rows = TargetRow::page(ctx, &rule.name, ctx.page.after.clone(), limit + 1)?;
    let next_token = ctx.page.cut(&mut rows, limit, |row| vec![(&row.id).into()]);
    let targets = rows.iter().map(|row| row.target());
    Ok(ListTargetsByRuleResponse {
        next_token,
        targets: Some(targets.collect::<Result<_, _>>()?),
    })
}
