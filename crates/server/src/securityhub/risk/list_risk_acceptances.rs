//! ListRiskAcceptances, Balefire's own: by account and finding; the administrator sees those of all accounts.

use balefire_api::own::{ListRiskAcceptancesInput, ListRiskAcceptancesOutput};
use balefire_store::{Page, Value};

use super::record::Acceptance;
use crate::context::{Ctx, Visible};
use crate::failure::Failure;

const ACCEPTANCES_PER_PAGE: usize = 100;

pub fn list_risk_acceptances(
    ctx: &mut Ctx<'_, '_>,
    _input: ListRiskAcceptancesInput,
) -> Result<ListRiskAcceptancesOutput, Failure> {
    let limit = ctx.page.limit(ACCEPTANCES_PER_PAGE, ACCEPTANCES_PER_PAGE);
    let own = [("account", Value::from(ctx.account()))];
    let (equal, order): (&[_], &[&str]) = match ctx.caller.visible() {
        Visible::Organization => (&[], &["account", "uid"]),
        Visible::Account(_) => (&own, &["uid"]),
    };
    let mut rows = ctx.tx.page::<Acceptance>(&Page {
        equal,
        order,
        descending: false,
        after: ctx.page.after.clone(),
        limit: limit + 1,
    })?;
    let next_token = ctx.page.cut(&mut rows, limit, |row| match order {
        [_] => vec![(&row.uid).into()],
        _ => vec![(&row.account).into(), (&row.uid).into()],
    });
    Ok(ListRiskAcceptancesOutput {
        risk_acceptances: rows.into_iter().map(|row| row.record.shown()).collect(),
        next_token,
    })
}
