//! How findings open, stay, close, come back and go.

use serde_json::{Value, json};

use crate::inspector::finding::{CLOSED_KEPT_MS, REOPENED_WITHIN_MS, remove_expired};
use crate::inspector::fixture::{INSTANCE, counts, list, load_advisories, sbom, scan};
use crate::intelligence::feed_store::fixture::{advisory, kev, load};
use crate::testing::Testing;

fn dirty() -> Value {
    sbom(&[("anvil", "2.5")])
}

fn clean() -> Value {
    sbom(&[("anvil", "3.0")])
}

fn kept(t: &Testing) -> i64 {
    let read = t
        .store
        .read_blocking(|tx| tx.query("SELECT COUNT(*) FROM inspector_finding", &[]));
    read.unwrap().unwrap()[0].int(0).unwrap()
}

fn started() -> (Testing, Value) {
    let t = Testing::new();
    load_advisories(&t);
    assert_eq!(counts(&scan(&t, INSTANCE, dirty())), [1, 0, 0, 0]);
    let opened = list(&t, json!({})).unwrap().remove(0);
    (t, opened)
}

#[test]
fn a_known_finding_is_observed_again() {
    let (t, opened) = started();
    t.advance_ms(5000);
    assert_eq!(counts(&scan(&t, INSTANCE, dirty())), [0, 0, 0, 1]);
    let again = list(&t, json!({})).unwrap().remove(0);
    let now = json!(t.now().0 / 1000);
    assert_eq!(
        (&again["lastObservedAt"], &again["firstObservedAt"]),
        (&now, &opened["firstObservedAt"])
    );
    assert_eq!(
        again["updatedAt"], opened["updatedAt"],
        "nothing but the time changed"
    );
    // Another version of the same package is a change of the same finding.
    t.advance_ms(5000);
    assert_eq!(
        counts(&scan(&t, INSTANCE, sbom(&[("anvil", "2.6")]))),
        [0, 0, 0, 1]
    );
    let changed = list(&t, json!({})).unwrap().remove(0);
    assert_eq!(changed["findingArn"], opened["findingArn"]);
    assert_eq!(changed["updatedAt"], json!(t.now().0 / 1000));
    assert_eq!(
        changed["packageVulnerabilityDetails"]["vulnerablePackages"][0]["version"],
        "2.6"
    );
}

#[test]
fn another_rating_reaches_the_finding_with_the_next_scan() {
    let (t, opened) = started();
    let mut milder = advisory("GHSA-0002", &["CVE-2099-0002"], "anvil", "3.0");
    milder["modified"] = json!("2098-02-01T00:00:00Z");
    milder["severity"][0]["score"] = json!("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:L");
    load(&t, "OSV", "second", &[milder]);
    assert_eq!(
        list(&t, json!({})).unwrap()[0]["severity"],
        opened["severity"]
    );
    t.advance_ms(1000);
    scan(&t, INSTANCE, dirty());
    let rated = list(&t, json!({})).unwrap().remove(0);
    assert_eq!(
        (&rated["severity"], &rated["inspectorScore"]),
        (&json!("LOW"), &json!(3.3))
    );
    assert_eq!(rated["updatedAt"], json!(t.now().0 / 1000));
}

#[test]
fn what_is_found_no_more_is_closed_once() {
    let (t, opened) = started();
    t.advance_ms(1000);
    assert_eq!(counts(&scan(&t, INSTANCE, clean())), [0, 0, 1, 0]);
    let closed = list(&t, json!({})).unwrap().remove(0);
    assert_eq!(closed["status"], "CLOSED");
    assert_eq!(closed["updatedAt"], json!(t.now().0 / 1000));
    assert_eq!(closed["lastObservedAt"], opened["lastObservedAt"]);
    t.advance_ms(1000);
    assert_eq!(counts(&scan(&t, INSTANCE, clean())), [0; 4]);
    assert_eq!(list(&t, json!({})).unwrap(), [closed]);
}

#[test]
fn within_seven_days_it_is_the_same_finding_again() {
    let (t, opened) = started();
    scan(&t, INSTANCE, clean());
    t.advance_ms(REOPENED_WITHIN_MS);
    assert_eq!(counts(&scan(&t, INSTANCE, dirty())), [0, 1, 0, 0]);
    let reopened = list(&t, json!({})).unwrap();
    assert_eq!(reopened.len(), 1);
    for member in ["findingArn", "firstObservedAt", "title"] {
        assert_eq!(reopened[0][member], opened[member], "{member}");
    }
    assert_eq!(reopened[0]["status"], "ACTIVE");
    assert_eq!(reopened[0]["updatedAt"], json!(t.now().0 / 1000));
    // It closes and comes back as any other.
    assert_eq!(counts(&scan(&t, INSTANCE, clean())), [0, 0, 1, 0]);
    assert_eq!(counts(&scan(&t, INSTANCE, dirty())), [0, 1, 0, 0]);
}

#[test]
fn after_seven_days_it_is_a_new_finding() {
    let (t, opened) = started();
    scan(&t, INSTANCE, clean());
    t.advance_ms(REOPENED_WITHIN_MS + 1);
    assert_eq!(counts(&scan(&t, INSTANCE, dirty())), [1, 0, 0, 0]);
    let listed = list(
        &t,
        json!({"sortCriteria": {"field": "FIRST_OBSERVED_AT", "sortOrder": "ASC"}}),
    )
    .unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(
        (&listed[0]["findingArn"], &listed[0]["status"]),
        (&opened["findingArn"], &json!("CLOSED"))
    );
    assert_ne!(listed[1]["findingArn"], opened["findingArn"]);
    assert_eq!(listed[1]["status"], "ACTIVE");
    // The new one is known from now on.
    assert_eq!(counts(&scan(&t, INSTANCE, dirty())), [0, 0, 0, 1]);
    assert_eq!(counts(&scan(&t, INSTANCE, clean())), [0, 0, 1, 0]);
    assert_eq!(counts(&scan(&t, INSTANCE, dirty())), [0, 1, 0, 0]);
}

#[test]
fn a_closed_finding_is_gone_after_thirty_days() {
    let (t, opened) = started();
    scan(&t, INSTANCE, clean());
    let details = |t: &Testing| {
        let input = json!({"findingArns": [opened["findingArn"]]});
        t.call("inspector2", "BatchGetFindingDetails", input)
            .unwrap()["findingDetails"]
            .as_array()
            .unwrap()
            .len()
    };
    t.advance_ms(CLOSED_KEPT_MS);
    assert_eq!((list(&t, json!({})).unwrap().len(), details(&t)), (1, 1));
    t.advance_ms(1);
    assert_eq!((list(&t, json!({})).unwrap().len(), details(&t)), (0, 0));
    // The next scan removes it, and a vulnerability that comes back is another finding.
    assert_eq!(kept(&t), 1);
    assert_eq!(counts(&scan(&t, INSTANCE, dirty())), [1, 0, 0, 0]);
    assert_eq!(kept(&t), 1);
    assert_ne!(
        list(&t, json!({})).unwrap()[0]["findingArn"],
        opened["findingArn"]
    );
}

#[test]
fn expired_findings_are_removed_in_small_steps() {
    let t = Testing::new();
    load_advisories(&t);
    scan(&t, INSTANCE, sbom(&[("anvil", "1.0"), ("hammer", "1.0")]));
    scan(&t, INSTANCE, sbom(&[("hammer", "1.0")]));
    let sweep = |t: &Testing| {
        let now_ms = t.now().0;
        t.store
            .write_blocking("", move |tx| remove_expired(tx, now_ms, 1))
            .unwrap()
            .unwrap()
    };
    assert_eq!(sweep(&t), 0);
    t.advance_ms(CLOSED_KEPT_MS + 1);
    assert_eq!([sweep(&t), sweep(&t), sweep(&t)], [1, 1, 0]);
    assert_eq!(list(&t, json!({})).unwrap().len(), 1, "the open one stays");
}

#[test]
fn aliases_of_one_vulnerability_are_one_finding_and_a_withdrawn_advisory_closes_it() {
    let t = Testing::new();
    let mut first = advisory("GHSA-0001", &["CVE-2099-0001"], "anvil", "2.0");
    let second = advisory(
        "PYSEC-2099-1",
        &["CVE-2099-0001", "GHSA-0001"],
        "anvil",
        "2.0",
    );
    load(&t, "OSV", "a", &[first.clone(), second.clone()]);
    assert_eq!(
        counts(&scan(&t, INSTANCE, sbom(&[("anvil", "1.0")]))),
        [1, 0, 0, 0]
    );
    let listed = list(&t, json!({})).unwrap();
    let related = &listed[0]["packageVulnerabilityDetails"]["relatedVulnerabilities"];
    assert_eq!(related, &json!(["GHSA-0001", "PYSEC-2099-1"]));
    first["withdrawn"] = json!("2098-03-01T00:00:00Z");
    load(&t, "OSV", "b", &[first]);
    assert_eq!(
        counts(&scan(&t, INSTANCE, sbom(&[("anvil", "1.0")]))),
        [0, 0, 0, 1]
    );
    let mut second = second;
    second["withdrawn"] = json!("2098-03-01T00:00:00Z");
    load(&t, "OSV", "c", &[second]);
    assert_eq!(
        counts(&scan(&t, INSTANCE, sbom(&[("anvil", "1.0")]))),
        [0, 0, 1, 0]
    );
}

#[test]
fn a_finding_is_named_after_the_cve_that_applies_and_each_cve_has_one() {
    let t = Testing::new();
    // Two vulnerabilities that share a GHSA id; the first is fixed in the version that is installed.
    let rows = [
        advisory("PYSEC-2099-1", &["CVE-2099-0001", "GHSA-x"], "anvil", "1.0"),
        advisory("PYSEC-2099-2", &["CVE-2099-0002", "GHSA-x"], "anvil", "3.0"),
    ];
    load(&t, "OSV", "first", &rows);
    load(&t, "KEV", "first", &[kev("CVE-2099-0002")]);
    scan(&t, INSTANCE, sbom(&[("anvil", "2.0")]));
    let ids = |listed: &[Value]| -> Vec<String> {
        let details = listed.iter().map(|one| &one["packageVulnerabilityDetails"]);
        let ids = details.map(|details| details["vulnerabilityId"].as_str().unwrap().to_owned());
        ids.collect()
    };
    let listed = list(&t, json!({})).unwrap();
    assert_eq!(ids(&listed), ["CVE-2099-0002"]);
    assert_eq!(listed[0]["exploitAvailable"], "YES");
    let related = &listed[0]["packageVulnerabilityDetails"]["relatedVulnerabilities"];
    assert_eq!(*related, json!(["GHSA-x", "PYSEC-2099-2"]));
    // In an older version both apply, and the one that was found stays what it is.
    assert_eq!(
        counts(&scan(&t, INSTANCE, sbom(&[("anvil", "0.5")]))),
        [1, 0, 0, 1]
    );
    let mut both = ids(&list(&t, json!({})).unwrap());
    both.sort();
    assert_eq!(both, ["CVE-2099-0001", "CVE-2099-0002"]);
}
