//! ListRuleNamesByTarget: the rules that start a target, by name.

use balefire_api::generated::events::{
    ListRuleNamesByTargetRequest, ListRuleNamesByTargetResponse,
};
use balefire_store::{Row, Value};

use crate::context::Ctx;
use crate::events::arn::must_be_default_bus;
use crate::failure::Failure;

const NAMES_PER_PAGE: usize = 100;

pub fn list_rule_names_by_target(
    ctx: &mut Ctx<'_, '_>,
    input: ListRuleNamesByTargetRequest,
) -> Result<ListRuleNamesByTargetResponse, Failure> {
    must_be_default_bus(ctx, input.event_bus_name.as_deref())?;
    let limit = ctx.page.limit(NAMES_PER_PAGE, NAMES_PER_PAGE);
    let after = ctx.page.after.as_deref().and_then(<[Value]>::first);
    let mut rows = ctx.tx.query(
        "SELECT DISTINCT rule FROM event_target WHERE account = $1 AND region = $2 AND arn = $3 \
         AND rule > $4 ORDER BY rule LIMIT $5",
        &[
            ctx.caller.account.as_str().into(),
            ctx.region.into(),
            input.target_arn.as_str().into(),
            after.cloned().unwrap_or_else(|| "".into()),
            i64::try_from(limit + 1).unwrap_or(i64::MAX).into(),
        ],
    )?;
    let key = |row: &Row| vec![row.text(0).unwrap_or_default().into()];
    let next_token = ctx.page.cut(&mut rows, limit, key);
    let names = rows.iter().map(|row| Ok(row.text(0)?.to_owned()));
    Ok(ListRuleNamesByTargetResponse {
        next_token,
        rule_names: Some(names.collect::<Result<_, Failure>>()?),
    })
}
