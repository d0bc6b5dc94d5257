//! The points of a trend: days, weeks or months, as the length of the period asks for.

use balefire_api::Timestamp;
use balefire_api::generated::securityhub::GranularityField;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{DAY_MS, day_of};
use crate::failure::Failure;

/// The longest periods that are told by day and by week.
const DAILY_DAYS_MAX: i64 = 92;
const WEEKLY_DAYS_MAX: i64 = 366;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// Whole days of UTC, and how finely they are told.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    pub granularity: GranularityField,
    first_day: i64,
    pub last_day: i64,
}

/// A stretch of days that is one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub first_day: i64,
    pub last_day: i64,
}

impl Period {
    /// Of two moments. A day counts as soon as a moment of it is asked for; the end is none.
    pub fn between(start: Timestamp, end: Timestamp) -> Result<Period, Failure> {
        if end.0 < start.0 {
            return Err(Failure::invalid(
                "/EndTime",
                "Member must not be before StartTime",
            ));
        }
        let first_day = day_of(start.0);
        let last_day = day_of(end.0 - 1).max(first_day);
        let days = last_day - first_day + 1;
        let granularity = if days <= DAILY_DAYS_MAX {
            GranularityField::Daily
        } else if days <= WEEKLY_DAYS_MAX {
            GranularityField::Weekly
        } else {
            GranularityField::Monthly
        };
        Ok(Period {
            granularity,
            first_day,
            last_day,
        })
    }

    /// Its points in order, from the first or from behind one; none after a day.
    pub fn points(self, after: Option<i64>, until_day: i64) -> impl Iterator<Item = Point> {
        let mut day = after.map_or(self.first_day, |after| self.end_of_point(after) + 1);
        let last_day = self.last_day.min(until_day);
        std::iter::from_fn(move || {
            if day > last_day {
                return None;
            }
            let end = self.end_of_point(day);
            let point = Point {
                first_day: day,
                last_day: end.min(last_day),
            };
            day = end + 1;
            Some(point)
        })
    }

    /// The last day of the day's own point: weeks end on Sundays.
    fn end_of_point(self, day: i64) -> i64 {
        match self.granularity {
            GranularityField::Daily => day,
            // The first day of 1970 was a Thursday.
            GranularityField::Weekly => day + 6 - (day + 3).rem_euclid(7),
            GranularityField::Monthly => end_of_month(day),
        }
    }
}

fn end_of_month(day: i64) -> i64 {
    let date = EPOCH.checked_add(day.days());
    let end = date.map(Date::last_of_month);
    let since = end.and_then(|end| end.since(EPOCH));
    // Beyond the calendar there are no months, and no findings.
    since.map_or(i64::MAX - 1, |since| since.get_days().into())
}

impl Point {
    /// A point is named by its first moment.
    pub fn timestamp(self) -> Timestamp {
        Timestamp(self.first_day * DAY_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(start: &str, end: &str) -> Period {
        let moment = |text: &str| {
            let text = format!("{text}T00:00:00Z");
            Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
        };
        Period::between(moment(start), moment(end)).unwrap()
    }

    fn points(period: Period, after: Option<i64>) -> Vec<String> {
        let date = |day: i64| EPOCH.checked_add(day.days()).unwrap();
        let text = |point: Point| format!("{} {}", date(point.first_day), date(point.last_day));
        period.points(after, i64::MAX).map(text).collect()
    }

    #[test]
    fn long_periods_are_told_less_finely() {
        for (start, end, granularity) in [
            ("2026-01-01", "2026-01-01", GranularityField::Daily),
            ("2026-01-01", "2026-04-03", GranularityField::Daily),
            ("2026-01-01", "2026-04-04", GranularityField::Weekly),
            ("2026-01-01", "2027-01-02", GranularityField::Weekly),
            ("2026-01-01", "2027-01-03", GranularityField::Monthly),
        ] {
            assert_eq!(period(start, end).granularity, granularity, "{start} {end}");
        }
    }

    #[test]
    fn points_follow_each_other_to_the_end() {
        let days = period("2026-02-27", "2026-03-02");
        assert_eq!(
            points(days, None),
            [
                "2026-02-27 2026-02-27",
                "2026-02-28 2026-02-28",
                "2026-03-01 2026-03-01"
            ]
        );
        let weeks = points(period("2026-01-01", "2026-06-02"), None);
        assert_eq!(
            weeks[..2],
            ["2026-01-01 2026-01-04", "2026-01-05 2026-01-11"]
        );
        assert_eq!(weeks.last().unwrap(), "2026-06-01 2026-06-01");
        let months = period("2024-01-15", "2026-01-01");
        let all = points(months, None);
        assert_eq!(all[..2], ["2024-01-15 2024-01-31", "2024-02-01 2024-02-29"]);
        assert_eq!(all.len(), 24);
        let second = months.points(None, i64::MAX).nth(1).unwrap();
        assert_eq!(points(months, Some(second.first_day)), all[2..]);
    }
}
