//! Lists of incidents: filters and pages.

use super::*;

#[test]
fn lists_filter_and_page() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2}));
    let mut arns = Vec::new();
    for number in 0..7 {
        t.advance_ms(1000);
        arns.push(start(&t, &plan, json!({"impact": number % 2 + 1})).unwrap());
    }
    t.call(
        SERVICE,
        "UpdateIncidentRecord",
        json!({"arn": arns[6], "status": "RESOLVED"}),
    )
    .unwrap();
    let list = |filters: Value| {
        let output = t
            .call(SERVICE, "ListIncidentRecords", json!({"filters": filters}))
            .unwrap();
        let rows = output["incidentRecordSummaries"].as_array().unwrap().iter();
        rows.map(|row| arns.iter().position(|arn| row["arn"] == **arn).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(list(json!([])), [6, 5, 4, 3, 2, 1, 0]);
    let status =
        |value: &str| json!({"key": "status", "condition": {"equals": {"stringValues": [value]}}});
    assert_eq!(list(json!([status("RESOLVED")])), [6]);
    let impact = json!({"key": "impact", "condition": {"equals": {"integerValues": [1]}}});
    assert_eq!(list(json!([impact, status("OPEN")])), [4, 2, 0]);
    let time = |number: i64| 1_767_225_600 + number + 1;
    let after = json!({"key": "creationTime", "condition": {"after": time(1)}});
    let before = json!({"key": "creationTime", "condition": {"before": time(4)}});
    assert_eq!(list(json!([after, before])), [3, 2], "both ends are strict");
    for bad in [
        json!({"key": "colour", "condition": {"after": 1}}),
        json!({"key": "impact", "condition": {"after": 1}}),
        json!({"key": "status", "condition": {"equals": {"stringValues": []}}}),
        json!({"key": "status", "condition": {"equals": {"stringValues": ["CLOSED"]}}}),
    ] {
        let refused = t.call(
            SERVICE,
            "ListIncidentRecords",
            json!({"filters": [bad.clone()]}),
        );
        assert!(
            matches!(refused, Err(Failure::Invalid(_))),
            "{bad}: {refused:?}"
        );
    }
    let (mut seen, mut token) = (0, Value::Null);
    loop {
        let input = json!({"maxResults": 3, "nextToken": token});
        let page = t.call(SERVICE, "ListIncidentRecords", input).unwrap();
        seen += page["incidentRecordSummaries"].as_array().unwrap().len();
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
        let other = t.call(
            SERVICE,
            "ListIncidentRecords",
            json!({"nextToken": token, "filters": [status("OPEN")]}),
        );
        assert!(
            matches!(other, Err(Failure::Invalid(_))),
            "a token is of one filter"
        );
        let foreign = t.call_as(
            MEMBER,
            SERVICE,
            "ListIncidentRecords",
            json!({"nextToken": token}),
        );
        assert!(
            matches!(foreign, Err(Failure::Invalid(_))),
            "a token is of one account"
        );
    }
    assert_eq!(seen, 7);
}
