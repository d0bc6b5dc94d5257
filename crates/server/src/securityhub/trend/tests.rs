//! Trends through the operations: what was imported and edited, day by day.

mod standing;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

const HUB: &str = "securityhub";
const DAY_MS: i64 = 86_400_000;
const FIRST: &str = "2026-01-01T00:00:00Z";

fn enabled() -> Testing {
    let t = Testing::new();
    for account in [ADMINISTRATOR, MEMBER] {
        t.call_as(account, HUB, "EnableSecurityHubV2", json!({}))
            .unwrap();
    }
    t
}

fn document(uid: &str, set: Value) -> Value {
    let mut document = json!({
        "class_uid": 2004, "category_uid": 2, "activity_id": 1, "severity_id": 3, "status_id": 1,
        "time": 1_750_000_000_000_i64,
        "metadata": {"product": {"uid": "scanner", "name": "Scanner"}},
        "finding_info": {"uid": uid, "title": uid},
        "cloud": {"provider": "AWS", "region": "eu-central-1"},
    });
    for (name, value) in set.as_object().unwrap() {
        document[name] = value.clone();
    }
    document
}

fn import_as(t: &Testing, account: &str, documents: &[Value]) {
    let input = json!({"Findings": documents});
    let output = t.call_as(account, "balefire", "ImportFindings", input);
    assert_eq!(output.unwrap()["Failed"], json!([]));
}

fn import(t: &Testing, documents: &[Value]) {
    import_as(t, ADMINISTRATOR, documents);
}

fn uids(t: &Testing) -> Vec<Value> {
    let found = t.call(HUB, "GetFindingsV2", json!({})).unwrap();
    let found = found["Findings"].as_array().unwrap().clone();
    found
        .into_iter()
        .map(|one| one["metadata"]["uid"].clone())
        .collect()
}

fn update(t: &Testing, uids: &[Value], set: Value) {
    log_update(t, uids, set);
    // Trends count what is in rows.
    t.step();
}

/// Updates in the log alone, as it is until the next fold.
fn log_update(t: &Testing, uids: &[Value], mut set: Value) {
    set["MetadataUids"] = json!(uids);
    let output = t.call(HUB, "BatchUpdateFindingsV2", set).unwrap();
    assert_eq!(output["UnprocessedFindings"], json!([]));
}

fn trends_as(t: &Testing, account: &str, end: &str, filters: Value) -> Value {
    let mut input = json!({"StartTime": FIRST, "EndTime": end});
    if !filters.is_null() {
        input["Filters"] = filters;
    }
    t.call_as(account, HUB, "GetFindingsTrendsV2", input)
        .unwrap()
}

/// One counter, point by point.
fn counts(trends: &Value, severity: &str) -> Vec<i64> {
    let points = trends["TrendsMetrics"].as_array().unwrap().iter();
    let count = |point: &Value| {
        point["TrendsValues"]["SeverityTrends"][severity]
            .as_i64()
            .unwrap()
    };
    points.map(count).collect()
}

fn equals(field: &str, value: &str) -> Value {
    compared(field, "EQUALS", value)
}

fn compared(field: &str, comparison: &str, value: &str) -> Value {
    let filter = json!({"Comparison": comparison, "Value": value});
    json!({"CompositeFilters": [{"StringFilters": [{"FieldName": field, "Filter": filter}]}]})
}

const TO_5: &str = "2026-01-06T00:00:00Z";

#[test]
fn each_day_has_what_was_there_at_its_end() {
    let t = enabled();
    import(
        &t,
        &[
            document("a", json!({})),
            document("b", json!({"severity_id": 5})),
        ],
    );
    t.advance_ms(2 * DAY_MS);
    let a = document("a", json!({"severity_id": 4}));
    import(&t, &[a.clone(), document("c", json!({"severity_id": 99}))]);
    t.advance_ms(2 * DAY_MS);
    // Nothing new.
    import(&t, &[a]);
    let trends = trends_as(&t, ADMINISTRATOR, TO_5, Value::Null);
    assert_eq!(trends["Granularity"], "Daily");
    for (severity, expected) in [
        ("Medium", [1, 1, 0, 0, 0]),
        ("High", [0, 0, 1, 1, 1]),
        ("Critical", [1, 1, 1, 1, 1]),
        ("Other", [0, 0, 1, 1, 1]),
        ("Fatal", [0; 5]),
    ] {
        assert_eq!(counts(&trends, severity), expected, "{severity}");
    }
    let first = &trends["TrendsMetrics"][1]["Timestamp"];
    assert_eq!(first, "2026-01-02T00:00:00Z");
    // There are no points after today.
    let longer = trends_as(&t, ADMINISTRATOR, "2026-02-01T00:00:00Z", Value::Null);
    assert_eq!(counts(&longer, "High"), [0, 0, 1, 1, 1]);
}

#[test]
fn what_customers_set_counts_from_then_on() {
    let t = enabled();
    import(&t, &[document("a", json!({}))]);
    t.advance_ms(DAY_MS);
    update(&t, &uids(&t), json!({"SeverityId": 5}));
    t.advance_ms(DAY_MS);
    update(&t, &uids(&t), json!({"StatusId": 4, "Comment": "done"}));
    update(&t, &uids(&t), json!({"Comment": "really"}));
    t.advance_ms(DAY_MS);
    // Closed by the provider, and then open again, which makes a customer's status new.
    import(&t, &[document("a", json!({"status_id": 4}))]);
    import(&t, &[document("a", json!({"message": "again"}))]);
    t.advance_ms(DAY_MS);
    let all = trends_as(&t, ADMINISTRATOR, TO_5, Value::Null);
    assert_eq!(counts(&all, "Medium"), [1, 0, 0, 0, 0]);
    assert_eq!(counts(&all, "Critical"), [0, 1, 1, 1, 1]);
    let new = trends_as(&t, ADMINISTRATOR, TO_5, equals("finding_status", "New"));
    assert_eq!(counts(&new, "Medium"), [1, 0, 0, 0, 0]);
    assert_eq!(counts(&new, "Critical"), [0, 1, 0, 1, 1]);
}

/// A document that comes on a new day, before what was set on the day before is in a row.
#[test]
fn an_edit_counts_on_its_day_over_the_document_of_that_day() {
    let elsewhere = json!({"cloud": {"provider": "AWS", "region": "eu-west-1"}});
    let worse = json!({"severity_id": 4});
    let closed = json!({"severity_id": 4, "status_id": 4, "activity_id": 3});
    for (edits, news) in [
        (vec![json!({"SeverityId": 5})], elsewhere.clone()),
        (vec![json!({"SeverityId": 5})], worse),
        (
            vec![json!({"SeverityId": 1}), json!({"SeverityId": 5})],
            elsewhere,
        ),
        (vec![json!({"SeverityId": 5, "StatusId": 4})], closed),
    ] {
        let t = enabled();
        import(&t, &[document("a", json!({}))]);
        t.advance_ms(2 * DAY_MS - 1);
        edits
            .iter()
            .for_each(|set| log_update(&t, &uids(&t), set.clone()));
        t.advance_ms(1);
        import(&t, &[document("a", news.clone())]);
        t.step();
        for (severity, expected) in [
            ("Medium", [1, 0, 0]),
            ("Critical", [0, 1, 1]),
            ("High", [0; 3]),
        ] {
            let all = trends_as(&t, ADMINISTRATOR, TO_5, Value::Null);
            assert_eq!(counts(&all, severity), expected, "{severity} {news}");
        }
        let there = trends_as(&t, ADMINISTRATOR, TO_5, equals("region", "eu-central-1"));
        let stays = i64::from(news.get("cloud").is_none());
        assert_eq!(counts(&there, "Critical"), [0, 1, stays], "{news}");
        let found = t.call(HUB, "GetFindingsV2", json!({})).unwrap();
        assert_eq!(found["Findings"][0]["severity_id"], 5);
    }
}

#[test]
fn filters_ask_what_the_findings_were() {
    let t = enabled();
    let vulnerable = json!({
        "vulnerabilities": [{"cve": {"uid": "CVE-1"}}, {"cve": {"uid": "CVE-2"}}],
        "finding_info": {"uid": "v", "title": "v", "types": ["Software", "Package", 1e-7, 3.0]},
        "compliance": {"status": "Fail", "control": "S3.1"},
        "resources": [
            {"region": "eu-west-1", "owner": {"account": {"uid": "1"}, "org": {"uid": "o-1"}}},
            {"region": "eu-west-2", "cloud_partition": "aws"},
        ],
    });
    import(
        &t,
        &[
            document("v", vulnerable),
            document("p", json!({"activity_id": 2})),
        ],
    );
    for (field, value, expected) in [
        ("account_id", ADMINISTRATOR, 2),
        ("region", "eu-central-1", 2),
        ("finding_types", "Package", 1),
        ("finding_types", "1e-7", 1),
        ("finding_types", "3.0", 1),
        ("finding_status", "New", 2),
        ("finding_cve_ids", "CVE-2", 1),
        ("finding_compliance_status", "Fail", 1),
        ("finding_control_id", "S3.1", 1),
        ("finding_class_name", "Detection Finding", 2),
        ("finding_provider", "Scanner", 2),
        ("finding_activity_name", "Update", 1),
        ("resource_cloud_providers", "AWS", 2),
        ("resource_regions", "eu-west-2", 1),
        ("resource_owner_ids", "1", 1),
        ("resource_owner_organization_ids", "o-1", 1),
    ] {
        let count =
            |filters: Value| counts(&trends_as(&t, ADMINISTRATOR, TO_5, filters), "Medium")[0];
        assert_eq!(count(equals(field, value)), expected, "{field}");
        assert_eq!(
            count(compared(field, "NOT_EQUALS", value)),
            2 - expected,
            "{field}"
        );
        assert_eq!(count(equals(field, "?")), 0, "{field}");
    }
    let deep = json!({"CompositeFilters": [{"NestedCompositeFilters": [
        {"NestedCompositeFilters": [{}]},
    ]}]});
    let input = json!({"StartTime": FIRST, "EndTime": TO_5, "Filters": deep});
    let refused = t.call(HUB, "GetFindingsTrendsV2", input);
    assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");
}

#[test]
fn long_trends_come_in_pages() {
    let t = enabled();
    import(&t, &[document("a", json!({}))]);
    t.advance_ms(30 * DAY_MS);
    import(&t, &[document("b", json!({}))]);
    t.advance_ms(170 * DAY_MS);
    let mut input = json!({"StartTime": FIRST, "EndTime": "2026-06-08T00:00:00Z", "MaxResults": 5});
    let mut all = Vec::new();
    loop {
        let page = t.call(HUB, "GetFindingsTrendsV2", input.clone()).unwrap();
        assert_eq!(page["Granularity"], "Weekly");
        all.extend(counts(&page, "Medium"));
        match page.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => break,
        }
    }
    let mut expected = vec![1; 4];
    expected.resize(23, 2);
    assert_eq!(all, expected);
    let backwards = json!({"StartTime": TO_5, "EndTime": FIRST});
    let refused = t.call(HUB, "GetFindingsTrendsV2", backwards);
    assert!(matches!(refused, Err(Failure::Invalid(_))));
}

#[test]
fn members_see_their_own_and_the_administrator_everything() {
    let t = enabled();
    import(&t, &[document("a", json!({}))]);
    import_as(
        &t,
        MEMBER,
        &[document("m", json!({})), document("n", json!({}))],
    );
    for (account, expected) in [(ADMINISTRATOR, 3), (MEMBER, 2)] {
        for filters in [Value::Null, equals("finding_status", "New")] {
            let trends = trends_as(&t, account, TO_5, filters);
            assert_eq!(counts(&trends, "Medium"), [expected], "{account}");
        }
    }
}

/// Whatever happens, the last point is what the findings are.
#[test]
fn the_last_point_is_the_present() {
    let t = enabled();
    for step in 0_usize..40 {
        let documents: Vec<Value> = (0..4)
            .map(|n| {
                let uid = ((step * 3 + n * 5) % 11).to_string();
                let set = json!({
                    "severity_id": (step + n) % 7, "status_id": 1 + (step * n) % 5,
                    "activity_id": 1 + step % 3,
                });
                document(&uid, set)
            })
            .collect();
        import(&t, &documents);
        let all = uids(&t);
        let some: Vec<Value> = all.into_iter().skip(step % 5).step_by(3).collect();
        if !some.is_empty() {
            let set =
                json!({"SeverityId": step % 7, "StatusId": step % 6, "Comment": step.to_string()});
            update(&t, &some, set);
        }
        t.advance_ms(DAY_MS / 3);
    }
    let found = t.call(HUB, "GetFindingsV2", json!({})).unwrap();
    let found = found["Findings"].as_array().unwrap();
    for status in [
        "New",
        "In Progress",
        "Suppressed",
        "Resolved",
        "Archived",
        "Unknown",
    ] {
        let trends = trends_as(
            &t,
            ADMINISTRATOR,
            "2026-02-01T00:00:00Z",
            equals("finding_status", status),
        );
        for (id, severity) in [
            (0, "Unknown"),
            (1, "Informational"),
            (3, "Medium"),
            (6, "Fatal"),
        ] {
            let is = |one: &&Value| one["status"] == status && one["severity_id"] == id;
            let expected = found.iter().filter(is).count() as i64;
            let last = counts(&trends, severity).last().copied();
            assert_eq!(last, Some(expected), "{status} {severity}");
        }
    }
}
