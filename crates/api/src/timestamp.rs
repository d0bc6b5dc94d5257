//! Instants and the three formats in which the protocols write them.

use jiff::Timestamp as Instant;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// An instant in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// A JSON number of seconds, fractions allowed.
    EpochSeconds,
    /// RFC 3339 with `Z`.
    DateTime,
    /// RFC 9110 IMF-fixdate.
    HttpDate,
}

impl Timestamp {
    /// From seconds; `None` where the number is no instant that can be written as a date.
    pub fn from_seconds(seconds: f64) -> Option<Timestamp> {
        let ms = (seconds * 1000.0).round();
        // Beyond year 9999 the textual formats cannot write it.
        (ms.is_finite() && (-62_135_596_800_000.0..=253_402_300_799_999.0).contains(&ms))
            .then_some(Timestamp(ms as i64))
    }

    /// Reads RFC 3339 in UTC, written with `T` and `Z` in upper or lower case.
    pub fn parse_date_time(text: &str) -> Option<Timestamp> {
        let bytes = text.as_bytes();
        let digits = |from: usize, to: usize| bytes[from..to].iter().all(u8::is_ascii_digit);
        if bytes.len() < 20 || !text.is_ascii() {
            return None;
        }
        let fixed = digits(0, 4)
            && bytes[4] == b'-'
            && digits(5, 7)
            && bytes[7] == b'-'
            && digits(8, 10)
            && matches!(bytes[10], b'T' | b't')
            && digits(11, 13)
            && bytes[13] == b':'
            && digits(14, 16)
            && bytes[16] == b':'
            && digits(17, 19);
        let tail = &bytes[19..];
        let ends = match tail {
            [b'Z' | b'z'] => true,
            [b'.', fraction @ .., b'Z' | b'z'] => {
                (1..=9).contains(&fraction.len()) && fraction.iter().all(u8::is_ascii_digit)
            }
            _ => false,
        };
        if !(fixed && ends) {
            return None;
        }
        let instant: Instant = text.to_ascii_uppercase().parse().ok()?;
        Some(Timestamp(instant.as_millisecond()))
    }

    /// Reads an IMF-fixdate such as `Tue, 29 Apr 2014 18:30:38 GMT`.
    pub fn parse_http_date(text: &str) -> Option<Timestamp> {
        let (date, fraction) = match text.strip_suffix(" GMT")?.split_once('.') {
            Some((date, fraction)) => (date, fraction),
            None => (text.strip_suffix(" GMT")?, ""),
        };
        if date.len() != 25 || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let civil = strtime::parse("%a, %d %b %Y %H:%M:%S", date)
            .ok()?
            .to_datetime()
            .ok()?;
        let instant = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
        let ms = format!("{fraction:0<3}")[..3].parse::<i64>().ok()?;
        Some(Timestamp(instant.as_millisecond() + ms))
    }

    /// RFC 3339 in UTC with milliseconds where there are any.
    pub fn date_time(self) -> String {
        let format = if self.0.rem_euclid(1000) == 0 {
            "%Y-%m-%dT%H:%M:%SZ"
        } else {
            "%Y-%m-%dT%H:%M:%S.%3fZ"
        };
        self.written(format)
    }

    pub fn http_date(self) -> String {
        self.written("%a, %d %b %Y %H:%M:%S GMT")
    }

    /// Seconds with at most three decimals, as a JSON number.
    pub fn epoch_seconds(self) -> String {
        let (seconds, ms) = (self.0.div_euclid(1000), self.0.rem_euclid(1000));
        match (ms, seconds) {
            (0, _) => seconds.to_string(),
            // Below zero the fraction counts towards zero.
            (_, ..0) => {
                let whole = -(self.0 as f64) / 1000.0;
                format!("-{whole:.3}")
            }
            _ => format!("{seconds}.{ms:03}"),
        }
    }

    fn written(self, format: &str) -> String {
        // Clamped: jiff's range is wider than any instant we accept.
        let instant = Instant::from_millisecond(self.0).unwrap_or(Instant::UNIX_EPOCH);
        strtime::format(format, &instant.to_zoned(TimeZone::UTC)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_times_are_utc_and_exact() {
        for (text, expected) in [
            ("1970-01-01T00:00:01Z", Some(1000)),
            ("2019-12-16T23:48:18.5Z", Some(1_576_540_098_500)),
            ("2025-01-01T01:02:03.456789Z", Some(1_735_693_323_456)),
            ("1996-12-19T16:39:57-08:00", None),
            ("1996-12-19T16:39:57", None),
            ("1996-12-19 16:39:57Z", None),
            ("1996-02-30T16:39:57Z", None),
            ("19961219T163957Z", None),
        ] {
            assert_eq!(
                Timestamp::parse_date_time(text),
                expected.map(Timestamp),
                "{text}"
            );
        }
    }

    #[test]
    fn http_dates_are_imf_fixdates() {
        let instant = Timestamp(1_398_796_238_000);
        assert_eq!(
            Timestamp::parse_http_date("Tue, 29 Apr 2014 18:30:38 GMT"),
            Some(instant)
        );
        assert_eq!(instant.http_date(), "Tue, 29 Apr 2014 18:30:38 GMT");
        for bad in [
            "29 Apr 2014 18:30:38 GMT",
            "Tue, 29 Apr 2014 18:30:38",
            "1985-04-12T23:20:50.52Z",
            "",
        ] {
            assert_eq!(Timestamp::parse_http_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn epoch_seconds_keep_milliseconds() {
        for (ms, text) in [
            (0, "0"),
            (1500, "1.500"),
            (1_398_796_238_000, "1398796238"),
            (-1500, "-1.500"),
        ] {
            assert_eq!(Timestamp(ms).epoch_seconds(), text);
        }
    }
}
