//! What the organization's administrator alone sets up, for itself and its members.

use crate::context::Ctx;
use crate::failure::Failure;

/// Refuses a member; `what` begins the sentence that says why.
pub fn must_administer(ctx: &Ctx<'_, '_>, what: &str) -> Result<(), Failure> {
    if ctx.caller.administrator {
        return Ok(());
    }
    Err(Failure::Denied(format!(
        "{what} are set up by the administrator of the organization, which account {} is not.",
        ctx.account()
    )))
}

/// Refuses a member where the organization itself is asked about.
pub fn must_manage(ctx: &Ctx<'_, '_>) -> Result<(), Failure> {
    if ctx.caller.administrator {
        return Ok(());
    }
    Err(Failure::Denied(format!(
        "Only the administrator of the organization is told of it, which account {} is not.",
        ctx.account()
    )))
}
