//! What another account sees: nothing.

use super::*;

#[test]
fn no_account_sees_anothers() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2}));
    let arn = start(&t, &plan, json!({})).unwrap();
    let set =
        t.call(SERVICE, "ListReplicationSets", json!({})).unwrap()["replicationSetArns"][0].clone();
    for (operation, input) in [
        ("GetIncidentRecord", json!({"arn": arn})),
        ("UpdateIncidentRecord", json!({"arn": arn, "title": "x"})),
        ("GetResponsePlan", json!({"arn": plan})),
        (
            "UpdateResponsePlan",
            json!({"arn": plan, "displayName": "x"}),
        ),
        ("StartIncident", json!({"responsePlanArn": plan})),
        ("GetReplicationSet", json!({"arn": set})),
        (
            "GetTimelineEvent",
            json!({"incidentRecordArn": arn, "eventId": "x"}),
        ),
        ("ListIncidentFindings", json!({"incidentRecordArn": arn})),
        (
            "BatchGetIncidentFindings",
            json!({"incidentRecordArn": arn, "findingIds": ["x"]}),
        ),
        ("ListTagsForResource", json!({"resourceArn": arn})),
        (
            "TagResource",
            json!({"resourceArn": arn, "tags": {"a": "b"}}),
        ),
        (
            "UntagResource",
            json!({"resourceArn": arn, "tagKeys": ["a"]}),
        ),
    ] {
        let foreign = t.call_as(MEMBER, SERVICE, operation, input);
        assert!(
            matches!(foreign, Err(Failure::NotFound { .. })),
            "{operation}: {foreign:?}"
        );
    }
    for (operation, input, member) in [
        ("ListIncidentRecords", json!({}), "incidentRecordSummaries"),
        ("ListResponsePlans", json!({}), "responsePlanSummaries"),
        ("ListReplicationSets", json!({}), "replicationSetArns"),
        (
            "ListTimelineEvents",
            json!({"incidentRecordArn": arn}),
            "eventSummaries",
        ),
        (
            "ListRelatedItems",
            json!({"incidentRecordArn": arn}),
            "relatedItems",
        ),
    ] {
        let foreign = t.call_as(MEMBER, SERVICE, operation, input).unwrap();
        assert_eq!(foreign[member], json!([]), "{operation}");
    }
    t.call_as(MEMBER, SERVICE, "DeleteResponsePlan", json!({"arn": plan}))
        .unwrap();
    assert!(
        t.call(SERVICE, "GetResponsePlan", json!({"arn": plan}))
            .is_ok(),
        "another's delete deletes nothing"
    );
}
