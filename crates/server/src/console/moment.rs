//! Times as people read them: how long ago, and exactly when.

use balefire_api::Timestamp;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A time on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339, for machines.
    pub iso: String,
    /// In UTC to the second.
    pub exact: String,
    /// Such as `12 minutes ago`.
    pub relative: String,
}

impl Moment {
    pub fn of(at: Timestamp, now: Timestamp) -> Moment {
        let iso = at.date_time();
        let seconds = Timestamp(at.0 - at.0.rem_euclid(SECOND)).date_time();
        Moment {
            exact: seconds.replace('T', " ").replace('Z', " UTC"),
            relative: relative(now.0 - at.0),
            iso,
        }
    }

    /// The day alone, for what has no time of day.
    pub fn day(&self) -> &str {
        self.exact.split(' ').next().unwrap_or_default()
    }
}

fn relative(ago_ms: i64) -> String {
    let ms = ago_ms.abs();
    let (count, unit) = match ms {
        ..MINUTE => return "just now".into(),
        MINUTE..HOUR => (ms / MINUTE, "minute"),
        _ if ms < 2 * DAY => (ms / HOUR, "hour"),
        _ if ms < 60 * DAY => (ms / DAY, "day"),
        _ if ms < 730 * DAY => (ms / (30 * DAY), "month"),
        _ => (ms / (365 * DAY), "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if ago_ms < 0 {
        format!("in {count} {unit}{plural}")
    } else {
        format!("{count} {unit}{plural} ago")
    }
}

/// A length of time in its two largest units, such as `2 h 14 min`.
pub fn span(ms: i64) -> String {
    let ms = ms.max(0);
    let (large, large_unit, small, small_unit) = match ms {
        ..MINUTE => return format!("{} s", ms / SECOND),
        MINUTE..HOUR => return format!("{} min", ms / MINUTE),
        HOUR..DAY => (ms / HOUR, "h", ms % HOUR / MINUTE, "min"),
        _ => (ms / DAY, "d", ms % DAY / HOUR, "h"),
    };
    match small {
        0 => format!("{large} {large_unit}"),
        _ => format!("{large} {large_unit} {small} {small_unit}"),
    }
}

/// How a time lies to an incident's opening, such as `12 min before`.
pub fn offset(at: Timestamp, opened: Timestamp) -> String {
    match at.0 - opened.0 {
        0 => "at the opening".into(),
        ms @ ..0 => format!("{} before", span(-ms)),
        ms => format!("{} after", span(ms)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_ago() {
        for (ms, text) in [
            (0, "just now"),
            (-59 * SECOND, "just now"),
            (MINUTE, "1 minute ago"),
            (59 * MINUTE + 59 * SECOND, "59 minutes ago"),
            (HOUR, "1 hour ago"),
            (47 * HOUR, "47 hours ago"),
            (2 * DAY, "2 days ago"),
            (60 * DAY, "2 months ago"),
            (730 * DAY, "2 years ago"),
            (-3 * HOUR, "in 3 hours"),
        ] {
            assert_eq!(relative(ms), text);
        }
    }

    #[test]
    fn spans_and_offsets() {
        for (ms, text) in [
            (-5, "0 s"),
            (59_999, "59 s"),
            (MINUTE, "1 min"),
            (2 * HOUR + 14 * MINUTE, "2 h 14 min"),
            (HOUR, "1 h"),
            (3 * DAY + 4 * HOUR, "3 d 4 h"),
        ] {
            assert_eq!(span(ms), text);
        }
        let opened = Timestamp(DAY);
        assert_eq!(
            offset(Timestamp(DAY - 12 * MINUTE), opened),
            "12 min before"
        );
        assert_eq!(offset(Timestamp(DAY + HOUR), opened), "1 h after");
        assert_eq!(offset(opened, opened), "at the opening");
    }

    #[test]
    fn exact_times_have_no_fraction() {
        let moment = Moment::of(Timestamp(1_767_225_600_123), Timestamp(1_767_225_720_000));
        assert_eq!(moment.exact, "2026-01-01 00:00:00 UTC");
        assert_eq!(moment.iso, "2026-01-01T00:00:00.123Z");
        assert_eq!(moment.day(), "2026-01-01");
        assert_eq!(moment.relative, "1 minute ago");
    }
}
