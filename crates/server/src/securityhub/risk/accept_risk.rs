//! AcceptRisk, Balefire's own: suppresses a finding for a reason, and says what ends that.

use balefire_api::own::{AcceptRiskInput, AcceptRiskOutput};
use serde_json::json;

use super::record::{Acceptance, billionths};
use super::{FINDING, REVIEW_RISK, SUPPRESSED, Task, comment};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::{set_status, vulnerabilities_of};

/// A finding whose risk is accepted already is accepted anew, by what is asked for now. What is known
/// of its vulnerabilities by now may end the acceptance a moment later.
pub fn accept_risk(
    ctx: &mut Ctx<'_, '_>,
    input: AcceptRiskInput,
) -> Result<AcceptRiskOutput, Failure> {
    let uid = input.finding_uid;
    if input.reason.trim().is_empty() {
        return Err(Failure::invalid("/Reason", "Member must not be blank"));
    }
    let Some((account, cves)) = vulnerabilities_of(ctx, &uid)? else {
        return Err(Failure::not_found(FINDING, uid));
    };
    if input
        .expires_at
        .is_some_and(|expires| expires.0 <= ctx.now.0)
    {
        return Err(Failure::invalid(
            "/ExpiresAt",
            "Member must be in the future",
        ));
    }
    let acceptance = Acceptance {
        account,
        uid,
        id: ctx.new_id(),
        reason: input.reason,
        accepted_by: ctx.caller.arn.clone(),
        accepted_ms: ctx.now.0,
        expires_ms: input.expires_at.map(|expires| expires.0),
        unless_exploited: input.unless_exploited.unwrap_or_default(),
        epss_billionths_max: input.epss_at_most.map(billionths),
        cves,
    };
    if acceptance.is_conditional() && acceptance.cves.is_empty() {
        let rule = "Member must be of a finding with CVE ids, where UnlessExploited or EpssAtMost is given";
        return Err(Failure::invalid("/FindingUid", rule));
    }
    keep(ctx, &acceptance)?;
    let text = match input.expires_at {
        Some(expires) => format!(
            "Risk accepted until {}: {}",
            expires.date_time(),
            acceptance.reason
        ),
        None => format!("Risk accepted: {}", acceptance.reason),
    };
    let Acceptance { account, uid, .. } = &acceptance;
    set_status(ctx, uid, SUPPRESSED, &comment(&text))?;
    let shown = acceptance.clone().shown();
    let body = json!({
        "reason": shown.reason,
        "expires_ms": acceptance.expires_ms,
        "unless_exploited": shown.unless_exploited,
        "epss_at_most": shown.epss_at_most,
    });
    ctx.changed_in(account.clone(), "risk.accepted", uid, &body)?;
    leave_reviews(ctx, &acceptance)?;
    Ok(AcceptRiskOutput {
        risk_acceptance: shown,
    })
}

fn keep(ctx: &mut Ctx<'_, '_>, acceptance: &Acceptance) -> Result<(), Failure> {
    let key = [(&acceptance.account).into(), (&acceptance.uid).into()];
    match ctx.tx.get::<Acceptance>(&key)? {
        Some(mut known) => {
            known.record = acceptance.clone();
            ctx.tx.replace(&mut known)?;
        }
        None => ctx.tx.insert(acceptance)?,
    }
    Ok(())
}

/// One when it expires, and one at once for what is known already.
fn leave_reviews(ctx: &mut Ctx<'_, '_>, acceptance: &Acceptance) -> Result<(), Failure> {
    let Acceptance {
        account, uid, id, ..
    } = acceptance;
    let task = Task {
        account: account.clone(),
        uid: uid.clone(),
        id: id.clone(),
    };
    if let Some(expires_ms) = acceptance.expires_ms {
        let wait_ms = expires_ms - ctx.now.0;
        ctx.leave_job_in(wait_ms, account, REVIEW_RISK, uid, &task)?;
    }
    if acceptance.is_conditional() {
        ctx.leave_job(account, REVIEW_RISK, uid, &task)?;
    }
    Ok(())
}
