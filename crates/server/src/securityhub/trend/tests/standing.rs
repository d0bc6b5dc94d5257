//! Stores that are older than their trends, or that were counted in other words.

use std::collections::BTreeMap;
use std::ops::Range;

use balefire_store::{Error, Tx};

use super::*;
use crate::securityhub::trend::history::{Counts, FINDINGS};
use crate::securityhub::trend::{Missing, missing};
use crate::testing::migrate_rows;

fn write(t: &Testing, change: impl Fn(&mut Tx<'_>) -> Result<(), Error> + Send + 'static) {
    t.store.write_blocking("", change).unwrap().unwrap();
}

/// As the migration leaves a store that has findings.
fn migrated(t: &Testing) {
    let migration = include_str!("../../../../migrations/0034_counts_and_analyses.sql");
    write(t, |tx| migrate_rows(tx, migration));
}

/// What trends add up to, of both accounts.
fn sums(t: &Testing) -> BTreeMap<String, Counts> {
    let sums = |tx: &mut Tx<'_>| {
        let mut all = BTreeMap::new();
        for account in [ADMINISTRATOR, MEMBER] {
            all.extend(FINDINGS.sums(tx, account).unwrap());
        }
        all.retain(|_, counts| *counts != Counts::default());
        all
    };
    t.store.read_blocking(sums).unwrap()
}

/// What is lacking of the first account.
fn lacking(t: &Testing) -> Missing {
    let read = t.store.read_blocking(|tx| missing(tx, ""));
    read.unwrap().unwrap().unwrap()
}

fn add(t: &Testing, missing: Missing, range: Range<usize>) {
    let now_ms = t.now().0;
    let add = move |tx: &mut Tx<'_>| missing.add(tx, now_ms, range.clone());
    t.store.write_blocking("", add).unwrap().unwrap();
}

/// Findings of two accounts, more ways of them than one part of the job adds, some with edits in rows.
fn filled() -> Testing {
    let t = enabled();
    let all: Vec<Value> = (0..600)
        .map(|n| {
            let info = json!({"uid": n.to_string(), "title": "t", "types": [n.to_string(), 3.0]});
            document("", json!({"finding_info": info, "severity_id": n % 7}))
        })
        .collect();
    all.chunks(100).for_each(|some| import(&t, some));
    import_as(&t, MEMBER, &[document("m", json!({}))]);
    let some: Vec<Value> = uids(&t).into_iter().step_by(3).collect();
    update(&t, &some, json!({"SeverityId": 5, "StatusId": 2}));
    t
}

/// What of the trends of a filled store is lost or other than it should be.
const SPOILT: [&str; 5] = [
    "DELETE FROM finding_trend",
    "DELETE FROM finding_trend WHERE dimension < '8'",
    "UPDATE finding_trend SET dimension = dimension || 'x', fields = REPLACE(fields, '3.0', '3')",
    "UPDATE finding_trend SET severity_critical = severity_critical + 2",
    "DELETE FROM finding_trend WHERE account = '222222222222'",
];

#[test]
fn what_trends_lack_is_added_today_and_once() {
    for spoil in SPOILT {
        let t = filled();
        let expected = sums(&t);
        write(&t, |tx| tx.execute(spoil, &[]).map(drop));
        assert_ne!(sums(&t), expected, "{spoil}");
        t.advance_ms(DAY_MS);
        let before = trends_as(&t, ADMINISTRATOR, "2026-01-02T00:00:00Z", Value::Null);
        migrated(&t);
        t.step();
        assert_eq!(sums(&t), expected, "{spoil}");
        assert_eq!(t.count("job") + t.count("trend_standing"), 0, "{spoil}");
        let after = trends_as(&t, ADMINISTRATOR, "2026-01-02T00:00:00Z", Value::Null);
        assert_eq!(
            after, before,
            "days that are over stay as they were: {spoil}"
        );
        // What is there has been counted: again, it adds nothing.
        let rows = t.count("finding_trend");
        migrated(&t);
        t.step();
        assert_eq!((sums(&t), t.count("finding_trend")), (expected, rows));
    }
}

#[test]
fn what_changes_between_the_read_and_the_writes_counts_once() {
    let (t, whole) = (filled(), filled());
    write(&t, |tx| tx.execute(SPOILT[0], &[]).map(drop));
    // In the log alone.
    let some: Vec<Value> = uids(&t).into_iter().step_by(7).collect();
    for t in [&t, &whole] {
        log_update(t, &some, json!({"SeverityId": 2}));
    }
    let missing = lacking(&t);
    let change = |t: &Testing| {
        let worse = |n: usize| document(&n.to_string(), json!({"severity_id": 4}));
        let news = (500..700).map(worse).collect::<Vec<_>>();
        news.chunks(100).for_each(|some| import(t, some));
        let some: Vec<Value> = uids(t).into_iter().step_by(5).collect();
        update(t, &some, json!({"SeverityId": 1}));
    };
    change(&t);
    let rows = missing.row_count();
    add(&t, missing, 0..rows);
    change(&whole);
    // The member's are not added yet.
    import_as(&whole, MEMBER, &[document("m", json!({"severity_id": 0}))]);
    import_as(&t, MEMBER, &[document("m", json!({"severity_id": 0}))]);
    migrated(&t);
    t.step();
    assert_eq!(sums(&t), sums(&whole));
}

/// As if the server had been killed after the first part.
#[test]
fn an_end_in_the_midst_of_it_shows_nobody_half() {
    let t = filled();
    let expected = sums(&t);
    write(&t, |tx| tx.execute(SPOILT[0], &[]).map(drop));
    add(&t, lacking(&t), 0..100);
    let input = json!({"StartTime": FIRST, "EndTime": TO_5});
    let asked = t.call(HUB, "GetFindingsTrendsV2", input.clone());
    assert!(matches!(asked, Err(Failure::Reading)), "{asked:?}");
    migrated(&t);
    t.step();
    assert_eq!(sums(&t), expected);
    t.call(HUB, "GetFindingsTrendsV2", input).unwrap();
}

#[test]
fn a_store_without_findings_has_nothing_to_add() {
    let t = enabled();
    migrated(&t);
    assert_eq!(t.count("job"), 0);
}
