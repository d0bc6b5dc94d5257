//! GetMembers: the caller's members among given accounts.

use std::collections::HashMap;

use balefire_api::generated::securityhub::{
    GetMembersRequest, GetMembersResponse, Member, Result as Unprocessed,
};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

/// Each account is told of once, in the order in which it was first named.
pub fn get_members(
    ctx: &mut Ctx<'_, '_>,
    input: GetMembersRequest,
) -> Result<GetMembersResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let members = super::members_of(ctx, "")?.into_iter();
    let mut members: HashMap<String, Option<Member>> = members
        .filter_map(|member| Some((member.account_id.clone()?, Some(member))))
        .collect();
    let (mut found, mut unprocessed) = (Vec::new(), Vec::new());
    for id in input.account_ids {
        let known = members.contains_key(&id);
        match members.entry(id.clone()).or_default().take() {
            Some(member) => found.push(member),
            None if known => {}
            None => unprocessed.push(Unprocessed {
                processing_result: Some(format!("Account {id} is no member of this account.")),
                account_id: Some(id),
            }),
        }
    }
    Ok(GetMembersResponse {
        members: Some(found),
        unprocessed_accounts: Some(unprocessed),
    })
}
