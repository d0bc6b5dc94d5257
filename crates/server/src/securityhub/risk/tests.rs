//! Accepted risks from the acceptance to what ends it.

mod over;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

const DAY_MS: i64 = 86_400_000;

/// A store with a finding about two vulnerabilities, and its uid.
fn with_finding(account: &str) -> (Testing, String) {
    let t = Testing::new();
    for one in [ADMINISTRATOR, MEMBER] {
        t.call_as(one, "securityhub", "EnableSecurityHubV2", json!({}))
            .unwrap();
    }
    let uid = import(
        &t,
        account,
        json!([{"cve": {"uid": "CVE-2099-1001"}}, {"cve": {"uid": "CVE-2099-1002"}}]),
    );
    (t, uid)
}

fn import(t: &Testing, account: &str, vulnerabilities: Value) -> String {
    let document = json!({
        "class_uid": 2002, "category_uid": 2, "activity_id": 1, "severity_id": 4,
        "time": 1_750_000_000_000_i64, "metadata": {"product": {"uid": "scanner"}},
        "finding_info": {"uid": vulnerabilities.to_string(), "title": "t"},
        "vulnerabilities": vulnerabilities,
    });
    let input = json!({"Findings": [document]});
    t.call_as(account, "balefire", "ImportFindings", input)
        .unwrap();
    let found = t.call_as(account, "securityhub", "GetFindingsV2", json!({}));
    let found = found.unwrap()["Findings"].as_array().unwrap().clone();
    let title = |one: &&Value| one["vulnerabilities"] == vulnerabilities;
    let found = found.iter().find(title).unwrap();
    found["metadata"]["uid"].as_str().unwrap().to_owned()
}

/// Status and comment of a finding.
fn seen(t: &Testing, uid: &str) -> (String, String) {
    let found = t.call("securityhub", "GetFindingsV2", json!({})).unwrap();
    let found = found["Findings"].as_array().unwrap();
    let found = found
        .iter()
        .find(|one| one["metadata"]["uid"] == uid)
        .unwrap();
    let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    (text("status"), text("comment"))
}

fn call(t: &Testing, operation: &str, input: Value) -> Result<Value, Failure> {
    t.call("balefire", operation, input)
}

fn accept(t: &Testing, uid: &str, more: Value) {
    let mut input = json!({"FindingUid": uid, "Reason": "behind a wall"});
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    call(t, "AcceptRisk", input).unwrap();
}

fn accepted(t: &Testing, account: &str) -> Vec<Value> {
    let list = t.call_as(account, "balefire", "ListRiskAcceptances", json!({}));
    list.unwrap()["RiskAcceptances"].as_array().unwrap().clone()
}

fn feed(t: &Testing, name: &str, generation: &str, row: Value) {
    let part = json!({"Feed": name, "Generation": generation, "Rows": [row]});
    call(t, "PutFeedPart", part).unwrap();
    let end = json!({"Feed": name, "Generation": generation, "AsOf": "2026-01-01", "RowCount": 1});
    call(t, "FinishFeed", end).unwrap();
}

fn kev(cve: &str) -> Value {
    json!({
        "cveID": cve, "vendorProject": "v", "product": "p", "vulnerabilityName": "n",
        "dateAdded": "2026-01-01", "shortDescription": "d", "requiredAction": "a",
        "dueDate": "2026-02-01", "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": [],
    })
}

fn epss(cve: &str, score: f64) -> Value {
    json!({"cve": cve, "epss": score, "percentile": 0.5})
}

#[test]
fn an_acceptance_suppresses_until_it_expires() {
    let (t, uid) = with_finding(ADMINISTRATOR);
    accept(&t, &uid, json!({"ExpiresAt": "2026-01-08T00:00:00Z"}));
    let suppressed = "Risk accepted until 2026-01-08T00:00:00Z: behind a wall";
    assert_eq!(seen(&t, &uid), ("Suppressed".into(), suppressed.into()));
    let list = accepted(&t, ADMINISTRATOR);
    assert_eq!(list[0]["Reason"], "behind a wall");
    assert_eq!(list[0]["ExpiresAt"], "2026-01-08T00:00:00Z");
    t.advance_ms(6 * DAY_MS);
    t.step();
    assert_eq!(seen(&t, &uid).0, "Suppressed");
    t.advance_ms(DAY_MS);
    t.step();
    let (status, comment) = seen(&t, &uid);
    assert_eq!(status, "New");
    assert!(
        comment.contains("has expired") && comment.contains("behind a wall"),
        "{comment}"
    );
    assert!(accepted(&t, ADMINISTRATOR).is_empty());
}

#[test]
fn an_acceptance_ends_when_a_vulnerability_is_exploited() {
    let (t, uid) = with_finding(ADMINISTRATOR);
    accept(&t, &uid, json!({"UnlessExploited": true}));
    feed(&t, "KEV", "first", kev("CVE-2099-9999"));
    t.step();
    assert_eq!(seen(&t, &uid).0, "Suppressed");
    feed(&t, "KEV", "second", kev("CVE-2099-1002"));
    t.step();
    let (status, comment) = seen(&t, &uid);
    assert_eq!(status, "New");
    assert!(
        comment.contains("CVE-2099-1002 is known to be exploited"),
        "{comment}"
    );
    // What is known already ends the next one at once.
    accept(&t, &uid, json!({"UnlessExploited": true}));
    t.step();
    assert_eq!(seen(&t, &uid).0, "New");
}

/// Some scanners write CVE ids in lower case; the feeds have capitals.
#[test]
fn ids_in_lower_case_are_those_of_the_feeds() {
    let (t, _) = with_finding(ADMINISTRATOR);
    feed(&t, "KEV", "first", kev("CVE-2099-2001"));
    feed(&t, "EPSS", "first", epss("CVE-2099-2001", 0.5));
    let uid = import(
        &t,
        ADMINISTRATOR,
        json!([{"cve": {"uid": "cve-2099-2001"}}]),
    );
    for (more, because) in [
        (json!({"UnlessExploited": true}), "known to be exploited"),
        (json!({"EpssAtMost": 0.1}), "is 0.500, above 0.1"),
    ] {
        accept(&t, &uid, more);
        t.step();
        let (status, comment) = seen(&t, &uid);
        assert_eq!(status, "New");
        assert!(comment.contains(because), "{comment}");
    }
    // An acceptance that was kept before ids were compared in capitals.
    accept(&t, &uid, json!({"UnlessExploited": true}));
    let lower = |tx: &mut balefire_store::Tx<'_>| {
        tx.execute("UPDATE risk_acceptance SET cves = LOWER(cves)", &[])
    };
    t.store
        .write_blocking(ADMINISTRATOR, move |tx| lower(tx).map_err(Failure::from))
        .unwrap()
        .unwrap();
    t.step();
    assert_eq!(seen(&t, &uid).0, "New");
}

#[test]
fn a_score_that_is_little_above_is_told_as_it_is() {
    let (t, uid) = with_finding(ADMINISTRATOR);
    feed(&t, "EPSS", "first", epss("CVE-2099-1001", 0.50001));
    accept(&t, &uid, json!({"EpssAtMost": 0.5}));
    t.step();
    let (_, comment) = seen(&t, &uid);
    assert!(comment.contains("is 0.50001, above 0.5."), "{comment}");
}

#[test]
fn an_acceptance_ends_when_the_score_rises() {
    let (t, uid) = with_finding(ADMINISTRATOR);
    feed(&t, "EPSS", "first", epss("CVE-2099-1001", 0.1));
    accept(&t, &uid, json!({"EpssAtMost": 0.1}));
    t.step();
    assert_eq!(seen(&t, &uid).0, "Suppressed");
    feed(&t, "EPSS", "second", epss("CVE-2099-1001", 0.25));
    t.step();
    let (status, comment) = seen(&t, &uid);
    assert_eq!(status, "New");
    assert!(
        comment.contains("CVE-2099-1001 is 0.250, above 0.1"),
        "{comment}"
    );
}

#[test]
fn a_later_acceptance_and_another_status_count() {
    let (t, uid) = with_finding(ADMINISTRATOR);
    accept(&t, &uid, json!({"ExpiresAt": "2026-01-02T00:00:00Z"}));
    accept(&t, &uid, json!({"ExpiresAt": "2026-01-04T00:00:00Z"}));
    t.advance_ms(2 * DAY_MS);
    t.step();
    assert_eq!(seen(&t, &uid).0, "Suppressed");
    let set = json!({"MetadataUids": [uid], "StatusId": 4, "Comment": "mended"});
    t.call("securityhub", "BatchUpdateFindingsV2", set).unwrap();
    t.advance_ms(2 * DAY_MS);
    t.step();
    assert_eq!(seen(&t, &uid), ("Resolved".into(), "mended".into()));
    assert!(accepted(&t, ADMINISTRATOR).is_empty());
}

#[test]
fn an_acceptance_is_withdrawn_once() {
    let (t, uid) = with_finding(ADMINISTRATOR);
    accept(&t, &uid, json!({}));
    let withdraw = json!({"FindingUid": uid});
    call(&t, "WithdrawRiskAcceptance", withdraw.clone()).unwrap();
    assert_eq!(seen(&t, &uid).0, "New");
    let again = call(&t, "WithdrawRiskAcceptance", withdraw);
    assert!(matches!(again, Err(Failure::NotFound { .. })), "{again:?}");
}

#[test]
fn what_cannot_be_accepted_is_refused() {
    let (t, uid) = with_finding(ADMINISTRATOR);
    let plain = import(&t, ADMINISTRATOR, json!([]));
    for (input, path) in [
        (
            json!({"FindingUid": uid, "Reason": "r", "ExpiresAt": "2026-01-01T00:00:00Z"}),
            "/ExpiresAt",
        ),
        (
            json!({"FindingUid": plain, "Reason": "r", "UnlessExploited": true}),
            "/FindingUid",
        ),
        (
            json!({"FindingUid": uid, "Reason": "r", "EpssAtMost": 1.5}),
            "/EpssAtMost",
        ),
        (json!({"FindingUid": uid, "Reason": ""}), "/Reason"),
        (json!({"FindingUid": uid, "Reason": " \t"}), "/Reason"),
    ] {
        match call(&t, "AcceptRisk", input) {
            Err(Failure::Invalid(violations)) => assert_eq!(violations[0].path, path),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn members_see_their_own_and_the_administrator_everything() {
    let (t, uid) = with_finding(MEMBER);
    let own = import(&t, ADMINISTRATOR, json!([]));
    accept(&t, &uid, json!({}));
    accept(&t, &own, json!({}));
    assert_eq!(accepted(&t, ADMINISTRATOR).len(), 2);
    assert_eq!(accepted(&t, MEMBER).len(), 1);
    let foreign = json!({"FindingUid": own, "Reason": "r"});
    for (operation, input) in [
        ("AcceptRisk", foreign),
        ("WithdrawRiskAcceptance", json!({"FindingUid": own})),
    ] {
        let refused = t.call_as(MEMBER, "balefire", operation, input);
        assert!(
            matches!(refused, Err(Failure::NotFound { .. })),
            "{operation}"
        );
    }
    let page = json!({"MaxResults": 1});
    let first = call(&t, "ListRiskAcceptances", page).unwrap();
    let next = json!({"MaxResults": 1, "NextToken": first["NextToken"]});
    let second = call(&t, "ListRiskAcceptances", next).unwrap();
    assert_ne!(first["RiskAcceptances"], second["RiskAcceptances"]);
    assert!(second.get("NextToken").is_none());
}
