//! DescribeHub: the hub of the request's region, and since when it is on.

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::{DescribeHubRequest, DescribeHubResponse};

use super::KIND;
use crate::context::Ctx;
use crate::failure::Failure;

pub fn describe_hub(
    ctx: &mut Ctx<'_, '_>,
    input: DescribeHubRequest,
) -> Result<DescribeHubResponse, Failure> {
    let hub = super::require_on(ctx)?.record;
    let arn = hub.arn();
    if let Some(other) = input.hub_arn.filter(|other| *other != arn) {
        return Err(Failure::not_found(KIND, other));
    }
    Ok(DescribeHubResponse {
        auto_enable_controls: Some(hub.auto_enable_controls),
        control_finding_generator: hub.generator(),
        hub_arn: Some(arn),
        subscribed_at: Some(Timestamp(hub.subscribed_ms).date_time()),
    })
}
