//! GetFindingsTrendsV2: how many findings there were by severity, day by day or less finely.

use balefire_api::generated::securityhub::{
    GetFindingsTrendsV2Request, GetFindingsTrendsV2Response, SeverityTrendsCount,
    TrendsMetricsResult, TrendsValues,
};
use balefire_store::Value;

use super::history::{Counts, FINDINGS};
use super::period::{Period, Point};
use super::{SEVERITIES, day_of};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::Filters;
use crate::securityhub::hub;

const POINTS_PER_PAGE: usize = 100;

/// A point counts the findings that were there at its end, whatever their status: filters choose. There
/// are no points after today.
pub fn get_findings_trends_v2(
    ctx: &mut Ctx<'_, '_>,
    input: GetFindingsTrendsV2Request,
) -> Result<GetFindingsTrendsV2Response, Failure> {
    hub::require_on(ctx)?;
    let period = Period::between(input.start_time, input.end_time)?;
    let filters = input.filters.as_ref().map(Filters::of_trends).transpose()?;
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
    let changes = FINDINGS.until(ctx.tx, ctx.caller.visible(), filters.as_ref(), last_day)?;
    let mut changes = changes.into_iter().peekable();
    let mut counts: Counts = [0; SEVERITIES];
    let metric = |point: Point| {
        while let Some((_, change)) = changes.next_if(|(day, _)| *day <= point.last_day) {
            for (count, change) in counts.iter_mut().zip(change) {
                *count += change;
            }
        }
        TrendsMetricsResult {
            timestamp: point.timestamp(),
            trends_values: TrendsValues {
                severity_trends: severities(counts),
            },
        }
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
        // Findings that came before days were counted go without having come.
    ] = counts.map(|count| count.max(0));
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
