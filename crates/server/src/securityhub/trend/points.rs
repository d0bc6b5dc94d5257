//! A page of points, each with what was there at its end.

use balefire_store::Value;

use super::day_of;
use super::days::Days;
use super::period::{Period, Point};
use crate::context::Ctx;
use crate::failure::Failure;
use crate::securityhub::finding::Filters;

const POINTS_PER_PAGE: usize = 100;

/// Points with their counts.
type Counted<const N: usize> = Vec<(Point, [i64; N])>;

/// The points of a period that the page has, with their counts, and the token of the next page. There are no
/// points after today.
pub fn points<const N: usize>(
    ctx: &mut Ctx<'_, '_>,
    days: &Days<N>,
    period: &Period,
    filters: Option<&Filters>,
) -> Result<(Counted<N>, Option<String>), Failure> {
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
    let changes = days.until(ctx.tx, ctx.caller.visible(), filters, last_day)?;
    let mut changes = changes.into_iter().peekable();
    let mut counts = [0; N];
    let counted = points.into_iter().map(|point| {
        while let Some((_, change)) = changes.next_if(|(day, _)| *day <= point.last_day) {
            for (count, change) in counts.iter_mut().zip(change) {
                *count += change;
            }
        }
        // What came before days were counted goes without having come.
        (point, counts.map(|count| count.max(0)))
    });
    Ok((counted.collect(), next_token))
}
