//! Vulnerability intelligence: the public feeds, version orders, and matching packages to advisories.

pub mod epss;
pub mod feed;
pub mod feed_store;
pub mod kev;
pub mod matching;
pub mod osv;
pub mod package;
pub mod severity;
pub mod source;
pub mod version;

#[cfg(test)]
pub(crate) mod real_data;

use crate::handler::Handler;

/// The operations of this room.
pub fn operations() -> Vec<Handler> {
    feed_store::operations()
}

/// The year and number of a CVE id (`CVE-2021-44228`), by which CVE ids are ordered.
///
/// `None` for anything that is not a CVE id: four digits of a year, then at least four digits.
pub fn parse_cve(id: &str) -> Option<(u16, u64)> {
    let (year, number) = id.strip_prefix("CVE-")?.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || number.len() < 4 || !digits(year) || !digits(number) {
        return None;
    }
    Some((year.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cve_ids_are_told_from_other_ids() {
        for (id, expected) in [
            ("CVE-2099-0001", Some((2099, 1))),
            ("CVE-2099-1234567", Some((2099, 1_234_567))),
            ("CVE-2099-001", None),
            ("CVE-99-0001", None),
            ("cve-2099-0001", None),
            ("CVE-2099-00x1", None),
            ("CVE-2099-+001", None),
            ("GHSA-2099-0001", None),
            ("", None),
        ] {
            assert_eq!(parse_cve(id), expected, "{id}");
        }
    }
}
