//! Trends: how many findings, and resources, there were on past days, kept as the changes of each day.

mod days;
mod fields;
mod get_findings_trends_v2;
mod history;
mod period;
mod points;
mod read;
mod standing;
mod state;
#[cfg(test)]
mod tests;

pub(super) use days::{Added, Days};
pub(super) use fields::Fields;
pub use get_findings_trends_v2::get_findings_trends_v2;
pub(super) use history::Changes;
pub(super) use period::{Period, Point};
pub(super) use points::points;
pub(super) use read::{field_of, read, read_whole};
pub use standing::{COUNT_STANDING, Missing, missing};
pub(super) use state::State;

/// Counters by severity: those of OCSF from Unknown to Fatal, then Other.
pub const SEVERITIES: usize = 8;

/// Days since 1970, of UTC.
pub fn day_of(ms: i64) -> i64 {
    ms.div_euclid(DAY_MS)
}

pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;
