//! ListRules: by name.

use balefire_api::generated::events::{ListRulesRequest, ListRulesResponse, RULE};
use balefire_store::{Row, Value};

use crate::context::Ctx;
use crate::events::arn::must_be_default_bus;
use crate::failure::Failure;
use crate::wire_form;

const RULES_PER_PAGE: usize = 100;

pub fn list_rules(
    ctx: &mut Ctx<'_, '_>,
    input: ListRulesRequest,
) -> Result<ListRulesResponse, Failure> {
    must_be_default_bus(ctx, input.event_bus_name.as_deref())?;
    let limit = ctx.page.limit(RULES_PER_PAGE, RULES_PER_PAGE);
    let prefix = input.name_prefix.unwrap_or_default();
    // No name sorts below nothing, and every character of names sorts below the tilde.
    let after = ctx.page.after.as_deref().and_then(<[Value]>::first);
    let mut rows = ctx.tx.query(
        "SELECT name, body FROM event_rule WHERE account = $1 AND region = $2 \
         AND name >= $3 AND name < $4 AND name > $5 ORDER BY name LIMIT $6",
        &[
            ctx.caller.account.as_str().into(),
            ctx.region.into(),
            prefix.as_str().into(),
            format!("{prefix}~").into(),
            after.cloned().unwrap_or_else(|| "".into()),
            i64::try_from(limit + 1).unwrap_or(i64::MAX).into(),
        ],
    )?;
    let key = |row: &Row| vec![row.text(0).unwrap_or_default().into()];
    let next_token = ctx.page.cut(&mut rows, limit, key);
    let rules = rows.iter().map(|row| wire_form::read(&RULE, row.blob(1)?));
    Ok(ListRulesResponse {
        next_token,
        rules: Some(rules.collect::<Result<_, Failure>>()?),
    })
}
