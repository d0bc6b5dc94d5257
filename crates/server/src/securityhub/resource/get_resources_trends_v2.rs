//! GetResourcesTrendsV2: how many resources there were, day by day or less finely.

use balefire_api::generated::securityhub::{
    GetResourcesTrendsV2Request, GetResourcesTrendsV2Response, ResourcesCount,
    ResourcesTrendsMetricsResult, ResourcesTrendsValues,
};
use balefire_store::Value;

use super::trend::RESOURCES;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::Filters;
use crate::securityhub::hub;
use crate::securityhub::trend::{Period, Point, day_of};

const POINTS_PER_PAGE: usize = 100;

/// A point counts the resources that were known at its end. There are no points after today.
pub fn get_resources_trends_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetResourcesTrendsV2Request,
) -> Result<GetResourcesTrendsV2Response, Failure> {
    hub::require_on(ctx)?;
    let period = Period::between(input.start_time, input.end_time)?;
    let filters = input.filters.as_ref().map(Filters::of_resource_trends);
    let filters = filters.transpose()?;
    let after = match ctx.page.after.as_deref() {
        Some([Value::Int(day)]) => Some(*day),
        _ => None,
    };
    let limit = ctx.page.limit(POINTS_PER_PAGE, POINTS_PER_PAGE);
    let points = period.points(after, day_of(ctx.now.0));
    let mut points: Vec<Point> = points.take(limit + 1).collect();
    let next_token = ctx
        .page
        .cut(&mut points, limit, |point| vec![point.first_day.into()]);
    let last_day = points.last().map_or(i64::MIN, |point| point.last_day);
    let visible = ctx.caller.visible();
    let changes = RESOURCES.until(ctx.tx, visible, filters.as_ref(), last_day)?;
    let mut changes = changes.into_iter().peekable();
    let mut count = 0;
    let metric = |point: Point| {
        while let Some((_, [change])) = changes.next_if(|(day, _)| *day <= point.last_day) {
            count += change;
        }
        ResourcesTrendsMetricsResult {
            timestamp: point.timestamp(),
            trends_values: ResourcesTrendsValues {
                resources_count: ResourcesCount {
                    all_resources: count.max(0),
                },
            },
        }
    };
    Ok(GetResourcesTrendsV2Response {
        granularity: period.granularity,
        trends_metrics: points.into_iter().map(metric).collect(),
        next_token,
    })
}
