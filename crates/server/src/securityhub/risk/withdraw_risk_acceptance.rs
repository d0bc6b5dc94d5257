//! WithdrawRiskAcceptance, Balefire's own: opens a finding again whose risk was accepted.

use balefire_api::Unit;
use balefire_api::own::WithdrawRiskAcceptanceInput;

use super::record::Acceptance;
use super::{KIND, reopening};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::{account_of, vulnerabilities_of};

pub fn withdraw_risk_acceptance(
    ctx: &mut Ctx<'_, '_>,
    input: WithdrawRiskAcceptanceInput,
) -> Result<Unit, Failure> {
    let uid = input.finding_uid;
    ctx.tx.hold(account_of(&uid))?;
    let account = vulnerabilities_of(ctx, &uid)?.map(|(account, _)| account);
    let acceptance = match &account {
        Some(account) => ctx.tx.get::<Acceptance>(&[account.into(), (&uid).into()])?,
        None => None,
    };
    let Some(acceptance) = acceptance else {
        return Err(Failure::not_found(KIND, uid));
    };
    reopening::open(ctx, &acceptance.record, "its acceptance was withdrawn")?;
    Ok(Unit {})
}
