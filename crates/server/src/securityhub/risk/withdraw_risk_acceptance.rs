//! WithdrawRiskAcceptance, Balefire's own: opens a finding whose risk was accepted, and says what it is.

use balefire_api::own::{WithdrawRiskAcceptanceInput, WithdrawRiskAcceptanceOutput};

use super::record::Acceptance;
use super::{KIND, reopening};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::caption::{STATUSES, caption};
use crate::securityhub::finding::{account_of, document, vulnerabilities_of};

/// The statuses of which nothing is left to do: Suppressed, Resolved, Archived and Deleted.
const DONE: std::ops::RangeInclusive<i64> = 3..=6;

pub fn withdraw_risk_acceptance(
    ctx: &mut Ctx<'_, '_>,
    input: WithdrawRiskAcceptanceInput,
) -> Result<WithdrawRiskAcceptanceOutput, Failure> {
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
    let because = "its acceptance was withdrawn";
    let is_reopened = reopening::open(ctx, &acceptance.record, because)?;
    let finding = document(ctx, &uid)?.unwrap_or_default();
    let status_id = finding["status_id"].as_i64().unwrap_or(1);
    let own = finding["status"].as_str();
    let status = own.or_else(|| caption(STATUSES, status_id));
    Ok(WithdrawRiskAcceptanceOutput {
        status: status.unwrap_or("Unknown").to_owned(),
        // A rule may have closed it.
        reopened: is_reopened && !DONE.contains(&status_id),
    })
}
