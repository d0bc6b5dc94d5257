//! GetEnabledStandards: the standards that are on; no subscription can be named, since there are none.

use balefire_api::generated::securityhub::{
    GetEnabledStandardsRequest, GetEnabledStandardsResponse,
};
use balefire_api::rejection;

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

pub fn get_enabled_standards(
    ctx: &mut Ctx<'_, '_>,
    input: GetEnabledStandardsRequest,
) -> Result<GetEnabledStandardsResponse, Failure> {
    hub_v1::require_on(ctx)?;
    let named = input.standards_subscription_arns.unwrap_or_default();
    if named.is_empty() {
        return Ok(GetEnabledStandardsResponse {
            standards_subscriptions: Some(Vec::new()),
            next_token: None,
        });
    }
    let violations = (0..named.len()).map(|place| {
        let rule = "Member must be the ARN of a subscription of this account";
        rejection::violation(&format!("/StandardsSubscriptionArns/{place}"), rule)
    });
    Err(Failure::Invalid(violations.collect()))
}
