//! From what Inspector finds to what Security Hub shows.

use serde_json::{Value, json};

use super::ROOM_WAIT_MS;
use crate::inspector::fixture::{FUNCTION, INSTANCE, load_advisories, sbom, scan};
use crate::intelligence::feed_store::fixture::{advisory, load};
use crate::securityhub::finding::tests::{enabled, get_as, log};
use crate::settings::Settings;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing, migrate_rows};

/// Vulnerability, status and resource of all that an account sees in Security Hub.
fn seen(t: &Testing, account: &str) -> Vec<[String; 3]> {
    let mut input = json!({"MaxResults": 100});
    let mut seen = Vec::new();
    loop {
        let page = get_as(t, account, input.clone()).unwrap();
        for finding in page["Findings"].as_array().unwrap() {
            let text = |path: &str| {
                finding
                    .pointer(path)
                    .and_then(Value::as_str)
                    .unwrap()
                    .to_owned()
            };
            let resource = text("/resources/0/uid");
            seen.push([
                text("/vulnerabilities/0/cve/uid"),
                text("/status"),
                resource,
            ]);
        }
        match &page["NextToken"] {
            Value::Null => break,
            token => input["NextToken"] = token.clone(),
        }
    }
    seen.sort();
    seen
}

fn one<'a>(vulnerability: &'a str, status: &'a str, resource: &'a str) -> [String; 3] {
    [vulnerability, status, resource].map(str::to_owned)
}

fn scanned(t: &Testing, arn: &str, packages: &[(&str, &str)]) {
    scan(t, arn, sbom(packages));
    t.step();
}

/// How many times anything of findings was logged.
fn changes(t: &Testing) -> usize {
    log(t).len()
}

#[test]
fn what_inspector_finds_is_in_security_hub_and_follows_it() {
    let t = enabled();
    load_advisories(&t);
    scanned(&t, INSTANCE, &[("anvil", "1.0")]);
    scanned(&t, FUNCTION, &[("hammer", "1.0")]);
    let [first, second] = ["CVE-2099-0001", "CVE-2099-0002"].map(|cve| one(cve, "New", INSTANCE));
    let members = one("CVE-2099-0003", "New", FUNCTION);
    assert_eq!(
        seen(&t, ADMINISTRATOR),
        [first, second.clone(), members.clone()]
    );
    assert_eq!(seen(&t, MEMBER), std::slice::from_ref(&members));
    let before = changes(&t);
    t.advance_ms(60_000);
    scanned(&t, INSTANCE, &[("anvil", "1.0")]);
    assert_eq!(changes(&t), before, "the same scan makes no new versions");
    scanned(&t, INSTANCE, &[("anvil", "2.0")]);
    let fixed = one("CVE-2099-0001", "Resolved", INSTANCE);
    assert_eq!(seen(&t, ADMINISTRATOR), [fixed, second, members]);
    scanned(&t, INSTANCE, &[("anvil", "1.0")]);
    assert_eq!(
        seen(&t, ADMINISTRATOR)[0],
        one("CVE-2099-0001", "New", INSTANCE)
    );
}

#[test]
fn security_hub_says_what_inspector_says() {
    let t = enabled();
    load_advisories(&t);
    scanned(&t, INSTANCE, &[("anvil", "1.0")]);
    let listed = t.call("inspector2", "ListFindings", json!({})).unwrap();
    let arns: Vec<&Value> = listed["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| &finding["findingArn"])
        .collect();
    let page = get_as(&t, ADMINISTRATOR, json!({})).unwrap();
    let findings = page["Findings"].as_array().unwrap();
    for finding in findings {
        let info = &finding["finding_info"];
        assert!(arns.contains(&&info["uid"]), "{info}");
        assert_eq!(
            finding["metadata"]["product"]["uid"],
            format!("arn:aws:securityhub:{REGION}::productv2/aws/inspector")
        );
        assert_eq!([&finding["class_uid"], &finding["severity_id"]], [2002, 5]);
        assert_eq!(finding["time"], t.now().0);
        let vulnerability = &finding["vulnerabilities"][0];
        assert_eq!(vulnerability["cve"]["cvss"][0]["base_score"], 9.8);
        assert_eq!(vulnerability["is_fix_available"], true);
        assert_eq!(vulnerability["affected_packages"][0]["name"], "anvil");
    }
    assert_eq!(findings.len(), arns.len());
    let first = t.call("securityhub", "EnableSecurityHub", json!({}));
    first.unwrap();
    let page = t.call("securityhub", "GetFindings", json!({})).unwrap();
    let asff = &page["Findings"][0];
    let product = format!("arn:aws:securityhub:{REGION}::product/aws/inspector");
    assert_eq!(asff["ProductArn"], product);
    assert!(arns.contains(&&asff["Id"]), "{asff}");
}

#[test]
fn many_findings_come_in_parts() {
    let t = enabled();
    let rows: Vec<Value> = (0..250)
        .map(|number| {
            let (id, cve) = (format!("GHSA-{number:04}"), format!("CVE-2099-{number:04}"));
            advisory(&id, &[&cve], "anvil", "2.0")
        })
        .collect();
    load(&t, "OSV", "first", &rows);
    scanned(&t, INSTANCE, &[("anvil", "1.0")]);
    assert_eq!(seen(&t, ADMINISTRATOR).len(), 250);
    let parts = log(&t)
        .into_iter()
        .filter(|(kind, _)| kind == "findings.imported");
    assert_eq!(parts.count(), 3);
}

#[test]
fn what_has_no_room_comes_when_there_is_some() {
    let t = enabled();
    load_advisories(&t);
    scanned(&t, INSTANCE, &[("anvil", "2.5")]);
    assert_eq!(seen(&t, ADMINISTRATOR).len(), 1);
    let full = Settings {
        findings_bytes_max: Some(1),
        ..Settings::default()
    };
    scan(&t, FUNCTION, sbom(&[("hammer", "1.0")]));
    scan(&t, INSTANCE, sbom(&[("anvil", "3.0")]));
    let settled = |t: &Testing| {
        seen(t, ADMINISTRATOR)
            .into_iter()
            .map(|[cve, status, _]| (cve, status))
    };
    t.step_as(&full);
    let over = ("CVE-2099-0002".to_owned(), "Resolved".to_owned());
    assert_eq!(
        Vec::from_iter(settled(&t)),
        std::slice::from_ref(&over),
        "what is known goes on"
    );
    for _ in 0..5 {
        // A scan that finds nothing new, as a feed does every day.
        scan(&t, FUNCTION, sbom(&[("hammer", "1.0")]));
        t.advance_ms(ROOM_WAIT_MS);
        t.step_as(&full);
        assert_eq!(
            Vec::from_iter(settled(&t)),
            std::slice::from_ref(&over),
            "there is still none"
        );
        assert_eq!(t.count("job"), 1, "one job of the resource waits");
    }
    // One that was given up does not count as one that waits.
    let give_up = |tx: &mut balefire_store::Tx<'_>| {
        let sql = "INSERT INTO job SELECT CASE WHEN id LIKE '%/again' THEN REPLACE(id, '/again', '') \
                   ELSE id || '/again' END, kind, subject, due_ms, payload, attempts, \
                   lease_until_ms, lease_owner, last_error, 1, account, put_ms, dead_ms FROM job";
        tx.execute(sql, &[])
    };
    assert_eq!(t.store.write_blocking("", give_up).unwrap().unwrap(), 1);
    t.advance_ms(ROOM_WAIT_MS);
    t.step_as(&full);
    assert_eq!(t.count("job"), 1, "it waits in place of the one that ran");
    t.advance_ms(ROOM_WAIT_MS);
    t.step();
    let new = ("CVE-2099-0003".to_owned(), "New".to_owned());
    assert_eq!(Vec::from_iter(settled(&t)), [over, new]);
}

#[test]
fn what_was_found_before_there_was_this_comes_in_later() {
    let t = enabled();
    load_advisories(&t);
    scan(&t, INSTANCE, sbom(&[("anvil", "2.5")]));
    let before = |tx: &mut balefire_store::Tx<'_>| -> Result<(), balefire_store::Error> {
        tx.execute("DELETE FROM job", &[])?;
        migrate_rows(
            tx,
            include_str!("../../../migrations/0028_findings_passed_on.sql"),
        )
    };
    t.store.write_blocking("", before).unwrap().unwrap();
    assert_eq!(seen(&t, ADMINISTRATOR), [[""; 3]; 0]);
    t.step();
    assert_eq!(
        seen(&t, ADMINISTRATOR),
        [one("CVE-2099-0002", "New", INSTANCE)]
    );
}

#[test]
fn a_complete_report_of_inspector_leaves_open_what_was_found_here() {
    let t = enabled();
    load_advisories(&t);
    scanned(&t, INSTANCE, &[("anvil", "2.5")]);
    let mut sent = get_as(&t, ADMINISTRATOR, json!({})).unwrap()["Findings"][0].clone();
    let mut named = |finding: &str| {
        let arn = format!("arn:aws:inspector2:{REGION}:{ADMINISTRATOR}:finding/{finding}");
        sent["finding_info"]["uid"] = arn.into();
        sent["vulnerabilities"][0]["cve"]["uid"] = format!("CVE-2099-{finding}").into();
        sent.clone()
    };
    let [gone, there] = ["8888", "9999"].map(&mut named);
    let import = |set: Value| t.call("balefire", "ImportFindings", set).unwrap();
    import(json!({"Findings": [gone]}));
    t.advance_ms(1000);
    import(json!({"Findings": [there], "Run": "r"}));
    let closed = t.call("balefire", "CompleteImport", json!({"Run": "r"}));
    assert_eq!(closed.unwrap()["Closed"], 1);
    assert_eq!(
        seen(&t, ADMINISTRATOR),
        [
            one("CVE-2099-0002", "New", INSTANCE),
            one("CVE-2099-8888", "Resolved", INSTANCE),
            one("CVE-2099-9999", "New", INSTANCE),
        ]
    );
    // The scan that no longer finds it closes it.
    scanned(&t, INSTANCE, &[("anvil", "3.0")]);
    assert_eq!(
        seen(&t, ADMINISTRATOR)[0],
        one("CVE-2099-0002", "Resolved", INSTANCE)
    );
}

/// Another tool may call its findings as Inspector does: those are not what scans found here.
#[test]
fn what_another_product_calls_by_an_arn_of_inspector_is_closed_by_its_report() {
    let t = enabled();
    load_advisories(&t);
    scanned(&t, INSTANCE, &[("anvil", "2.5")]);
    let mut sent = get_as(&t, ADMINISTRATOR, json!({})).unwrap()["Findings"][0].clone();
    sent["metadata"]["product"]["uid"] = "mirror".into();
    let mut there = sent.clone();
    there["finding_info"]["uid"] = "there".into();
    let import = |set: Value| t.call("balefire", "ImportFindings", set).unwrap();
    import(json!({"Findings": [sent]}));
    t.advance_ms(1000);
    import(json!({"Findings": [there], "Run": "r"}));
    let closed = t.call("balefire", "CompleteImport", json!({"Run": "r"}));
    assert_eq!(closed.unwrap()["Closed"], 1);
}
