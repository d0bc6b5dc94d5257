//! What is shown of a finding after an acceptance of its risk is over.

use super::*;

/// Sends another version of the finding of `with_finding`.
fn send(t: &Testing, account: &str, activity: i64, status: i64, time: i64) {
    let vulnerabilities =
        json!([{"cve": {"uid": "CVE-2099-1001"}}, {"cve": {"uid": "CVE-2099-1002"}}]);
    let document = json!({
        "class_uid": 2002, "category_uid": 2, "activity_id": activity, "severity_id": 4,
        "status_id": status, "time": 1_750_000_000_000_i64 + time,
        "metadata": {"product": {"uid": "scanner"}},
        "finding_info": {"uid": vulnerabilities.to_string(), "title": "t"},
        "vulnerabilities": vulnerabilities,
    });
    let input = json!({"Findings": [document]});
    let sent = t.call_as(account, "balefire", "ImportFindings", input);
    assert_eq!(sent.unwrap()["Updated"], 1);
}

fn rule(t: &Testing, action: Value) {
    let rule = json!({
        "RuleName": "r", "Description": "d", "RuleOrder": 1, "Criteria": {"OcsfFindingCriteria": {}},
        "Actions": [action],
    });
    t.call("securityhub", "CreateAutomationRuleV2", rule)
        .unwrap();
}

#[test]
fn what_its_provider_found_to_be_over_meanwhile_stays_over() {
    let (t, uid) = with_finding(ADMINISTRATOR);
    accept(&t, &uid, json!({"ExpiresAt": "2026-01-08T00:00:00Z"}));
    send(&t, ADMINISTRATOR, 3, 4, 100_000);
    assert_eq!(seen(&t, &uid).0, "Suppressed");
    t.advance_ms(7 * DAY_MS);
    t.step();
    let (status, comment) = seen(&t, &uid);
    assert_eq!(status, "Resolved");
    assert!(comment.contains("has expired"), "{comment}");
    send(&t, ADMINISTRATOR, 2, 1, 200_000);
    assert_eq!(seen(&t, &uid).0, "New");
}

#[test]
fn the_provider_says_what_becomes_of_it() {
    let (t, uid) = with_finding(MEMBER);
    accept(&t, &uid, json!({"ExpiresAt": "2026-01-02T00:00:00Z"}));
    t.advance_ms(DAY_MS);
    t.step();
    let (status, comment) = seen(&t, &uid);
    assert_eq!(status, "New");
    assert!(comment.starts_with("Reopened: "), "{comment}");
    for (time, activity, id, expected) in [
        (100_000, 3, 4, "Resolved"),
        (200_000, 2, 1, "New"),
        (300_000, 2, 2, "In Progress"),
        (400_000, 3, 5, "Archived"),
    ] {
        send(&t, MEMBER, activity, id, time);
        assert_eq!(seen(&t, &uid), (expected.into(), comment.clone()));
    }
    // Also what the columns and the trends count.
    let filter =
        json!({"FieldName": "status", "Filter": {"Comparison": "EQUALS", "Value": "Archived"}});
    let filters = json!({"CompositeFilters": [{"StringFilters": [filter]}]});
    let found = t.call("securityhub", "GetFindingsV2", json!({"Filters": filters}));
    assert_eq!(found.unwrap()["Findings"].as_array().unwrap().len(), 1);
}

#[test]
fn trends_count_the_status_that_follows() {
    let (t, uid) = with_finding(ADMINISTRATOR);
    let counted = |status: &str| {
        let filter = json!({"Comparison": "EQUALS", "Value": status});
        let filter = json!({"FieldName": "finding_status", "Filter": filter});
        let filters = json!({"CompositeFilters": [{"StringFilters": [filter]}]});
        let (start, end) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
        let input = json!({"StartTime": start, "EndTime": end, "Filters": filters});
        let trends = t.call("securityhub", "GetFindingsTrendsV2", input).unwrap();
        let points = trends["TrendsMetrics"].as_array().unwrap().clone();
        let high = |point: &Value| point["TrendsValues"]["SeverityTrends"]["High"].as_i64();
        points.iter().filter_map(high).collect::<Vec<i64>>()
    };
    accept(&t, &uid, json!({}));
    t.step();
    t.advance_ms(DAY_MS);
    call(&t, "WithdrawRiskAcceptance", json!({"FindingUid": uid})).unwrap();
    t.advance_ms(DAY_MS);
    send(&t, ADMINISTRATOR, 3, 4, 100_000);
    t.step();
    assert_eq!(counted("Suppressed"), [1, 0, 0]);
    assert_eq!(counted("New"), [0, 1, 0]);
    assert_eq!(counted("Resolved"), [0, 0, 1]);
}

#[test]
fn rules_set_theirs_again_and_nobody_is_called() {
    let (t, uid) = with_finding(MEMBER);
    accept(&t, &uid, json!({}));
    rule(
        &t,
        json!({"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 5}}),
    );
    let plan = format!("arn:aws:ssm-incidents::{ADMINISTRATOR}:response-plan/p");
    rule(
        &t,
        json!({"Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": {"ConnectorArn": plan}}),
    );
    call(&t, "WithdrawRiskAcceptance", json!({"FindingUid": uid})).unwrap();
    let (status, comment) = seen(&t, &uid);
    assert_eq!(status, "Archived");
    assert!(comment.contains("was withdrawn"), "{comment}");
    let read = |tx: &mut balefire_store::Tx<'_>| {
        tx.query("SELECT id FROM job WHERE kind = 'open_rule_incidents'", &[])
    };
    assert_eq!(t.store.read_blocking(read).unwrap().unwrap().len(), 0);
}

#[test]
fn a_withdrawal_says_what_the_finding_is() {
    let (t, uid) = with_finding(ADMINISTRATOR);
    let set = |status_id: i64| {
        let input = json!({"MetadataUids": [uid], "StatusId": status_id, "Comment": "seen"});
        t.call("securityhub", "BatchUpdateFindingsV2", input)
            .unwrap();
    };
    // The provider's activity and status, what a customer chose meanwhile, and what is said.
    for (time, activity, status, chosen, expected) in [
        (100_000, 2, 1, None, ("New", true)),
        (200_000, 2, 2, None, ("In Progress", true)),
        (300_000, 3, 4, None, ("Resolved", false)),
        (400_000, 2, 3, None, ("Suppressed", false)),
        (500_000, 2, 1, Some(2), ("In Progress", false)),
        (600_000, 3, 5, None, ("Archived", false)),
    ] {
        accept(&t, &uid, json!({}));
        send(&t, ADMINISTRATOR, activity, status, time);
        chosen.into_iter().for_each(set);
        let said = call(&t, "WithdrawRiskAcceptance", json!({"FindingUid": uid})).unwrap();
        let (status, is_open) = expected;
        assert_eq!(said, json!({"Status": status, "Reopened": is_open}));
        assert_eq!(seen(&t, &uid).0, status);
    }
    accept(&t, &uid, json!({}));
    send(&t, ADMINISTRATOR, 2, 1, 700_000);
    rule(
        &t,
        json!({"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 5}}),
    );
    let said = call(&t, "WithdrawRiskAcceptance", json!({"FindingUid": uid})).unwrap();
    assert_eq!(said, json!({"Status": "Archived", "Reopened": false}));
}
