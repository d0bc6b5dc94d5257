//! What news of feeds does to what was scanned before.

use serde_json::{Value, json};

use crate::inspector::fixture::{FUNCTION, INSTANCE, list, load_advisories, sbom, scan};
use crate::intelligence::feed_store::fixture::{advisory, epss, finish, kev, load, put};
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

/// So long nothing may come of a refresh before it passes for broken off.
const SILENCE_MS: i64 = 5 * 60_000;

#[test]
fn what_a_refresh_has_brought_that_broke_off_is_matched() {
    let t = enabled();
    scan(
        &t,
        INSTANCE,
        sbom(&[("anvil", "1.0"), ("nut", "1.0"), ("bolt", "1.0")]),
    );
    let put_one = |id: &str, cve: &str, package: &str| {
        put(&t, "OSV", "torn", &[advisory(id, &[cve], package, "2.0")]).unwrap();
        t.step();
    };
    let active = |cves: &[&str]| Vec::from_iter(cves.iter().map(|cve| pair(cve, "ACTIVE")));
    put_one("GHSA-0001", "CVE-2099-0001", "anvil");
    assert_eq!(found(&t), [], "it may still be finished");
    t.advance_ms(SILENCE_MS);
    t.step();
    assert_eq!(found(&t), active(&["CVE-2099-0001"]));
    // It was slow, and now it breaks off.
    put_one("GHSA-0002", "CVE-2099-0002", "nut");
    t.advance_ms(SILENCE_MS);
    t.step();
    let two = ["CVE-2099-0001", "CVE-2099-0002"];
    assert_eq!(found(&t), active(&two));
    t.advance_ms(SILENCE_MS);
    t.step();
    assert_eq!(t.count("job"), 0, "nobody waits for it any more");
    // It is taken up again.
    put_one("GHSA-0003", "CVE-2099-0003", "bolt");
    t.advance_ms(SILENCE_MS);
    t.step();
    assert_eq!(found(&t), active(&[two[0], two[1], "CVE-2099-0003"]));
    assert_eq!(logged(&t, "resource.rematched"), 3);
}

#[test]
fn a_refresh_that_is_finished_is_matched_once() {
    let t = enabled();
    scan(&t, INSTANCE, sbom(&[("anvil", "1.0")]));
    load_advisories(&t);
    t.step();
    let observed = |t: &Testing| list(t, json!({})).unwrap()[0]["lastObservedAt"].clone();
    let matched = observed(&t);
    t.advance_ms(SILENCE_MS);
    t.step();
    assert_eq!(t.count("job"), 0);
    assert_eq!(observed(&t), matched);
    // Nothing is new in it, so that nobody looks after it.
    let known = advisory("GHSA-0001", &["CVE-2099-0001"], "anvil", "2.0");
    put(&t, "OSV", "again", &[known]).unwrap();
    assert_eq!(t.count("job"), 0);
    assert!(finish(&t, "OSV", "again", 2).is_err());
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
