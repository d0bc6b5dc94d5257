//! What is said of a feed that failed.

use super::*;

#[test]
fn a_failure_says_what_is_in_force() {
    for (feed, taken, expected) in [
        (Feed::Kev, 2000, "the previous one stays"),
        (Feed::Epss, 0, "the previous one stays"),
        (Feed::Osv, 0, "the previous one stays"),
        (
            Feed::Osv,
            2000,
            "2000 of its 2502 advisories were taken and hold",
        ),
    ] {
        let progress = Progress { taken, rows: 2502 };
        assert_eq!(progress.holds(feed), expected);
    }
}
