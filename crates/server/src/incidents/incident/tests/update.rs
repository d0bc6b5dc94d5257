//! What an update changes, and what the timeline says of it.

use super::*;

#[test]
fn an_update_changes_what_is_given_and_tells_the_timeline() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2, "summary": "s"}));
    let arn = start(&t, &plan, json!({})).unwrap();
    let topic = json!({"chatbotSns": ["arn:aws:sns:eu-central-1:111111111111:t"]});
    t.advance_ms(1000);
    t.call(
        SERVICE,
        "UpdateIncidentRecord",
        json!({"arn": arn, "impact": 1, "chatChannel": topic}),
    )
    .unwrap();
    let changed = record(&t, &arn);
    assert_eq!(
        (&changed["impact"], &changed["title"]),
        (&json!(1), &json!("Down"))
    );
    assert_eq!(changed["chatChannel"], topic);
    t.call(
        SERVICE,
        "UpdateIncidentRecord",
        json!({"arn": arn, "impact": 1, "title": "Down"}),
    )
    .unwrap();
    assert_eq!(
        event_types(&t, &arn).len(),
        2,
        "an update that changes nothing leaves no event"
    );
    let input = json!({"arn": arn, "status": "RESOLVED", "chatChannel": {"empty": {}}});
    t.call(SERVICE, "UpdateIncidentRecord", input).unwrap();
    let resolved = record(&t, &arn);
    assert_eq!(resolved["resolvedTime"], json!(t.now().0 / 1000));
    assert_eq!(resolved.get("chatChannel"), None);
    t.call(
        SERVICE,
        "UpdateIncidentRecord",
        json!({"arn": arn, "status": "OPEN"}),
    )
    .unwrap();
    assert_eq!(record(&t, &arn).get("resolvedTime"), None, "reopened");
    let events = t
        .call(
            SERVICE,
            "ListTimelineEvents",
            json!({"incidentRecordArn": arn}),
        )
        .unwrap();
    let id = &events["eventSummaries"][0]["eventId"];
    let input = json!({"incidentRecordArn": arn, "eventId": id});
    let event = t.call(SERVICE, "GetTimelineEvent", input).unwrap();
    let data: Value = serde_json::from_str(event["event"]["eventData"].as_str().unwrap()).unwrap();
    assert_eq!(
        data["modifiedAttributes"],
        json!([{"attributeName": "status", "newValue": "OPEN"}])
    );
}
