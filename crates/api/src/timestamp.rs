//! Instants and the three formats in which the protocols write them.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::fmt::temporal::Pieces;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

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
        let civil = text[..text.len() - 1].to_ascii_uppercase().parse().ok()?;
        Some(Timestamp::of_utc(civil))
    }

    /// Reads RFC 3339, whatever its offset.
    pub fn parse_with_offset(text: &str) -> Option<Timestamp> {
        let pieces = Pieces::parse(text).ok()?;
        let local = Timestamp::of_utc(pieces.date().to_datetime(pieces.time()?));
        let offset_s = pieces.to_numeric_offset()?.seconds();
        Some(Timestamp(local.0 - i64::from(offset_s) * 1000))
    }

    /// Reads RFC 3339 as its grammar has it, with `T` between the date and the time, whatever the offset.
    /// That may lack its colon: AWS takes it so.
    pub fn parse_rfc_3339(text: &str) -> Option<Timestamp> {
        let (time, zone) = text.split_at_checked(text.rfind(['Z', 'z', '+', '-'])?)?;
        let digits = |at: &str| at.bytes().all(|byte| byte.is_ascii_digit());
        let has_zone = match zone.as_bytes() {
            [b'Z' | b'z'] => true,
            [b'+' | b'-', _, _, b':', _, _] => digits(&zone[1..3]) && digits(&zone[4..]),
            [b'+' | b'-', _, _, _, _] => digits(&zone[1..]),
            _ => false,
        };
        let has_zone = has_zone && zone.get(1..3).is_none_or(|hours| hours <= "23");
        // What stands before the offset is that of a time in UTC.
        let is_whole = Timestamp::parse_date_time(&format!("{time}Z")).is_some();
        Timestamp::parse_with_offset(text).filter(|_| has_zone && is_whole)
    }

    /// The same; a date or time without an offset is in UTC.
    pub fn parse_lenient(text: &str) -> Option<Timestamp> {
        Timestamp::parse_with_offset(text).or_else(|| Some(Timestamp::of_utc(text.parse().ok()?)))
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
        let ms = format!("{fraction:0<3}")[..3].parse::<i64>().ok()?;
        Some(Timestamp(Timestamp::of_utc(civil).0 + ms))
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
        let civil = EPOCH.saturating_add(SignedDuration::from_millis(self.0));
        strtime::format(format, civil).unwrap_or_default()
    }

    /// Jiff's own instants end a day before the year 9999 does; its calendar does not.
    fn of_utc(civil: DateTime) -> Timestamp {
        let since = civil.duration_since(EPOCH);
        // Rounds down, so that no fraction of a millisecond moves a time past a bound.
        Timestamp(since.as_nanos().div_euclid(1_000_000) as i64)
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
            ("9999-12-31T23:59:59.999Z", Some(253_402_300_799_999)),
            ("0001-01-01T00:00:00Z", Some(-62_135_596_800_000)),
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
    fn every_instant_is_written_as_it_is_read() {
        for ms in [
            253_402_300_799_999,
            -62_135_596_800_000,
            -1,
            0,
            1_576_540_098_500,
        ] {
            let text = Timestamp(ms).date_time();
            assert_eq!(
                Timestamp::parse_date_time(&text),
                Some(Timestamp(ms)),
                "{text}"
            );
        }
        let last = Timestamp(253_402_300_799_000);
        assert_eq!(Timestamp::parse_http_date(&last.http_date()), Some(last));
    }

    #[test]
    fn the_grammar_of_rfc_3339_is_stricter_than_the_reader_of_documents() {
        for (text, expected) in [
            ("2026-03-04T05:06:07Z", Some(1_772_600_767_000)),
            ("2026-03-04t05:06:07z", Some(1_772_600_767_000)),
            ("2026-03-04T05:06:07.123456789Z", Some(1_772_600_767_123)),
            ("2026-03-04T06:06:07+01:00", Some(1_772_600_767_000)),
            ("2026-03-04T04:06:07.5-0100", Some(1_772_600_767_500)),
            ("9999-12-31T23:59:59Z", Some(253_402_300_799_000)),
            ("2026-03-04", None),
            ("2026-03-04T05:06:07", None),
            ("2026-03-04 05:06:07Z", None),
            ("20260304T050607Z", None),
            ("2026-03-04T05:06Z", None),
            ("2026-03-04T05:06:07Z[UTC]", None),
            ("2026-03-04T05:06:07+01:00[Europe/Berlin]", None),
            ("2026-03-04T05:06:07+01", None),
            ("2026-03-04T05:06:07+01:00:00", None),
            ("2026-03-04T05:06:07+24:00", None),
            ("2026-03-04T24:00:00Z", None),
            ("2026-02-30T05:06:07Z", None),
            ("-000001-01-01T00:00:00Z", None),
            ("é", None),
            ("", None),
        ] {
            let read = Timestamp::parse_rfc_3339(text);
            assert_eq!(read, expected.map(Timestamp), "{text}");
        }
    }

    #[test]
    fn documents_have_any_offset_or_none() {
        for (text, expected) in [
            ("2025-01-01T01:02:03.456789+01:00", Some(1_735_689_723_456)),
            ("2025-01-01 01:02:03", Some(1_735_693_323_000)),
            ("2025-01-01T01:02:03", Some(1_735_693_323_000)),
            ("2025-01-01", Some(1_735_689_600_000)),
            ("1969-12-31T23:59:59.9999Z", Some(-1)),
            ("9999-12-31T23:59:59Z", Some(253_402_300_799_000)),
            ("2025-02-30T00:00:00Z", None),
            ("yesterday", None),
        ] {
            assert_eq!(
                Timestamp::parse_lenient(text),
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
