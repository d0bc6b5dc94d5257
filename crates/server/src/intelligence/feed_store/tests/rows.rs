//! Rows that are taken, refused and replaced.

use serde_json::{Value, json};

use super::{found, refused, rows_of};
use crate::failure::Failure;
use crate::intelligence::feed_store;
use crate::intelligence::feed_store::fixture::{advisory, epss, finish, kev, put};
use crate::testing::Testing;

#[test]
fn a_bad_row_fails_its_part_and_says_why() {
    let t = Testing::new();
    let with = |mut row: Value, name: &str, value: Value| {
        row[name] = value;
        row
    };
    let good_advisory = || advisory("GHSA-1", &[], "anvil", "2.0");
    let long = "x".repeat(1025);
    let long_name = json!([{"package": {"ecosystem": "PyPI", "name": long}}]);
    for (feed, good, bad, words) in [
        (
            "EPSS",
            epss("CVE-2099-0001", 0.1),
            epss("CVE-99-1", 0.1),
            "not a CVE id",
        ),
        (
            "EPSS",
            epss("CVE-2099-0001", 0.1),
            epss("CVE-2099-0002", 1.5),
            "from 0 to 1",
        ),
        (
            "EPSS",
            epss("CVE-2099-0001", 0.1),
            json!({"cve": "CVE-2099-0002"}),
            "epss",
        ),
        (
            "EPSS",
            epss("CVE-2099-0001", 0.1),
            epss("CVE-2099-0001", 0.2),
            "already row 0",
        ),
        ("EPSS", epss("CVE-2099-0001", 0.1), json!(7), "invalid type"),
        (
            "KEV",
            kev("CVE-2099-0001"),
            with(kev("CVE-2099-0002"), "dueDate", json!("soon")),
            "dueDate",
        ),
        (
            "KEV",
            kev("CVE-2099-0001"),
            with(kev("CVE-2099-0002"), "notes", json!("a\u{0}")),
            "NUL",
        ),
        (
            "KEV",
            kev("CVE-2099-0001"),
            kev(" CVE-2099-0001 "),
            "already row 0",
        ),
        ("KEV", kev("CVE-2099-0001"), json!({}), "cveID"),
        ("OSV", good_advisory(), json!({"id": ""}), "id"),
        (
            "OSV",
            good_advisory(),
            json!({"id": "x".repeat(129)}),
            "longer than 128",
        ),
        ("OSV", good_advisory(), json!({"id": "GHSA-\u{0}"}), "NUL"),
        (
            "OSV",
            good_advisory(),
            json!({"id": "GHSA-2", "aliases": ["\u{0}"]}),
            "NUL",
        ),
        (
            "OSV",
            good_advisory(),
            json!({"id": "GHSA-2", "affected": long_name}),
            "longer than 1024",
        ),
        (
            "OSV",
            good_advisory(),
            json!({"id": "GHSA-2", "modified": "now"}),
            "modified",
        ),
        ("OSV", good_advisory(), good_advisory(), "already row 0"),
    ] {
        refused(put(&t, feed, "a", &[good, bad]), "/Rows/1", words);
    }
    assert_eq!(
        ["kev_entry", "epss_score", "advisory"].map(|table| rows_of(&t, table)),
        [0, 0, 0]
    );
    let many: Vec<Value> = (0..50).map(|_| json!({})).collect();
    let Err(Failure::Invalid(violations)) = put(&t, "EPSS", "a", &many) else {
        panic!("it was taken")
    };
    assert_eq!(violations.len(), 21);
    assert!(violations[20].message.contains("30 more"), "{violations:?}");
    let odd = json!({"Feed": "EPSS", "Generation": "a", "AsOf": "yesterday", "RowCount": 1});
    refused(t.call("balefire", "FinishFeed", odd), "/AsOf", "2099-01-31");
}

#[test]
fn advisories_are_replaced_at_once_and_withdrawn_ones_are_not_found() {
    let t = Testing::new();
    put(
        &t,
        "OSV",
        "a",
        &[advisory("GHSA-1", &["CVE-2099-0001"], "Anvil_Drop", "2.0")],
    )
    .unwrap();
    assert_eq!(found(&t, "anvil.drop"), ["GHSA-1"]);
    let of = |t: &Testing, id: &'static str| {
        let read = t
            .store
            .read_blocking(move |tx| feed_store::advisories_of_vulnerability(tx, id));
        read.unwrap()
            .unwrap()
            .into_iter()
            .map(|advisory| advisory.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (of(&t, "CVE-2099-0001"), of(&t, "GHSA-1")),
        (vec!["GHSA-1".into()], vec!["GHSA-1".into()])
    );

    // The newer record is about another package and has another alias.
    let mut newer = advisory("GHSA-1", &["CVE-2099-0002"], "hammer", "2.0");
    newer["modified"] = json!("2098-06-01T00:00:00Z");
    put(&t, "OSV", "b", &[newer]).unwrap();
    assert_eq!(
        (found(&t, "anvil-drop"), found(&t, "hammer")),
        (vec![], vec!["GHSA-1".to_owned()])
    );
    assert!(of(&t, "CVE-2099-0001").is_empty() && of(&t, "CVE-2099-0002") == ["GHSA-1"]);

    // An old copy of the database undoes nothing, and still counts as put.
    put(
        &t,
        "OSV",
        "c",
        &[advisory("GHSA-1", &["CVE-2099-0001"], "Anvil_Drop", "2.0")],
    )
    .unwrap();
    assert_eq!(
        (found(&t, "anvil-drop"), found(&t, "hammer")),
        (vec![], vec!["GHSA-1".to_owned()])
    );
    assert_eq!(finish(&t, "OSV", "c", 1).unwrap(), 1);

    let mut withdrawn = advisory("GHSA-1", &["CVE-2099-0002"], "hammer", "2.0");
    withdrawn["modified"] = json!("2098-07-01T00:00:00Z");
    withdrawn["withdrawn"] = json!("2098-07-01T00:00:00Z");
    put(&t, "OSV", "d", &[withdrawn]).unwrap();
    assert!(found(&t, "hammer").is_empty() && of(&t, "CVE-2099-0002").is_empty());
    let kept = t
        .store
        .read_blocking(|tx| feed_store::advisories(tx, &["GHSA-1"]))
        .unwrap()
        .unwrap();
    assert!(kept["GHSA-1"].withdrawn.is_some());
}
