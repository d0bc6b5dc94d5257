//! Edits in the log and edits in rows are the same to everybody who asks.

use balefire_store::Tx;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::securityhub::finding::{fold, next_window};

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
    let window = t.store.read_blocking(next_window).unwrap().unwrap();
    let Some(window) = window else { return };
    let account = window.account().to_owned();
    let step = move |tx: &mut Tx<'_>| fold(tx, &window, 0, count.min(window.findings()));
    t.store.write_blocking(&account, step).unwrap().unwrap();
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
    let window = || t.store.read_blocking(next_window).unwrap().unwrap();
    let (first, second) = (window().unwrap(), window().unwrap());
    assert_eq!(first.findings(), 2);
    let mut after = Vec::new();
    for window in [first, second] {
        let step = move |tx: &mut Tx<'_>| fold(tx, &window, 0, 10);
        t.store
            .write_blocking(ADMINISTRATOR, step)
            .unwrap()
            .unwrap();
        after.push(seen(&t));
    }
    assert_eq!(after[0], after[1]);
    assert_eq!(after[0].1[0]["SeverityTrends"]["Critical"], 1);
    assert_eq!(after[0].1[0]["SeverityTrends"]["Medium"], 0);
    assert!(window().is_none());
}
