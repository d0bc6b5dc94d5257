//! What an incident is opened from: the replication set and the plans.

use super::*;
use crate::incidents::fixture::wrong_at;

#[test]
fn plans_are_changed_in_part_and_deleted_without_their_incidents() {
    let (t, plan) = with_plan(
        json!({"title": "Down", "impact": 2, "dedupeString": "d", "incidentTags": {"a": "b"}}),
    );
    let duplicate = json!({"name": "plan", "incidentTemplate": {"title": "x", "impact": 1}});
    let refused = t.call(SERVICE, "CreateResponsePlan", duplicate);
    assert!(
        matches!(refused, Err(Failure::Conflict { .. })),
        "{refused:?}"
    );
    let input = json!({"arn": plan, "incidentTemplateTitle": "New", "incidentTemplateTags": {}, "displayName": "D"});
    t.call(SERVICE, "UpdateResponsePlan", input).unwrap();
    let changed = t
        .call(SERVICE, "GetResponsePlan", json!({"arn": plan}))
        .unwrap();
    assert_eq!(
        changed["incidentTemplate"],
        json!({"title": "New", "impact": 2, "dedupeString": "d"})
    );
    assert_eq!(changed["displayName"], "D");
    let arn = start(&t, &plan, json!({})).unwrap();
    t.call(SERVICE, "DeleteResponsePlan", json!({"arn": plan}))
        .unwrap();
    t.call(SERVICE, "DeleteResponsePlan", json!({"arn": plan}))
        .unwrap();
    assert_eq!(record(&t, &arn)["title"], "New");
    assert!(matches!(
        start(&t, &plan, json!({})),
        Err(Failure::NotFound { .. })
    ));
}

#[test]
fn there_is_one_replication_set_and_nothing_before_it() {
    let t = Testing::new();
    let plan = json!({"name": "p", "incidentTemplate": {"title": "x", "impact": 1}});
    let refused = t.call(SERVICE, "CreateResponsePlan", plan);
    assert!(
        matches!(
            refused,
            Err(Failure::NotFound {
                kind: "REPLICATION_SET",
                ..
            })
        ),
        "{refused:?}"
    );
    let elsewhere = t.call(
        SERVICE,
        "CreateReplicationSet",
        json!({"regions": {"us-west-2": {}}}),
    );
    assert!(
        matches!(elsewhere, Err(Failure::Invalid(_))),
        "the calling region must be in it"
    );
    let arn = t
        .call(
            SERVICE,
            "CreateReplicationSet",
            json!({"regions": {REGION: {}}, "tags": {"a": "b"}}),
        )
        .unwrap();
    let set = t
        .call(SERVICE, "GetReplicationSet", json!({"arn": arn["arn"]}))
        .unwrap();
    assert_eq!(set["replicationSet"]["status"], "ACTIVE");
    assert_eq!(
        set["replicationSet"]["regionMap"][REGION]["sseKmsKeyId"],
        "DefaultKey"
    );
    let second = t.call(
        SERVICE,
        "CreateReplicationSet",
        json!({"regions": {REGION: {}}}),
    );
    assert!(matches!(second, Err(Failure::Limit { .. })), "{second:?}");
}

#[test]
fn what_the_store_cannot_keep_when_an_incident_opens_is_refused_in_its_plan() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2}));
    let topic = "arn:aws:sns:eu-central-1:111111111111:a\0b";
    let chat = json!({"chatbotSns": [topic]});
    let targets = json!([{"snsTopicArn": topic}]);
    for (member, value, path) in [
        (
            "dedupeString",
            json!("\0"),
            "/incidentTemplate/dedupeString",
        ),
        (
            "notificationTargets",
            targets.clone(),
            "/incidentTemplate/notificationTargets/0/snsTopicArn",
        ),
    ] {
        let template = json!({"title": "Down", "impact": 2, member: value});
        let input = json!({"name": "other", "incidentTemplate": template});
        assert_eq!(wrong_at(t.call(SERVICE, "CreateResponsePlan", input)), path);
    }
    let incident = start(&t, &plan, json!({})).unwrap();
    for (operation, arn, member, value, path) in [
        (
            "UpdateResponsePlan",
            &plan,
            "chatChannel",
            &chat,
            "/chatChannel/chatbotSns/0",
        ),
        (
            "UpdateResponsePlan",
            &plan,
            "incidentTemplateNotificationTargets",
            &targets,
            "/incidentTemplateNotificationTargets/0/snsTopicArn",
        ),
        (
            "UpdateIncidentRecord",
            &incident,
            "chatChannel",
            &chat,
            "/chatChannel/chatbotSns/0",
        ),
        (
            "UpdateIncidentRecord",
            &incident,
            "notificationTargets",
            &targets,
            "/notificationTargets/0/snsTopicArn",
        ),
    ] {
        let input = json!({"arn": arn, member: value});
        assert_eq!(
            wrong_at(t.call(SERVICE, operation, input)),
            path,
            "{operation}"
        );
    }
    let trigger = json!({"source": "tests", "timestamp": 0, "triggerArn": topic});
    let input = json!({"responsePlanArn": plan, "triggerDetails": trigger});
    let refused = t.call(SERVICE, "StartIncident", input);
    assert_eq!(wrong_at(refused), "/triggerDetails/triggerArn");
}
