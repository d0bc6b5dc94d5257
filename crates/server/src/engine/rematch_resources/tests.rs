//! What news of feeds does to what was scanned before.

use serde_json::{Value, json};

use crate::inspector::fixture::{FUNCTION, INSTANCE, list, load_advisories, sbom, scan};
use crate::intelligence::feed_store::fixture::{advisory, epss, kev, load};
use crate::securityhub::finding::tests::{enabled, get_as};
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

/// Vulnerability and status of all findings of the region.
fn found(t: &Testing) -> Vec<(String, String)> {
    let findings = list(t, json!({})).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut found: Vec<_> = findings
        .iter()
        .map(|finding| {
            let id = &finding["packageVulnerabilityDetails"]["vulnerabilityId"];
            (text(id), text(&finding["status"]))
        })
        .collect();
    found.sort();
    found
}

fn pair(vulnerability: &str, status: &str) -> (String, String) {
    (vulnerability.into(), status.into())
}

/// Resources for which something was logged, by kind.
fn logged(t: &Testing, kind: &'static str) -> i64 {
    let count = move |tx: &mut balefire_store::Tx<'_>| {
        let rows = tx.query("SELECT COUNT(*) FROM log WHERE kind = $1", &[kind.into()]);
        rows.unwrap()[0].int(0).unwrap()
    };
    t.store.read_blocking(count).unwrap()
}

#[test]
fn an_advisory_that_comes_later_opens_findings_and_one_that_goes_closes_them() {
    let t = enabled();
    scan(&t, INSTANCE, sbom(&[("anvil", "1.0")]));
    scan(&t, FUNCTION, sbom(&[("anvil", "2.5"), ("nut", "1.0")]));
    t.step();
    assert_eq!(found(&t), []);
    load_advisories(&t);
    t.step();
    let active = |cve| pair(cve, "ACTIVE");
    let both = [
        active("CVE-2099-0001"),
        active("CVE-2099-0002"),
        active("CVE-2099-0002"),
    ];
    assert_eq!(found(&t), both);
    assert_eq!(logged(&t, "resource.rematched"), 2);
    let shown = |account| {
        get_as(&t, account, json!({})).unwrap()["Findings"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!([shown(ADMINISTRATOR), shown(MEMBER)], [Some(3), Some(1)]);
    load(
        &t,
        "OSV",
        "second",
        &[advisory("GHSA-0002", &["CVE-2099-0002"], "nut", "3.0")],
    );
    t.step();
    let over = [
        pair("CVE-2099-0001", "ACTIVE"),
        pair("CVE-2099-0002", "ACTIVE"),
        pair("CVE-2099-0002", "CLOSED"),
    ];
    assert_eq!(found(&t), over, "one is about another package now");
    assert_eq!(logged(&t, "resource.rematched"), 4);
}

#[test]
fn whether_a_vulnerability_is_exploited_follows_the_catalogue() {
    let t = enabled();
    load_advisories(&t);
    scan(&t, INSTANCE, sbom(&[("anvil", "2.5")]));
    t.step();
    let exploited = |t: &Testing| {
        let page = get_as(t, ADMINISTRATOR, json!({})).unwrap();
        page["Findings"][0]["vulnerabilities"][0]["is_exploit_available"].clone()
    };
    assert_eq!(exploited(&t), false);
    let observed = |t: &Testing| list(t, json!({})).unwrap()[0]["lastObservedAt"].clone();
    let scanned = observed(&t);
    t.advance_ms(60_000);
    load(&t, "KEV", "first", &[kev("CVE-2099-0002")]);
    t.step();
    assert_eq!(exploited(&t), true);
    assert_eq!(observed(&t), scanned, "it is no scan");
    let before = logged(&t, "findings.imported");
    load(&t, "EPSS", "first", &[epss("CVE-2099-0002", 0.5)]);
    load(
        &t,
        "KEV",
        "second",
        &[kev("CVE-2099-0002"), kev("CVE-2099-0003")],
    );
    t.step();
    assert_eq!(
        logged(&t, "findings.imported"),
        before,
        "nothing is news here"
    );
    assert_eq!(logged(&t, "resource.rematched"), 0);
    load(&t, "KEV", "third", &[kev("CVE-2099-0003")]);
    t.step();
    assert_eq!(exploited(&t), false);
}

#[test]
fn all_resources_are_gone_through_part_by_part() {
    let t = enabled();
    for number in 0..230 {
        let arn = format!("arn:aws:lambda:eu-central-1:111111111111:function:f{number}");
        scan(&t, &arn, sbom(&[("anvil", "2.5")]));
    }
    t.step();
    load_advisories(&t);
    t.step();
    assert_eq!(logged(&t, "resource.rematched"), 230);
}
