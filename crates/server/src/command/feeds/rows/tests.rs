//! Feeds with repeated and broken rows: what is sent of them, and what is said.

use std::io::Write as _;

use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::*;

/// The rows that are sent of a feed, and what is said of the others.
fn sent(feed: Feed, text: &str) -> (Vec<String>, Vec<String>) {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let source = Source::Path(file.path().to_owned());
    let checked = Rows::check(feed, &source).unwrap();
    let mut rows = Vec::new();
    let mut on = |row: Document| {
        rows.push(row.text().to_owned());
        Ok(())
    };
    checked.send(feed, &source, &mut on).unwrap();
    assert_eq!(checked.rows, rows.len() as u64);
    (rows, checked.rejected)
}

#[test]
fn of_advisories_with_one_id_the_newest_is_sent() {
    let record = |id: &str, modified: Option<&str>, summary: &str| {
        json!({"id": id, "modified": modified, "summary": summary}).to_string()
    };
    let (early, late) = (Some("2099-01-01T00:00:00Z"), Some("2099-01-02T00:00:00Z"));
    let long = "x".repeat(129);
    let lines = [
        record("A-1", late, "newest"),
        record("A-1", early, "older"),
        record("B-1", early, "first"),
        record("C-1", early, "single"),
        record("B-1", early, "last"),
        r#"{"summary": "no id"}"#.to_owned(),
        record(&long, None, "too long"),
        record("A-1", None, "of no time"),
    ];
    let (rows, rejected) = sent(Feed::Osv, &lines.join("\n"));
    let summaries: Vec<Value> = rows
        .iter()
        .map(|row| serde_json::from_str::<Value>(row).unwrap()["summary"].clone())
        .collect();
    assert_eq!(summaries, ["newest", "single", "last"]);
    assert_eq!(
        rejected,
        [
            "record 2 (A-1): record 1 of the same id goes before it",
            "record 3 (B-1): record 5 of the same id goes before it",
            "line 6: missing field `id` at line 1 column 20",
            "record 7: id is longer than 128 characters",
            "record 8 (A-1): record 1 of the same id goes before it",
        ]
    );
}

#[test]
fn of_scores_and_entries_with_one_id_the_first_that_is_good_is_sent() {
    let (rows, rejected) = sent(
        Feed::Epss,
        "cve,epss,percentile\nCVE-2099-0001,0.1,0.5\nCVE-2099-0001,0.2,0.5\n",
    );
    let row: Value = serde_json::from_str(&rows[0]).unwrap();
    assert_eq!((rows.len(), &row["epss"]), (1, &json!(0.1)));
    assert_eq!(
        rejected,
        ["line 3 (CVE-2099-0001): is listed before; the first row stands"]
    );
    let entry = |due: &str, name: &str| {
        json!({
            "cveID": "CVE-2099-0001", "vendorProject": "v", "product": "p",
            "vulnerabilityName": name, "dateAdded": "2099-01-01", "dueDate": due,
            "requiredAction": "a",
        })
    };
    let entries = [
        entry("soon", "broken"),
        entry("2099-02-01", "good"),
        entry("2099-03-01", "again"),
    ];
    let catalogue = json!({"catalogVersion": "2099.01.31", "vulnerabilities": entries});
    let (rows, rejected) = sent(Feed::Kev, &catalogue.to_string());
    assert_eq!((rows.len(), rejected.len()), (1, 2), "{rejected:?}");
    assert!(rows[0].contains("good"), "{rows:?}");
}
