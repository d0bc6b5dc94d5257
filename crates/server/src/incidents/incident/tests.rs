//! The rules of opening, folding, changing and listing incidents.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::incidents::fixture::{SERVICE, event_types, record, start, with_plan};
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

#[test]
fn an_incident_takes_what_the_plan_gives_and_the_request_overrides() {
    let template = json!({"title": "Down", "impact": 2, "summary": "It is down.", "incidentTags": {"team": "a"}});
    let (t, plan) = with_plan(template);
    let plain = record(&t, &start(&t, &plan, json!({})).unwrap());
    assert_eq!(
        (&plain["title"], &plain["impact"]),
        (&json!("Down"), &json!(2))
    );
    assert_eq!(
        (&plain["summary"], &plain["status"]),
        (&json!("It is down."), &json!("OPEN"))
    );
    assert_eq!(
        plain["incidentRecordSource"]["source"],
        "aws.ssm-incidents.custom"
    );
    assert!(!plain["dedupeString"].as_str().unwrap().is_empty());
    let trigger = json!({"source": "my.monitor", "timestamp": 1, "triggerArn": "arn:aws:x:::y", "rawData": "{}"});
    let input = json!({"title": "Worse", "impact": 1, "triggerDetails": trigger});
    let arn = start(&t, &plan, input).unwrap();
    let overridden = record(&t, &arn);
    assert_eq!(
        (&overridden["title"], &overridden["impact"]),
        (&json!("Worse"), &json!(1))
    );
    assert_eq!(overridden["incidentRecordSource"]["source"], "my.monitor");
    assert_eq!(
        overridden["incidentRecordSource"]["resourceArn"],
        "arn:aws:x:::y"
    );
    assert_eq!(
        event_types(&t, &arn),
        ["SSM Incident Trigger", "SSM Incident Start"]
    );
    let tags = t
        .call(SERVICE, "ListTagsForResource", json!({"resourceArn": arn}))
        .unwrap();
    assert_eq!(tags["tags"], json!({"team": "a"}));
}

#[test]
fn an_open_incident_with_the_same_string_takes_the_trigger_in() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2, "dedupeString": "db"}));
    let item = json!({"identifier": {"type": "METRIC", "value": {"url": "https://example.org"}}, "title": "m"});
    let first = start(&t, &plan, json!({})).unwrap();
    let second = start(
        &t,
        &plan,
        json!({"title": "Other", "relatedItems": [item.clone()]}),
    )
    .unwrap();
    let third = start(&t, &plan, json!({"relatedItems": [item]})).unwrap();
    assert_eq!((&second, &third), (&first, &first));
    assert_eq!(record(&t, &first)["title"], "Down");
    assert_eq!(
        event_types(&t, &first),
        [
            "SSM Incident Start",
            "SSM Incident Trigger",
            "SSM Incident Trigger"
        ]
    );
    let items = t
        .call(
            SERVICE,
            "ListRelatedItems",
            json!({"incidentRecordArn": first}),
        )
        .unwrap();
    assert_eq!(
        items["relatedItems"].as_array().unwrap().len(),
        1,
        "the same item is there once"
    );
    t.call(
        SERVICE,
        "UpdateIncidentRecord",
        json!({"arn": first, "status": "RESOLVED"}),
    )
    .unwrap();
    assert_ne!(
        start(&t, &plan, json!({})).unwrap(),
        first,
        "only open incidents take a trigger in"
    );
}

#[test]
fn a_client_token_is_answered_once() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2}));
    let first = start(&t, &plan, json!({"clientToken": "t"})).unwrap();
    assert_eq!(
        start(&t, &plan, json!({"clientToken": "t"})).unwrap(),
        first
    );
    let other = start(&t, &plan, json!({"clientToken": "t", "title": "x"}));
    assert!(matches!(other, Err(Failure::Conflict { .. })), "{other:?}");
    assert_ne!(
        start(&t, &plan, json!({"clientToken": "u"})).unwrap(),
        first
    );
}

#[test]
fn what_the_model_cannot_refuse_is_refused() {
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2}));
    let item = |id: Option<&str>, number: usize| {
        let url = format!("https://example.org/{number}");
        json!({"identifier": {"type": "OTHER", "value": {"url": url}}, "generatedId": id})
    };
    let given = "related-item/OTHER/0123456789ABCDEF0123456789ABCDEF";
    let cases = [
        (
            json!({"triggerDetails": {"source": "aws.ec2", "timestamp": 1}}),
            "/triggerDetails/source",
        ),
        (
            json!({"relatedItems": [item(Some(given), 0)]}),
            "/relatedItems/0/generatedId",
        ),
        (
            json!({"relatedItems": (0..51).map(|n| item(None, n)).collect::<Vec<_>>()}),
            "/relatedItems",
        ),
    ];
    for (more, path) in cases {
        match start(&t, &plan, more) {
            Err(Failure::Invalid(violations)) => assert_eq!(violations[0].path, path),
            other => panic!("{path}: {other:?}"),
        }
    }
    for arn in [
        "arn:aws:ssm-incidents::111111111111:response-plan/none",
        &plan.replace(ADMINISTRATOR, MEMBER),
    ] {
        let failed = start(&t, arn, json!({}));
        assert!(
            matches!(
                failed,
                Err(Failure::NotFound {
                    kind: "RESPONSE_PLAN",
                    ..
                })
            ),
            "{arn}: {failed:?}"
        );
    }
    assert!(matches!(
        start(&t, "arn:aws:s3:::bucket", json!({})),
        Err(Failure::Invalid(_))
    ));
    let none = t.call(SERVICE, "ListIncidentRecords", json!({})).unwrap();
    assert_eq!(
        none["incidentRecordSummaries"],
        json!([]),
        "a refused start leaves nothing"
    );
}

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
