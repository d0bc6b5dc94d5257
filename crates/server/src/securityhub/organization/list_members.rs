//! ListMembers: the accounts that the caller administers.

use balefire_api::generated::securityhub::{ListMembersRequest, ListMembersResponse};
use balefire_store::Value;

use super::{ENABLED, members_of};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

const PAGE_MAX: usize = 50;

/// Those whose hub is on, unless all are asked for.
pub fn list_members(
    ctx: &mut Ctx<'_, '_>,
    input: ListMembersRequest,
) -> Result<ListMembersResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let after = match ctx.page.after.as_deref() {
        Some([Value::Text(id)]) => id.clone(),
        _ => String::new(),
    };
    let limit = ctx.page.limit(PAGE_MAX, PAGE_MAX);
    let mut members = members_of(ctx, &after)?;
    if input.only_associated.unwrap_or(true) {
        members.retain(|member| member.member_status.as_deref() == Some(ENABLED));
    }
    // One beyond the limit tells that there are more.
    members.truncate(limit + 1);
    let next_token = ctx.page.cut(&mut members, limit, |member| {
        vec![member.account_id.as_deref().unwrap_or_default().into()]
    });
    Ok(ListMembersResponse {
        members: Some(members),
        next_token,
    })
}
