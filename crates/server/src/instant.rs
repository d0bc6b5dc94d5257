//! Instants as documents write them: texts, and numbers in seconds or milliseconds, which their size tells.

use balefire_api::Timestamp;

/// A number below this is in seconds; in milliseconds it would lie before April 1973.
const SECONDS_BELOW: i64 = 100_000_000_000;

/// A whole number as milliseconds.
pub fn ms_of(number: i64) -> i64 {
    match number.unsigned_abs() < SECONDS_BELOW.unsigned_abs() {
        true => number * 1000,
        false => number,
    }
}

/// Any number as milliseconds.
pub fn ms_of_float(number: f64) -> f64 {
    match number.abs() < SECONDS_BELOW as f64 {
        true => number * 1000.0,
        false => number,
    }
}

/// RFC 3339 as milliseconds; a text without an offset is in UTC.
pub fn ms_of_text(text: &str) -> Option<i64> {
    Timestamp::parse_lenient(text).map(|instant| instant.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_follows_from_the_size() {
        for (number, ms) in [
            (0, 0),
            (1_750_000_000, 1_750_000_000_000),
            (99_999_999_999, 99_999_999_999_000),
            (100_000_000_000, 100_000_000_000),
            (1_750_000_000_000, 1_750_000_000_000),
            (-1, -1000),
            (i64::MAX, i64::MAX),
            (i64::MIN, i64::MIN),
        ] {
            assert_eq!(ms_of(number), ms);
            assert_eq!(ms_of_float(number as f64), ms as f64);
        }
        assert_eq!(ms_of_float(1.5), 1500.0);
    }
}
