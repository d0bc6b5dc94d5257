//! Generations, parts and rows through the operations.

mod at_once;
mod rows;

use std::collections::BTreeSet;

use balefire_api::own::Feed;
use balefire_store::shard_of;
use serde_json::{Value, json};

use super::fixture::{advisory, epss, finish, kev, load, put};
use super::generation::{FeedState, sweep};
use crate::failure::Failure;
use crate::intelligence::package::PackageKey;
use crate::intelligence::version::Ecosystem;
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

fn score(t: &Testing, cve: &'static str) -> Option<f64> {
    let scores = t
        .store
        .read_blocking(move |tx| super::epss_scores(tx, &[cve]))
        .unwrap()
        .unwrap();
    scores.get(cve).map(|score| score.score)
}

fn is_exploited(t: &Testing, cve: &'static str) -> bool {
    let entries = t
        .store
        .read_blocking(move |tx| super::kev_entries(tx, &[cve]))
        .unwrap()
        .unwrap();
    entries.contains_key(cve)
}

/// The ids of the advisories found for a Python package.
fn found(t: &Testing, package: &str) -> Vec<String> {
    let keys = BTreeSet::from([PackageKey::new(Ecosystem::PyPi, package)]);
    let read = t.store.read_blocking(move |tx| {
        let found = super::advisories_of_packages(tx, &keys)?;
        let ids = found
            .into_values()
            .flatten()
            .map(|advisory| advisory.id.clone())
            .collect();
        Ok::<Vec<String>, Failure>(ids)
    });
    read.unwrap().unwrap()
}

fn logged(t: &Testing) -> i64 {
    t.store
        .read_blocking(|tx| tx.log_head(shard_of(ADMINISTRATOR)))
        .unwrap()
        .unwrap()
}

fn rows_of(t: &Testing, table: &'static str) -> i64 {
    let count = format!("SELECT COUNT(*) FROM {table}");
    let read = t
        .store
        .read_blocking(move |tx| tx.query(&count, &[]).map(|rows| rows[0].int(0)));
    read.unwrap().unwrap().unwrap()
}

fn refused<T: std::fmt::Debug>(result: Result<T, Failure>, path: &str, words: &str) {
    let Err(Failure::Invalid(violations)) = result else {
        panic!("{result:?}")
    };
    assert_eq!(violations[0].path, path, "{violations:?}");
    assert!(violations[0].message.contains(words), "{violations:?}");
}

#[test]
fn a_generation_is_seen_only_when_it_is_finished_and_then_alone() {
    let t = Testing::new();
    put(
        &t,
        "EPSS",
        "a",
        &[epss("CVE-2099-0001", 0.1), epss("CVE-2099-0002", 0.2)],
    )
    .unwrap();
    assert_eq!(score(&t, "CVE-2099-0001"), None);
    assert_eq!(finish(&t, "EPSS", "a", 2).unwrap(), 2);
    assert_eq!(score(&t, "CVE-2099-0001"), Some(0.1));
    put(&t, "EPSS", "b", &[epss("CVE-2099-0001", 0.9)]).unwrap();
    put(&t, "EPSS", "b", &[epss("CVE-2099-0003", 0.3)]).unwrap();
    assert_eq!(
        (score(&t, "CVE-2099-0001"), score(&t, "CVE-2099-0003")),
        (Some(0.1), None)
    );
    assert_eq!(finish(&t, "EPSS", "b", 2).unwrap(), 2);
    assert_eq!(score(&t, "CVE-2099-0001"), Some(0.9));
    assert_eq!(
        (score(&t, "CVE-2099-0002"), score(&t, "CVE-2099-0003")),
        (None, Some(0.3))
    );
    assert_eq!(
        rows_of(&t, "epss_score"),
        2,
        "the older generation is swept"
    );

    load(&t, "KEV", "a", &[kev("CVE-2099-0001")]);
    put(&t, "KEV", "b", &[kev("CVE-2099-0002")]).unwrap();
    assert!(is_exploited(&t, "CVE-2099-0001") && !is_exploited(&t, "CVE-2099-0002"));
    finish(&t, "KEV", "b", 1).unwrap();
    assert!(!is_exploited(&t, "CVE-2099-0001") && is_exploited(&t, "CVE-2099-0002"));
}

#[test]
fn kev_entries_come_back_as_they_were_put() {
    let t = Testing::new();
    load(&t, "KEV", "a", &[kev("CVE-2099-0001")]);
    let mut entries = t
        .store
        .read_blocking(|tx| super::kev_entries(tx, &["CVE-2099-0001"]))
        .unwrap()
        .unwrap();
    let entry = entries.remove("CVE-2099-0001").unwrap();
    let catalogue =
        json!({"catalogVersion": "2099.01.31", "vulnerabilities": [kev("CVE-2099-0001")]});
    let read = crate::intelligence::kev::read(catalogue.to_string().as_bytes()).unwrap();
    assert_eq!(read.entries, [entry]);
}

#[test]
fn another_row_count_keeps_the_generation_before() {
    let t = Testing::new();
    load(&t, "EPSS", "a", &[epss("CVE-2099-0001", 0.1)]);
    put(&t, "EPSS", "b", &[epss("CVE-2099-0002", 0.2)]).unwrap();
    for wrong in [0, 2, 100] {
        refused(
            finish(&t, "EPSS", "b", wrong),
            "/RowCount",
            "1 distinct rows",
        );
        assert_eq!(
            (score(&t, "CVE-2099-0001"), score(&t, "CVE-2099-0002")),
            (Some(0.1), None)
        );
    }
    // What was missing may still come.
    put(&t, "EPSS", "b", &[epss("CVE-2099-0003", 0.3)]).unwrap();
    assert_eq!(finish(&t, "EPSS", "b", 2).unwrap(), 2);
    refused(
        finish(&t, "EPSS", "nothing", 1),
        "/Generation",
        "there are none",
    );
    put(&t, "OSV", "c", &[advisory("GHSA-1", &[], "anvil", "2.0")]).unwrap();
    refused(finish(&t, "OSV", "c", 2), "/RowCount", "1 distinct rows");
    assert_eq!(finish(&t, "OSV", "c", 1).unwrap(), 1);
}

#[test]
fn calls_that_are_made_again_change_nothing() {
    let t = Testing::new();
    let parts: [(&str, Value, Value); 3] = [
        (
            "EPSS",
            epss("CVE-2099-0001", 0.1),
            epss("CVE-2099-0001", 0.2),
        ),
        ("KEV", kev("CVE-2099-0001"), {
            let mut other = kev("CVE-2099-0001");
            other["requiredAction"] = json!("Run.");
            other
        }),
        (
            "OSV",
            advisory("GHSA-1", &[], "anvil", "2.0"),
            advisory("GHSA-1", &[], "anvil", "3.0"),
        ),
    ];
    for (feed, row, other) in parts {
        let before = logged(&t);
        put(&t, feed, "a", std::slice::from_ref(&row)).unwrap();
        assert_eq!(logged(&t), before + 1, "{feed}");
        put(&t, feed, "a", std::slice::from_ref(&row)).unwrap();
        assert_eq!(logged(&t), before + 1, "{feed}");
        put(&t, feed, "a", std::slice::from_ref(&other)).unwrap();
        assert_eq!(logged(&t), before + 2, "{feed}");
        assert_eq!(finish(&t, feed, "a", 1).unwrap(), 1);
        assert_eq!(logged(&t), before + 3, "{feed}");
        assert_eq!(finish(&t, feed, "a", 1).unwrap(), 1);
        refused(finish(&t, feed, "a", 2), "/RowCount", "1 distinct rows");
        refused(put(&t, feed, "a", &[row]), "/Generation", "is finished");
        assert_eq!(logged(&t), before + 3, "{feed}");
    }
}

#[test]
fn only_the_administrator_refreshes_feeds() {
    let t = Testing::new();
    let part = json!({"Feed": "EPSS", "Generation": "a", "Rows": [epss("CVE-2099-0001", 0.1)]});
    let end = json!({"Feed": "EPSS", "Generation": "a", "AsOf": "2099-01-31", "RowCount": 1});
    let denied = t.call_as(MEMBER, "balefire", "PutFeedPart", part.clone());
    assert!(matches!(denied, Err(Failure::Denied(_))), "{denied:?}");
    t.call("balefire", "PutFeedPart", part).unwrap();
    let denied = t.call_as(MEMBER, "balefire", "FinishFeed", end.clone());
    assert!(matches!(denied, Err(Failure::Denied(_))), "{denied:?}");
    t.call("balefire", "FinishFeed", end).unwrap();
}

#[test]
fn a_sweep_is_bounded() {
    let t = Testing::new();
    let rows: Vec<Value> = (1..=5)
        .map(|n| epss(&format!("CVE-2099-{n:04}"), 0.1))
        .collect();
    put(&t, "EPSS", "old", &rows).unwrap();
    put(&t, "EPSS", "new", &rows).unwrap();
    let state = FeedState {
        name: "EPSS".into(),
        generation: "new".into(),
        number: 2,
        as_of: "2099-01-31".into(),
        row_count: 5,
        refreshed_ms: 0,
    };
    let insert = state.clone();
    t.store
        .write_blocking("", move |tx| tx.insert(&insert))
        .unwrap()
        .unwrap();
    at_once::overtaken(put(&t, "EPSS", "old", &rows));
    for expected in [2, 2, 1, 0] {
        let swept = t
            .store
            .write_blocking("", |tx| sweep(tx, Feed::Epss, 2))
            .unwrap()
            .unwrap();
        assert_eq!(swept, expected);
    }
    assert_eq!(
        (rows_of(&t, "epss_score"), rows_of(&t, "feed_generation")),
        (5, 2),
        "what was overtaken is known as such for a while"
    );
    let read = t
        .store
        .read_blocking(|tx| super::feed(tx, Feed::Epss))
        .unwrap()
        .unwrap();
    assert_eq!(read, Some(state));
}

#[test]
fn the_answer_says_what_a_feed_replaced() {
    let t = Testing::new();
    let finished = |feed: &str, generation: &str, as_of: &str, row: Value| {
        put(&t, feed, generation, &[row]).unwrap();
        let input = json!({"Feed": feed, "Generation": generation, "AsOf": as_of, "RowCount": 1});
        let answer = t.call("balefire", "FinishFeed", input.clone()).unwrap();
        let again = t.call("balefire", "FinishFeed", input).unwrap();
        assert_eq!(again, json!({"RowCount": 1}), "nothing is replaced twice");
        answer.get("ReplacedAsOf").cloned()
    };
    let row = || kev("CVE-2099-0001");
    assert_eq!(finished("KEV", "first", "2099-01-31", row()), None);
    let older = finished("KEV", "second", "2099-01-30", row());
    assert_eq!(older, Some(json!("2099-01-31")));
    let advisory = || advisory("GHSA-1", &[], "anvil", "2.0");
    finished("OSV", "first", "2099-01-31", advisory());
    let added = finished("OSV", "second", "2099-01-30", advisory());
    assert_eq!(added, None, "advisories are added");
}
