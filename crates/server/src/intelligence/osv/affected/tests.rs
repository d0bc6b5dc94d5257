//! Ranges as the OSV schema evaluates them.

use super::*;
use serde_json::json;

/// Events as `+1` introduced, `-1` fixed, `=1` last affected, `<1` limit.
fn entry(events: &[&str], versions: &[&str]) -> Affected {
    let events = events.iter().map(|event| {
        let text = event[1..].to_owned();
        match &event[..1] {
            "+" => Event::Introduced(text),
            "-" => Event::Fixed(text),
            "=" => Event::LastAffected(text),
            "<" => Event::Limit(text),
            other => panic!("no such event: {other}"),
        }
    });
    Affected {
        ranges: vec![Range {
            kind: super::super::RangeKind::Ecosystem,
            events: events.collect(),
        }],
        versions: versions.iter().map(|v| (*v).to_owned()).collect(),
        ..Affected::default()
    }
}

#[test]
fn ranges_are_evaluated_as_the_schema_says() {
    use Ecosystem::{CratesIo, Go, Npm, PyPi};
    for (ecosystem, events, yes, no) in [
        (
            PyPi,
            &["+0", "-2.0"][..],
            &["0.0a1", "0", "1.9", "2.0rc1"][..],
            &["2.0", "2.0.post1"][..],
        ),
        (
            PyPi,
            &["+1.0", "-1.5", "+2.0", "-2.5"],
            &["1.0", "1.4.9", "2.4"],
            &["0.9", "1.5", "2.5"],
        ),
        // Events may stand in any order.
        (
            PyPi,
            &["-2.5", "+2.0", "-1.5", "+1.0"],
            &["1.0", "1.4.9", "2.4"],
            &["1.5", "1.9", "2.5"],
        ),
        (
            PyPi,
            &["+1.0", "=1.2"],
            &["1.0", "1.2", "1.2.0"],
            &["0.9", "1.2.post1", "1.2.1"],
        ),
        (PyPi, &["+1!1.0"], &["1!1.0", "1!2.0"], &["9.0"]),
        (PyPi, &["+0", "<3.0"], &["0.1", "2.9"], &["3.0", "4.0"]),
        (PyPi, &["+0", "<2.0", "<3.0"], &["2.5"], &["3.0"]),
        (PyPi, &["+0", "<*"], &["99"], &[]),
        (PyPi, &["+1.0", "-1.0"], &[], &["0.9", "1.0", "1.1"]),
        (
            PyPi,
            &["+0", "-1.0", "+1.0", "-2.0"],
            &["0.5", "1.0", "1.5"],
            &["2.0"],
        ),
        (PyPi, &[], &[], &["1.0"]),
        (
            Npm,
            &["+0", "-16.0.7"],
            &["0.0.0-alpha", "v16.0.6", "16.0.7-canary.1"],
            &["16.0.7"],
        ),
        (
            CratesIo,
            &["+0.0.0-0", "-0.9.0"],
            &["0.0.0-0", "0.9.0-rc.1"],
            &["0.9.0", "0.9.0+b"],
        ),
        (
            Go,
            &["+0", "-1.6.0"],
            &["v0.0.0-20201018195355-aaaaaaaaaaaa", "v1.5.9"],
            &["v1.6.0"],
        ),
        (
            Go,
            &["+1.21.0-0", "-1.21.3"],
            &["go1.21rc2", "go1.21.2"],
            &["go1.20.9", "go1.21.3"],
        ),
        (
            Go,
            &["+0", "-17.0.0+incompatible"],
            &["v16.9.9+incompatible"],
            &["v17.0.0+incompatible"],
        ),
    ] {
        let entries = [entry(events, &[])];
        for version in yes {
            let verdict = decide(ecosystem, &entries, version);
            assert_eq!(
                verdict,
                Ok(Verdict::Affected),
                "{ecosystem} {events:?} {version}"
            );
        }
        for version in no {
            let verdict = decide(ecosystem, &entries, version);
            assert_eq!(
                verdict,
                Ok(Verdict::NotAffected),
                "{ecosystem} {events:?} {version}"
            );
        }
    }
}

#[test]
fn listed_versions_join_the_ranges() {
    let entries = [entry(&["+1.0", "-2.0"], &["3.0", "0.7.10p1"])];
    for (version, expected) in [
        ("1.5", Ok(Verdict::Affected)),
        ("3.0", Ok(Verdict::Affected)),
        ("3.0.0", Ok(Verdict::Affected)),
        ("0.7.10p1", Ok(Verdict::Affected)),
        ("2.0", Ok(Verdict::NotAffected)),
    ] {
        assert_eq!(
            decide(Ecosystem::PyPi, &entries, version),
            expected,
            "{version}"
        );
    }
}

#[test]
fn what_has_no_place_in_the_order_is_an_error_unless_another_entry_decides() {
    let unordered = decide(Ecosystem::PyPi, &[entry(&["+1.0"], &["0.9"])], "0.7.10p1");
    assert_eq!(unordered.unwrap_err().text, "0.7.10p1");
    let mut list_only = entry(&[], &["0.9"]);
    list_only.ranges.clear();
    let verdict = decide(Ecosystem::PyPi, &[list_only], "0.7.10p1");
    assert_eq!(verdict, Ok(Verdict::NotAffected));

    let broken = entry(&["+0", "-0.2.0-n653"], &[]);
    let error = decide(Ecosystem::PyPi, &[&broken], "0.1").unwrap_err();
    assert_eq!(error.text, "0.2.0-n653");
    let verdict = decide(Ecosystem::PyPi, &[&broken, &entry(&["+0"], &[])], "0.1");
    assert_eq!(verdict, Ok(Verdict::Affected));
}

#[test]
fn commit_ranges_do_not_decide() {
    let affected: Advisory = serde_json::from_value(json!({
        "id": "TEST-1",
        "affected": [{"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}],
    }))
    .unwrap();
    let verdict = decide(Ecosystem::PyPi, &affected.affected, "1.0");
    assert_eq!(verdict, Ok(Verdict::NotAffected));
}

#[test]
fn the_smallest_clean_fix_above_is_recommended() {
    let django = [entry(
        &["+1.11", "-1.11.22", "+2.1", "-2.1.10", "+2.2", "-2.2.3"],
        &[],
    )];
    let overlapping = [entry(&["+1.0", "-1.5"], &[]), entry(&["+1.4", "-2.0"], &[])];
    for (entries, version, expected) in [
        (&django[..], "2.2", Some("2.2.3")),
        (&django, "1.11.1", Some("1.11.22")),
        (&django, "2.2.3", None),
        (&overlapping, "1.4.5", Some("2.0")),
        (&overlapping, "1.1", Some("2.0")),
        (&[entry(&["+1.0"], &[])], "1.1", None),
        (&[entry(&["+1.0", "=1.4"], &[])], "1.1", None),
        (
            &[entry(&["+1.0", "-1.10", "-1.9"], &[])],
            "1.1",
            Some("1.9"),
        ),
        (&[entry(&["+1.0", "-2.0"], &["2.0"])], "1.1", None),
    ] {
        let fix = fixed_in(Ecosystem::PyPi, entries, version);
        assert_eq!(fix.as_deref(), expected, "{entries:?} {version}");
    }
}
