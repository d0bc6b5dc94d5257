//! DescribeStandards: the standards that can be turned on, of which there are none.

use balefire_api::generated::securityhub::{DescribeStandardsRequest, DescribeStandardsResponse};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::hub_v1;

pub fn describe_standards(
    ctx: &mut Ctx<'_, '_>,
    _: DescribeStandardsRequest,
) -> Result<DescribeStandardsResponse, Failure> {
    hub_v1::require_on(ctx)?;
    Ok(DescribeStandardsResponse {
        standards: Some(Vec::new()),
        next_token: None,
    })
}
