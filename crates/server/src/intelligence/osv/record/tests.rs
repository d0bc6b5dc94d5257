//! Records that are full, odd and broken.

use super::*;

/// Everything the reader keeps, and things it must not stumble over.
const FULL: &str = r#"{
    "schema_version": "9.9", "id": "TEST-2099-1", "aliases": ["CVE-2099-0001"], "related": null,
    "upstream": ["CVE-2099-0002"], "summary": "S", "details": "D", "credits": [{"name": "x"}],
    "published": "2099-01-01T00:00:00Z", "modified": "0001-01-01T00:00:00Z",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "references": [{"type": "FIX", "url": "https://acme.example/1"}, {"url": "https://acme.example"}],
    "affected": [
        {"package": {"ecosystem": "Moon OS:7", "name": "anvil", "purl": "pkg:moon/anvil"},
         "ranges": [
            {"type": "GIT", "repo": "https://acme.example/r", "events": [{"introduced": "0"}]},
            {"type": "LUNAR", "events": [{"landed": "1"}, {"introduced": "1", "fixed": "2"}]},
            {"type": "SEMVER", "events": [{"introduced": "0"}, {"last_affected": "3"}, {"limit": "4"}]}],
         "versions": null,
         "severity": [{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}],
         "ecosystem_specific": {"severity": "High", "affected_functions": null},
         "database_specific": {"informational": "unsound"}},
        {"ranges": null, "versions": ["1"]}],
    "database_specific": {"cwe_ids": ["CWE-79"], "severity": "MODERATE", "other": {"a": [1]}}
}"#;

#[test]
fn a_record_is_read_and_written_back() {
    let advisory: Advisory = serde_json::from_str(FULL).unwrap();
    assert_eq!(
        advisory.published.unwrap().date_time(),
        "2099-01-01T00:00:00Z"
    );
    assert_eq!(advisory.modified, None);
    assert_eq!(advisory.cwes, ["CWE-79"]);
    assert_eq!(advisory.severity_word.as_deref(), Some("MODERATE"));
    assert_eq!(advisory.upstream, ["CVE-2099-0002"]);
    let affected = &advisory.affected[0];
    assert_eq!(affected.severity_word.as_deref(), Some("High"));
    assert_eq!(affected.informational.as_deref(), Some("unsound"));
    assert_eq!(affected.ranges[0].kind, RangeKind::Git);
    let lunar = [Event::Introduced("1".into()), Event::Fixed("2".into())];
    assert_eq!(affected.ranges[1].kind, RangeKind::Other("LUNAR".into()));
    assert_eq!(affected.ranges[1].events, lunar);
    assert_eq!(affected.ranges[2].events.len(), 3);
    assert_eq!(advisory.affected[1].package, None);

    let text = serde_json::to_string(&advisory).unwrap();
    assert_eq!(serde_json::from_str::<Advisory>(&text).unwrap(), advisory);
}

#[test]
fn what_cannot_be_understood_is_an_error_that_says_what() {
    for (text, expected) in [
        (r#"{"id": " "}"#, "\"id\" is empty"),
        (
            r#"{"modified": "2099-01-01T00:00:00Z"}"#,
            "missing field `id`",
        ),
        (
            r#"{"id": "T-1", "published": "January"}"#,
            "\"published\" \"January\"",
        ),
        (
            r#"{"id": "T-1", "affected": [{"versions": [1]}]}"#,
            "expected a string",
        ),
        (
            r#"{"id": "T-1", "affected": [{"ranges": [{"events": []}]}]}"#,
            "missing field `type`",
        ),
    ] {
        let error = serde_json::from_str::<Advisory>(text)
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn times_are_read_as_everywhere_else() {
    for (text, expected) in [
        ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59Z")),
        (
            " 2099-01-01T01:00:00.123456+01:00 ",
            Some("2099-01-01T00:00:00.123Z"),
        ),
        ("0001-01-01T00:00:00Z", None),
    ] {
        let record = json!({"id": "T-1", "modified": text, "published": text});
        let advisory: Advisory = serde_json::from_value(record).unwrap();
        for time in [advisory.modified, advisory.published] {
            assert_eq!(
                time.map(Timestamp::date_time).as_deref(),
                expected,
                "{text}"
            );
        }
    }
    for text in ["9999-12-31T24:00:00Z", "2099-01-01", "2099-01-01T00:00:00"] {
        let record = json!({"id": "T-1", "modified": text});
        assert!(
            serde_json::from_value::<Advisory>(record).is_err(),
            "{text}"
        );
    }
}

#[test]
fn a_withdrawal_without_a_time_still_counts() {
    let text = r#"{"id": "T-1", "withdrawn": "0001-01-01T00:00:00Z"}"#;
    assert!(
        serde_json::from_str::<Advisory>(text)
            .unwrap()
            .withdrawn
            .is_some()
    );
    let text = r#"{"id": "T-1", "withdrawn": null}"#;
    assert!(
        serde_json::from_str::<Advisory>(text)
            .unwrap()
            .withdrawn
            .is_none()
    );
}
