//! No new finding is taken where the findings have more memory than they may; all else goes on.

use super::*;
use crate::securityhub::finding::v1::tests::finding_of;
use crate::settings::Settings;

/// A server whose one finding is more than it has room for.
fn full() -> Testing {
    let settings = Settings {
        findings_bytes_max: Some(1),
        ..Settings::default()
    };
    let t = Testing::with_settings(settings);
    for account in [ADMINISTRATOR, MEMBER] {
        for operation in ["EnableSecurityHub", "EnableSecurityHubV2"] {
            let on = t.call_as(account, "securityhub", operation, json!({}));
            on.unwrap();
        }
    }
    assert_eq!(
        counts(&import(&t, &[document("known", json!({}))])),
        [1, 0, 0, 0]
    );
    asff(&t, &["asff"]).unwrap();
    // Whoever reads has the columns weighed.
    assert_eq!(findings(&t, json!({})).len(), 2);
    t
}

fn asff(t: &Testing, ids: &[&str]) -> Result<Value, Failure> {
    t.advance_ms(1000);
    let now = t.now().date_time();
    let one = |id: &&str| finding_of(ADMINISTRATOR, id, json!({"UpdatedAt": now, "Title": now}));
    let sent: Vec<Value> = ids.iter().map(one).collect();
    t.call(
        "securityhub",
        "BatchImportFindings",
        json!({"Findings": sent}),
    )
}

/// The rows that an import writes.
fn rows(t: &Testing) -> Vec<i64> {
    let tables = [
        "account",
        "finding",
        "security_finding",
        "finding_named",
        "log",
    ];
    let count = move |tx: &mut Tx<'_>| {
        let count = |table: &&str| {
            let rows = tx.query(&format!("SELECT COUNT(*) FROM {table}"), &[]);
            rows.unwrap()[0].int(0).unwrap()
        };
        tables.iter().map(count).collect()
    };
    t.store.read_blocking(count).unwrap()
}

#[test]
fn new_findings_are_refused_each_and_known_ones_are_updated() {
    let t = full();
    let before = rows(&t);
    let stranger = document_of("333333333333", "new", json!({}));
    let output = import(&t, &[document("new", json!({})), stranger]);
    assert_eq!(counts(&output), [0, 0, 0, 2]);
    let reason = output["Failed"][0]["Reason"].as_str().unwrap();
    assert!(reason.contains("findings.memory_mib"), "{reason}");
    assert_eq!(rows(&t), before);

    let invalid = json!({"class_uid": 1});
    let changed = document("known", json!({"severity_id": 5, "severity": "Critical"}));
    let output = import(&t, &[document("new", json!({})), changed, invalid]);
    assert_eq!(counts(&output), [0, 1, 0, 2]);
    let places: Vec<&Value> = output["Failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["Index"])
        .collect();
    assert_eq!(places, [0, 2]);
    assert_eq!(finding(&t, "known")["severity"], "Critical");
    update(&t, "known", json!({"Comment": "still here"}));
    assert_eq!(finding(&t, "known")["comment"], "still here");
    assert_eq!(findings(&t, json!({})).len(), 2);
}

#[test]
fn a_run_of_which_something_was_refused_for_room_closes_nothing() {
    let t = full();
    let input = json!({"Findings": [document("new", json!({}))], "Run": "r"});
    let output = t.call("balefire", "ImportFindings", input).unwrap();
    assert_eq!(counts(&output), [0, 0, 0, 1]);
    let completed = t.call("balefire", "CompleteImport", json!({"Run": "r"}));
    assert!(matches!(completed, Err(Failure::Conflict { .. })));
}

#[test]
fn a_batch_of_new_findings_fails_and_one_with_known_ones_is_taken_in_part() {
    let t = full();
    let before = rows(&t);
    let failed = asff(&t, &["new", "newer"]);
    let Err(Failure::Limit { message, .. }) = failed else {
        panic!("{failed:?}");
    };
    assert!(message.contains("findings.memory_mib"), "{message}");
    assert_eq!(rows(&t), before);
    let output = asff(&t, &["new", "asff"]).unwrap();
    assert_eq!(
        (&output["SuccessCount"], &output["FailedCount"]),
        (&json!(1), &json!(1))
    );
    let failed = &output["FailedFindings"][0];
    assert_eq!(
        (&failed["Id"], &failed["ErrorCode"]),
        (&json!("new"), &json!("LimitExceeded"))
    );
    assert_eq!(rows(&t)[..3], before[..3]);
}

#[test]
fn without_a_limit_or_below_it_there_is_room() {
    for findings_bytes_max in [None, Some(1 << 40)] {
        let settings = Settings {
            findings_bytes_max,
            ..Settings::default()
        };
        let t = full();
        assert!(t.index.has_no_room(&settings).is_none());
    }
}
