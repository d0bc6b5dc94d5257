//! Refreshes that go on at once: one that another has overtaken, and advisories that several bring.

use serde_json::{Value, json};

use super::super::fixture::{advisory, epss, finish, kev, load, put};
use super::{is_exploited, refused, rows_of};
use crate::failure::Failure;
use crate::testing::Testing;

/// Checks that the answer says what happened, and what to do.
pub fn overtaken<T: std::fmt::Debug>(result: Result<T, Failure>) {
    let Err(Failure::Conflict { message, .. }) = result else {
        panic!("{result:?}")
    };
    for said in [
        "overtook",
        "2099-01-31",
        "is in force",
        "begin another generation",
    ] {
        assert!(message.contains(said), "{message}");
    }
}

fn finish_as_of(t: &Testing, feed: &str, generation: &str, as_of: &str) -> Result<Value, Failure> {
    let input = json!({"Feed": feed, "Generation": generation, "AsOf": as_of, "RowCount": 1});
    t.call("balefire", "FinishFeed", input)
}

/// One refresh that is slow and one that is fast; the fast one has ended, with one row as of 2099-01-31.
fn overtaking() -> Testing {
    let t = Testing::new();
    put(&t, "KEV", "slow", &[kev("CVE-2099-0001")]).unwrap();
    put(&t, "KEV", "fast", &[kev("CVE-2099-0002")]).unwrap();
    finish(&t, "KEV", "fast", 1).unwrap();
    t
}

#[test]
fn what_was_overtaken_by_data_as_new_ends_well() {
    for (as_of, ends_well) in [
        ("2099-01-30", true),
        ("2099-01-31", true),
        ("2099-01-31T10:00:00Z", true),
        ("2099-02-01", false),
    ] {
        let t = overtaking();
        let ended = finish_as_of(&t, "KEV", "slow", as_of);
        match ends_well {
            true => assert_eq!(
                ended.unwrap(),
                json!({"RowCount": 1, "OvertakenBy": "2099-01-31"})
            ),
            false => overtaken(ended),
        }
        assert!(!is_exploited(&t, "CVE-2099-0001") && is_exploited(&t, "CVE-2099-0002"));
    }
}

#[test]
fn what_was_overtaken_is_not_taken_up_again() {
    let t = overtaking();
    assert_eq!(
        rows_of(&t, "kev_entry"),
        1,
        "what was begun before and not finished is swept"
    );
    overtaken(put(&t, "KEV", "slow", &[kev("CVE-2099-0003")]));
    // Another generation is newer than the finished one.
    load(&t, "KEV", "again", &[kev("CVE-2099-0003")]);
    assert!(is_exploited(&t, "CVE-2099-0003") && !is_exploited(&t, "CVE-2099-0002"));
    overtaken(put(&t, "KEV", "slow", &[kev("CVE-2099-0001")]));
    refused(
        finish(&t, "KEV", "nothing", 1),
        "/Generation",
        "there are none",
    );
}

#[test]
fn not_every_generation_is_remembered() {
    let t = Testing::new();
    for n in 0..110 {
        load(&t, "EPSS", &n.to_string(), &[epss("CVE-2099-0001", 0.1)]);
    }
    assert_eq!(rows_of(&t, "epss_score"), 1);
    assert_eq!(rows_of(&t, "feed_generation"), 101);
}

#[test]
fn advisories_that_several_refreshes_bring_are_missing_from_none() {
    let both = [
        advisory("GHSA-1", &[], "anvil", "2.0"),
        advisory("GHSA-2", &[], "anvil", "2.0"),
    ];
    for first in ["a", "b"] {
        let t = Testing::new();
        put(&t, "OSV", "a", &both).unwrap();
        t.advance_ms(1000);
        put(&t, "OSV", "b", &both[..1]).unwrap();
        let (second, counts) = match first {
            "a" => ("b", [2, 1]),
            _ => ("a", [1, 2]),
        };
        assert_eq!(
            finish(&t, "OSV", first, counts[0]).unwrap(),
            counts[0] as i64
        );
        assert_eq!(
            finish(&t, "OSV", second, counts[1]).unwrap(),
            counts[1] as i64
        );
        assert_eq!(rows_of(&t, "advisory"), 2);
        // Alone, what is missing is missing.
        t.advance_ms(1);
        put(&t, "OSV", "c", &both).unwrap();
        refused(finish(&t, "OSV", "c", 3), "/RowCount", "2 distinct rows");
    }
}
