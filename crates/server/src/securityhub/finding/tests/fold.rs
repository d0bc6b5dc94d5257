//! Edits in the log and edits in rows are the same to everybody who asks.

use std::sync::Arc;

use balefire_store::Tx;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::securityhub::finding::{Part, next_window};

/// What happens to a few findings.
#[derive(Clone, Debug)]
enum Act {
    /// The provider sends a version.
    Import(usize, Value),
    /// Somebody sets something in some of them.
    Update(&'static str, Vec<usize>, Value),
    /// A part of what waits becomes rows, and the process ends before the rest.
    FoldSome(usize),
    Fold,
}

const FINDINGS: usize = 4;

/// The first half is the administrator's.
fn account(place: usize) -> &'static str {
    [ADMINISTRATOR, MEMBER][place * 2 / FINDINGS]
}

fn uid(place: usize) -> String {
    uid_of(account(place), &format!("f{place}"))
}

fn act() -> impl Strategy<Value = Act> {
    let version = prop::sample::select(vec![
        json!({}),
        json!({"status_id": 4, "status": "Resolved"}),
        json!({"severity_id": 4, "severity": "High"}),
        json!({"comment": "the provider's"}),
    ]);
    let set = prop::sample::select(vec![
        json!({"SeverityId": 5}),
        json!({"SeverityId": 2, "Comment": "both"}),
        json!({"StatusId": 3}),
        json!({"StatusId": 4, "Comment": "done"}),
        json!({"Comment": "a word"}),
    ]);
    let some = prop::collection::vec(0..FINDINGS, 1..4);
    prop_oneof![
        3 => (0..FINDINGS, version).prop_map(|(place, version)| Act::Import(place, version)),
        4 => (prop::sample::select(vec![ADMINISTRATOR, MEMBER]), some, set)
            .prop_map(|(by, some, set)| Act::Update(by, some, set)),
        1 => (1..3_usize).prop_map(Act::FoldSome),
        1 => Just(Act::Fold),
    ]
}

fn do_it(t: &Testing, act: &Act) {
    t.advance_ms(60_000);
    match act {
        Act::Import(place, version) => {
            let name = format!("f{place}");
            import(t, &[document_of(account(*place), &name, version.clone())]);
        }
        Act::Update(by, places, set) => {
            let mut input = set.clone();
            let uids: Vec<String> = places.iter().map(|place| uid(*place)).collect();
            input["MetadataUids"] = json!(uids);
            update_as(t, by, input).unwrap();
        }
        Act::FoldSome(count) => fold_some(t, *count),
        Act::Fold => t.step(),
    }
}

fn fold_some(t: &Testing, count: usize) {
    if let Some(part) = read_part(t, count) {
        write_part(t, part);
    }
}

/// The first edits that wait, of so many findings, made ready.
fn read_part(t: &Testing, count: usize) -> Option<Part> {
    let window = Arc::new(t.store.read_blocking(next_window).unwrap().unwrap()?);
    let read = move |tx: &mut Tx<'_>| Part::read(tx, &window, 0, count);
    Some(t.store.read_blocking(read).unwrap().unwrap())
}

fn write_part(t: &Testing, part: Part) {
    let write = move |tx: &mut Tx<'_>| part.write(tx);
    let account = ADMINISTRATOR;
    t.store.write_blocking(account, write).unwrap().unwrap();
}

/// All documents, and how many findings of each severity and status there are today.
fn seen(t: &Testing) -> (Vec<Value>, Vec<Value>) {
    let shown = findings(t, json!({}));
    let documents = shown.into_iter().map(|mut document| {
        document["time"] = json!(0);
        document
    });
    let mut documents: Vec<Value> = documents.collect();
    documents.sort_by_key(|document| document["metadata"]["uid"].to_string());
    let trends = ["New", "Suppressed", "Resolved"].map(|status| {
        let filter = json!({"Comparison": "EQUALS", "Value": status});
        let filter = json!({"FieldName": "finding_status", "Filter": filter});
        let input = json!({
            "StartTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-03T00:00:00Z",
            "Filters": {"CompositeFilters": [{"StringFilters": [filter]}]},
        });
        let output = t.call("securityhub", "GetFindingsTrendsV2", input).unwrap();
        let points = output["TrendsMetrics"].as_array().unwrap();
        points.last().unwrap()["TrendsValues"].clone()
    });
    (documents, trends.into())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn when_it_is_folded_makes_no_difference(acts in prop::collection::vec(act(), 1..25)) {
        let (at_once, now_and_then) = (enabled(), enabled());
        for t in [&at_once, &now_and_then] {
            let all = (0..FINDINGS).map(|place| document_of(account(place), &format!("f{place}"), json!({})));
            import(t, &all.collect::<Vec<Value>>());
        }
        for act in &acts {
            do_it(&at_once, act);
            at_once.step();
            do_it(&now_and_then, act);
            let (rows, log) = (seen(&at_once).0, seen(&now_and_then).0);
            prop_assert_eq!(rows, log, "after {:?}", act);
        }
        now_and_then.step();
        prop_assert_eq!(seen(&at_once), seen(&now_and_then));
        prop_assert!(now_and_then.store.read_blocking(next_window).unwrap().unwrap().is_none());
    }
}

#[test]
fn a_window_that_is_folded_twice_changes_nothing_more() {
    let t = enabled();
    import(&t, &[document("f", json!({})), document("g", json!({}))]);
    update(&t, "f", json!({"SeverityId": 5}));
    update(&t, "g", json!({"StatusId": 4}));
    let parts = [10, 10].map(|count| read_part(&t, count).unwrap());
    let mut after = Vec::new();
    for part in parts {
        assert!(part.is_last());
        write_part(&t, part);
        after.push(seen(&t));
    }
    assert_eq!(after[0], after[1]);
    assert_eq!(after[0].1[0]["SeverityTrends"]["Critical"], 1);
    assert_eq!(after[0].1[0]["SeverityTrends"]["Medium"], 0);
    assert!(read_part(&t, 10).is_none());
}

#[test]
fn what_comes_between_reading_and_writing_is_counted() {
    let t = enabled();
    import(&t, &[document("f", json!({})), document("g", json!({}))]);
    update(&t, "f", json!({"StatusId": 4}));
    let part = read_part(&t, 10).unwrap();
    let version = json!({"severity_id": 5, "severity": "Critical"});
    import(&t, &[document("f", version)]);
    write_part(&t, part);
    let (documents, trends) = seen(&t);
    assert_eq!(documents[0]["status"], "Resolved");
    let severities = |status: usize| &trends[status]["SeverityTrends"];
    assert_eq!(severities(2)["Critical"], 1);
    assert_eq!(severities(2)["Medium"], 0);
    assert_eq!(severities(0)["Medium"], 1);
}
