//! What is said of a feed that failed, and of one that is older than what it replaced.

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

#[test]
fn dates_and_times_of_feeds_are_compared() {
    for (one, other, expected) in [
        ("2099-01-31", "2099-01-30", true),
        ("2099-01-31", "2099-01-31", false),
        ("2099-01-31T10:00:00Z", "2099-01-31T09:00:00Z", true),
        ("2099-01-31T10:00:00Z", "2099-01-31", false),
        ("2099-01-31T10:00:00Z", "2099-01-30", true),
        ("2099-01-30", "2099-01-31T10:00:00Z", false),
        ("", "2099-01-31", false),
    ] {
        assert_eq!(is_newer(one, other), expected, "{one} {other}");
    }
}
