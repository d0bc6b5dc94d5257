//! STS: clients ask who they are.

use balefire_api::generated::sts::GetCallerIdentityResponse;
use balefire_api::generated::sts::operations::GetCallerIdentity;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::handler::Handler;

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    vec![Handler::of::<GetCallerIdentity>(|ctx, _| {
        get_caller_identity(ctx)
    })]
}

/// The account, ARN and id of whoever signed.
fn get_caller_identity(ctx: &mut Ctx<'_, '_>) -> Result<GetCallerIdentityResponse, Failure> {
    Ok(GetCallerIdentityResponse {
        account: Some(ctx.caller.account.clone()),
        arn: Some(ctx.caller.arn.clone()),
        user_id: Some(ctx.caller.user_id.clone()),
    })
}
