//! What a start takes in, folds, repeats and refuses.

use super::*;

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
fn an_incident_is_found_by_a_long_string_as_a_version_before_kept_it() {
    let dedupe = "é".repeat(600);
    let (t, plan) = with_plan(json!({"title": "Down", "impact": 2, "dedupeString": dedupe}));
    let incident = start(&t, &plan, json!({})).unwrap();
    let kept = move |tx: &mut balefire_store::Tx<'_>| {
        tx.execute(
            "UPDATE incident SET open_dedupe = $1",
            &[dedupe.as_str().into()],
        )
    };
    assert_eq!(t.store.write_blocking("", kept).unwrap().unwrap(), 1);
    assert_eq!(start(&t, &plan, json!({})).unwrap(), incident);
}
