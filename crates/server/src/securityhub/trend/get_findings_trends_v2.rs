//! GetFindingsTrendsV2: how many findings there were by severity, day by day or less finely.

use super::history::{Counts, FINDINGS};
use super::period::{Period, Point};
use super::points::points;
use super::standing;
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::Filters;
use crate::securityhub::hub;
use balefire_api::generated::securityhub::{
    GetFindingsTrendsV2Request, GetFindingsTrendsV2Response, SeverityTrendsCount,
    TrendsMetricsResult, TrendsValues,
};

/// A point counts the findings that were there at its end, whatever their status: filters choose. There
/// are no points after today.
pub fn get_findings_trends_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetFindingsTrendsV2Request,
) -> Result<GetFindingsTrendsV2Response, Failure> {
    hub::require_on(ctx)?;
    if standing::is_half_added(ctx.tx)? {
        return Err(Failure::Reading);
    }
    let period = Period::between(input.start_time, input.end_time)?;
    let filters = input.filters.as_ref().map(Filters::of_trends).transpose()?;
    let (points, next_token) = points(ctx, &FINDINGS, &period, filters.as_ref())?;
    let metric = |(point, counts): (Point, Counts)| TrendsMetricsResult {
        timestamp: point.timestamp(),
        trends_values: TrendsValues {
            severity_trends: severities(counts),
        },
    };
    Ok(GetFindingsTrendsV2Response {
        granularity: period.granularity,
        trends_metrics: points.into_iter().map(metric).collect(),
        next_token,
    })
}

fn severities(counts: Counts) -> SeverityTrendsCount {
    let [
        unknown,
        informational,
        low,
        medium,
        high,
        critical,
        fatal,
        other,
    ] = counts;
    SeverityTrendsCount {
        critical,
        fatal,
        high,
        informational,
        low,
        medium,
        other,
        unknown,
    }
}
