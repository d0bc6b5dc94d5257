//! GetResourcesTrendsV2: how many resources there were, day by day or less finely.

use super::trend::RESOURCES;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::Filters;
use crate::securityhub::hub;
use crate::securityhub::trend::{Period, Point, points};
use balefire_api::generated::securityhub::{
    GetResourcesTrendsV2Request, GetResourcesTrendsV2Response, ResourcesCount,
    ResourcesTrendsMetricsResult, ResourcesTrendsValues,
};

/// A point counts the resources that were known at its end. There are no points after today.
pub fn get_resources_trends_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetResourcesTrendsV2Request,
) -> Result<GetResourcesTrendsV2Response, Failure> {
    hub::require_on(ctx)?;
    let period = Period::between(input.start_time, input.end_time)?;
    let filters = input.filters.as_ref().map(Filters::of_resource_trends);
    let filters = filters.transpose()?;
    let (points, next_token) = points(ctx, &RESOURCES, &period, filters.as_ref())?;
    let metric = |(point, [all_resources]): (Point, [i64; 1])| ResourcesTrendsMetricsResult {
        timestamp: point.timestamp(),
        trends_values: ResourcesTrendsValues {
            resources_count: ResourcesCount { all_resources },
        },
    };
    Ok(GetResourcesTrendsV2Response {
        granularity: period.granularity,
        trends_metrics: points.into_iter().map(metric).collect(),
        next_token,
    })
}
