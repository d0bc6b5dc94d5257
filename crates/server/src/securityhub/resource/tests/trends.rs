//! How many resources there were.

use super::*;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn counts_as(t: &Testing, account: &str, filters: Option<Value>) -> Vec<i64> {
    let mut input = json!({"StartTime": "2025-12-31T00:00:00Z", "EndTime": "2026-01-09T00:00:00Z"});
    if let Some(filters) = filters {
        input["Filters"] = filters;
    }
    let output = call_as(t, account, "GetResourcesTrendsV2", input).unwrap();
    assert_eq!(output["Granularity"], "Daily");
    let points = output["TrendsMetrics"].as_array().unwrap().iter();
    let count = |point: &Value| point["TrendsValues"]["ResourcesCount"]["AllResources"].as_i64();
    points.map(|point| count(point).unwrap()).collect()
}

fn store() -> Testing {
    let t = enabled();
    import(&t, &[about("a", json!([{"uid": "x"}, {"uid": "y"}]))]);
    t.advance_ms(DAY_MS);
    import(
        &t,
        &[about(
            "b",
            json!([{"uid": "x", "type": "AWS::SQS::Queue"}, {"uid": "z"}]),
        )],
    );
    import_as(&t, MEMBER, &[about_of(MEMBER, "m", json!([{"uid": "x"}]))]).unwrap();
    t
}

#[test]
fn points_count_what_was_known_at_their_end() {
    let t = store();
    assert_eq!(counts_as(&t, ADMINISTRATOR, None), [0, 2, 4]);
    assert_eq!(counts_as(&t, MEMBER, None), [0, 0, 1]);
}

#[test]
fn filters_choose_what_is_counted() {
    let t = store();
    let counts =
        |field: &str, value: &str| counts_as(&t, ADMINISTRATOR, Some(text(field, "EQUALS", value)));
    assert_eq!(
        counts("resource_type", "Other"),
        [0, 2, 3],
        "what has another type is moved"
    );
    assert_eq!(counts("resource_type", "AWS::SQS::Queue"), [0, 0, 1]);
    assert_eq!(counts("resource_category", "Messaging"), [0, 0, 1]);
    assert_eq!(counts("account_id", MEMBER), [0, 0, 1]);
    assert_eq!(counts("resource_owner_id", ADMINISTRATOR), [0, 2, 3]);
    assert_eq!(counts("region", "eu-central-1"), [0, 2, 4]);
    assert_eq!(counts("resource_region", "eu-central-1"), [0, 2, 4]);
    assert_eq!(counts("resource_cloud_provider", "AWS"), [0, 2, 4]);
    assert_eq!(counts("resource_owner_organization_id", "o"), [0, 0, 0]);
}

#[test]
fn points_are_paged_and_end_after_they_begin() {
    let t = store();
    let mut input = json!({
        "StartTime": "2025-12-31T00:00:00Z", "EndTime": "2026-01-09T00:00:00Z", "MaxResults": 2,
    });
    let first = call_as(&t, ADMINISTRATOR, "GetResourcesTrendsV2", input.clone()).unwrap();
    assert_eq!(first["TrendsMetrics"].as_array().unwrap().len(), 2);
    input["NextToken"] = first["NextToken"].clone();
    let second = call_as(&t, ADMINISTRATOR, "GetResourcesTrendsV2", input).unwrap();
    let points = second["TrendsMetrics"].as_array().unwrap();
    assert_eq!(points.len(), 1);
    assert_eq!(
        points[0]["TrendsValues"]["ResourcesCount"]["AllResources"],
        4
    );
    assert_eq!(points[0]["Timestamp"], "2026-01-02T00:00:00Z");
    assert_eq!(second.get("NextToken"), None);
    let turned = json!({"StartTime": "2026-01-02T00:00:00Z", "EndTime": "2026-01-01T00:00:00Z"});
    let refused = wrong(call_as(&t, ADMINISTRATOR, "GetResourcesTrendsV2", turned));
    assert_eq!(refused, ["/EndTime"]);
}
