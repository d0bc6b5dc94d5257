//! A customer's status that Balefire ends: rules and the provider say what it is from then on.

use balefire_store::Kept;
use serde_json::json;

use super::counted::{state, up_to_today};
use super::edit::{Edited, Tail, edits_of};
use super::fields::Fields;
use super::packing::Unpacker;
use super::{Finding, ruled, v1};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::automation_rule::{Rules, Version};
use crate::securityhub::trend::{Changes, day_of};

/// Ends the status of a finding and says why in a comment. Rules judge the newest version again, which is not
/// new: they call for nothing.
///
/// Invariant: the finding's account is held before anything is read, as for an import, whose way this is.
pub fn end_status(ctx: &mut Ctx<'_, '_>, uid: &str, comment: &str) -> Result<(), Failure> {
    let Some(finding) = ctx.tx.get::<Finding>(&[uid.into()])? else {
        return Ok(());
    };
    let mut edits = edits_of(ctx.tx, &[uid], &Tail::default())?;
    let Some(edited) = edits.get_mut(uid) else {
        return Ok(());
    };
    let mut unpacker = Unpacker::default();
    let packed = &finding.packed;
    let text = unpacker.unpack(ctx.tx, &packed.bytes, packed.dictionary)?;
    let account = &finding.account;
    let mut trend = Changes::default();
    let was = up_to_today(ctx, account, &text, Some(&mut *edited), &mut trend)?;
    let set = Fields {
        comment: Some(comment.to_owned()),
        ..Fields::default()
    };
    let after = edited.current().without_status();
    edited.write(ctx, after.by_customer(&set, &ctx.caller.arn, ctx.now))?;
    let own = v1::provided(ctx, &mut unpacker, &finding)?;
    let judged = own.as_ref().unwrap_or(&text);
    let mut rules = Rules::over(ctx, std::iter::once(account.as_str()))?;
    let version = Version {
        uid,
        account,
        text: judged,
        before: Some((judged, finding.updated_ms)),
    };
    ruled::apply(ctx, &mut rules, &mut edits, &version)?;
    let is = state(account, &text, edits.get(uid).and_then(Edited::counted))?;
    trend.take(day_of(ctx.now.0), Some(&was), &is);
    trend.record(ctx.tx)?;
    follow(ctx, &finding)?;
    rules.without_calls().finish(ctx)
}

/// Tells the columns, which read the row of the edit with the document.
fn follow(ctx: &mut Ctx<'_, '_>, finding: &Kept<Finding>) -> Result<(), Failure> {
    let (account, created): (_, [&str; 0]) = (finding.account.clone(), []);
    let body = json!({"created": created, "updated": [finding.uid]});
    ctx.changed_in(account.clone(), "findings.imported", &account, &body)
}
