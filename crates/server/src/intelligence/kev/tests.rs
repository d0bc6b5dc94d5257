//! Catalogues of our own making, whole and broken.

use serde_json::{Value, json};

use super::*;

fn row(cve: &str) -> Value {
    json!({
        "cveID": cve, "vendorProject": " Acme ", "product": "Anvil", "vulnerabilityName": " Drop ",
        "dateAdded": "2099-01-02", "dueDate": "2099-01-23", "shortDescription": "Falls. ",
        "requiredAction": "Step aside.", "knownRansomwareCampaignUse": "Known",
        "cwes": ["CWE-79 ", ""], "notes": " https://acme.example ", "newField": 1,
    })
}

fn catalog(rows: &[Value], count: usize) -> Value {
    json!({
        "title": "Invented", "catalogVersion": "2099.01.31", "count": count,
        "dateReleased": "2099-01-31T17:04:19.9796Z", "vulnerabilities": rows,
    })
}

#[test]
fn rows_are_read_and_trimmed() {
    let text = catalog(&[row(" CVE-2099-0001")], 1).to_string();
    let catalog = read(text.as_bytes()).unwrap();
    assert_eq!(catalog.version, "2099.01.31");
    assert_eq!(catalog.as_of.to_string(), "2099-01-31T17:04:19.9796Z");
    assert_eq!(catalog.rejected, []);
    let expected = KevEntry {
        cve: "CVE-2099-0001".into(),
        vendor: "Acme".into(),
        product: "Anvil".into(),
        name: "Drop".into(),
        description: "Falls.".into(),
        date_added: jiff::civil::date(2099, 1, 2),
        date_due: jiff::civil::date(2099, 1, 23),
        action: "Step aside.".into(),
        ransomware: true,
        cwes: vec!["CWE-79".into()],
        notes: "https://acme.example".into(),
    };
    assert_eq!(catalog.entries, [expected]);
}

#[test]
fn bad_rows_are_reported_and_the_rest_stands() {
    let mut undated = row("CVE-2099-0002");
    undated["dueDate"] = json!("soon");
    let mut unnamed = row("CVE-2099-0003");
    unnamed.as_object_mut().unwrap().remove("product");
    let mut unknown = row("CVE-2099-0005");
    unknown["knownRansomwareCampaignUse"] = json!("Unknown");
    unknown["cwes"] = Value::Null;
    let rows = [
        row("CVE-2099-0001"),
        undated,
        unnamed,
        row("2099-0004"),
        unknown,
        row("CVE-2099-0001"),
        json!(7),
    ];
    let catalog = read(catalog(&rows, 7).to_string().as_bytes()).unwrap();
    let read: Vec<_> = catalog
        .entries
        .iter()
        .map(|e| (e.cve.as_str(), e.ransomware))
        .collect();
    assert_eq!(read, [("CVE-2099-0001", true), ("CVE-2099-0005", false)]);
    let rejected: Vec<_> = catalog
        .rejected
        .iter()
        .map(|r| (r.place.as_str(), r.id.as_deref()))
        .collect();
    assert_eq!(
        rejected,
        [
            ("record 2", Some("CVE-2099-0002")),
            ("record 3", Some("CVE-2099-0003")),
            ("record 4", Some("2099-0004")),
            ("record 6", Some("CVE-2099-0001")),
            ("record 7", None),
        ]
    );
    assert!(
        catalog.rejected[0].reason.contains("dueDate"),
        "{}",
        catalog.rejected[0]
    );
    assert!(
        catalog.rejected[1].reason.contains("product"),
        "{}",
        catalog.rejected[1]
    );
}

#[test]
fn a_catalogue_that_is_not_whole_is_refused() {
    let whole = catalog(&[row("CVE-2099-0001"), row("CVE-2099-0002")], 2).to_string();
    for length in 0..whole.len() {
        let error = read(&whole.as_bytes()[..length]).unwrap_err();
        assert!(
            matches!(error, FeedError::Truncated { .. }),
            "cut at {length}: {error}"
        );
    }
    let short = catalog(&[row("CVE-2099-0001")], 2).to_string();
    let error = read(short.as_bytes()).unwrap_err();
    assert!(
        error.to_string().contains("2 rows and there are 1"),
        "{error}"
    );
    let empty = catalog(&[], 0).to_string();
    assert!(matches!(
        read(empty.as_bytes()),
        Err(FeedError::Empty { .. })
    ));
    assert!(matches!(
        read(&b"<html></html>"[..]),
        Err(FeedError::Malformed { .. })
    ));
}

#[test]
fn the_version_stands_in_for_a_missing_release_time() {
    let mut document = catalog(&[row("CVE-2099-0001")], 1);
    document["dateReleased"] = Value::Null;
    let as_of = read(document.to_string().as_bytes()).unwrap().as_of;
    assert_eq!(as_of.to_string(), "2099-01-31T00:00:00Z");
    document["catalogVersion"] = json!("next");
    let error = read(document.to_string().as_bytes()).unwrap_err();
    assert!(matches!(error, FeedError::Malformed { .. }), "{error}");
}
