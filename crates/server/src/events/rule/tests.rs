//! The rules of rules and their tags.

use serde_json::{Value, json};

use crate::events::fixture::{PLAN, ROLE, RULE_ARN, call, invalid, not_found, put, with_target};
use crate::failure::Failure;
use crate::testing::{ADMINISTRATOR, MEMBER, Testing};

#[test]
fn a_rule_is_replaced_whole_but_for_its_tags() {
    let t = Testing::new();
    let tags = json!([{"Key": "team", "Value": "a"}]);
    let pattern = r#"{"source": ["aws.cloudwatch"]}"#;
    let input = json!({
        "Name": "alarms", "EventPattern": pattern, "Description": "d", "RoleArn": ROLE, "State": "DISABLED",
        "EventBusName": "default", "Tags": tags,
    });
    assert_eq!(call(&t, "PutRule", input).unwrap()["RuleArn"], RULE_ARN);
    let described = call(&t, "DescribeRule", json!({"Name": "alarms"})).unwrap();
    let expected = json!({
        "Arn": RULE_ARN, "CreatedBy": ADMINISTRATOR, "Description": "d", "EventBusName": "default",
        "EventPattern": pattern, "Name": "alarms", "RoleArn": ROLE, "State": "DISABLED",
    });
    assert_eq!(described, expected);
    let input = json!({
        "Name": "alarms", "EventPattern": r#"{"source": ["other"]}"#, "Tags": [{"Key": "new", "Value": ""}],
    });
    call(&t, "PutRule", input).unwrap();
    let described = call(&t, "DescribeRule", json!({"Name": "alarms"})).unwrap();
    assert_eq!(described["State"], "ENABLED");
    assert_eq!(
        (described.get("Description"), described.get("RoleArn")),
        (None, None)
    );
    let listed = call(&t, "ListTagsForResource", json!({"ResourceARN": RULE_ARN})).unwrap();
    assert_eq!(listed["Tags"], tags);
}

#[test]
fn what_cannot_be_a_rule_is_refused() {
    let t = Testing::new();
    let pattern = r#"{"source": ["s"]}"#;
    let a_tag = json!({"Key": "a", "Value": ""});
    for (input, place) in [
        (json!({"Name": "r"}), "/EventPattern"),
        (
            json!({"Name": "r", "ScheduleExpression": "rate(1 day)"}),
            "/ScheduleExpression",
        ),
        (
            json!({"Name": "r", "ScheduleExpression": "rate(1 day)", "EventPattern": pattern}),
            "/ScheduleExpression",
        ),
        (
            json!({"Name": "r", "EventPattern": pattern, "RoleArn": "r"}),
            "/RoleArn",
        ),
        (json!({"Name": "a b", "EventPattern": pattern}), "/Name"),
        (
            json!({"Name": "r", "EventPattern": pattern, "Tags": [{"Key": "aws:a", "Value": ""}]}),
            "/Tags/0/Key",
        ),
        (
            json!({"Name": "r", "EventPattern": pattern, "Tags": [a_tag, a_tag]}),
            "/Tags/1/Key",
        ),
    ] {
        let message = invalid(call(&t, "PutRule", input));
        assert!(message.contains(&format!("'{place}'")), "{message}");
    }
    let malformed = json!({"Name": "r", "EventPattern": r#"{"detail": {"state": "ALARM"}}"#});
    match call(&t, "PutRule", malformed) {
        Err(Failure::Pattern(message)) => assert!(message.contains("'detail.state'"), "{message}"),
        other => panic!("{other:?}"),
    }
    let bus = json!({"Name": "r", "EventPattern": pattern, "EventBusName": "mine"});
    not_found(call(&t, "PutRule", bus), "EVENT_BUS");
    assert_eq!(
        call(&t, "ListRules", json!({})).unwrap()["Rules"],
        json!([])
    );
}

#[test]
fn every_operation_knows_the_default_bus_alone() {
    let t = Testing::new();
    with_target(&t);
    let arn = |region, account| format!("arn:aws:events:{region}:{account}:event-bus/default");
    for (operation, input) in [
        ("DescribeRule", json!({"Name": "alarms"})),
        ("ListRules", json!({})),
        ("ListTargetsByRule", json!({"Rule": "alarms"})),
        ("ListRuleNamesByTarget", json!({"TargetArn": PLAN})),
        ("EnableRule", json!({"Name": "alarms"})),
        ("DisableRule", json!({"Name": "alarms"})),
        (
            "PutTargets",
            json!({"Rule": "alarms", "Targets": [{"Id": "1", "Arn": PLAN}]}),
        ),
        ("RemoveTargets", json!({"Rule": "alarms", "Ids": ["1"]})),
        ("DeleteRule", json!({"Name": "alarms"})),
    ] {
        let on = |bus: &str| {
            let mut input = input.clone();
            input["EventBusName"] = json!(bus);
            call(&t, operation, input)
        };
        for bus in [
            "mine",
            &arn("eu-west-1", ADMINISTRATOR),
            &arn("eu-central-1", MEMBER),
        ] {
            not_found(on(bus), "EVENT_BUS");
        }
        on(&arn("eu-central-1", ADMINISTRATOR)).unwrap();
    }
}

#[test]
fn rules_are_listed_by_name_in_pages() {
    let t = Testing::new();
    for name in ["b", "a-2", "a-1", "c", "A", "a_3"] {
        put(&t, name);
    }
    let names = |input: Value| {
        let (mut names, mut input) = (Vec::new(), input);
        loop {
            let page = call(&t, "ListRules", input.clone()).unwrap();
            let rules = page["Rules"].as_array().unwrap();
            names.extend(
                rules
                    .iter()
                    .map(|rule| rule["Name"].as_str().unwrap().to_owned()),
            );
            match page.get("NextToken") {
                Some(token) => input["NextToken"] = token.clone(),
                None => return names,
            }
        }
    };
    assert_eq!(names(json!({})), ["A", "a-1", "a-2", "a_3", "b", "c"]);
    assert_eq!(
        names(json!({"Limit": 2})),
        ["A", "a-1", "a-2", "a_3", "b", "c"]
    );
    assert_eq!(
        names(json!({"NamePrefix": "a", "Limit": 1})),
        ["a-1", "a-2", "a_3"]
    );
    assert_eq!(names(json!({"NamePrefix": "a-1"})), ["a-1"]);
    assert_eq!(names(json!({"NamePrefix": "d"})), Vec::<String>::new());
}

#[test]
fn a_rule_goes_only_without_targets() {
    let t = Testing::new();
    with_target(&t);
    let tags = json!({"ResourceARN": RULE_ARN, "Tags": [{"Key": "team", "Value": "a"}]});
    call(&t, "TagResource", tags).unwrap();
    let message = invalid(call(
        &t,
        "DeleteRule",
        json!({"Name": "alarms", "Force": true}),
    ));
    assert!(message.contains("RemoveTargets"), "{message}");
    call(&t, "RemoveTargets", json!({"Rule": "alarms", "Ids": ["1"]})).unwrap();
    call(&t, "DeleteRule", json!({"Name": "alarms"})).unwrap();
    not_found(call(&t, "DescribeRule", json!({"Name": "alarms"})), "RULE");
    call(&t, "DeleteRule", json!({"Name": "alarms"})).unwrap();
    put(&t, "alarms");
    let listed = call(&t, "ListTagsForResource", json!({"ResourceARN": RULE_ARN})).unwrap();
    assert_eq!(listed["Tags"], json!([]), "tags go with the rule");
}

#[test]
fn states_change_and_stay() {
    let t = Testing::new();
    let state =
        |t: &Testing| call(t, "DescribeRule", json!({"Name": "r"})).unwrap()["State"].clone();
    let all = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
    let input = json!({"Name": "r", "EventPattern": r#"{"source": ["s"]}"#, "State": all});
    call(&t, "PutRule", input).unwrap();
    for (operation, expected) in [
        ("EnableRule", all),
        ("DisableRule", "DISABLED"),
        ("EnableRule", "ENABLED"),
    ] {
        call(&t, operation, json!({"Name": "r"})).unwrap();
        assert_eq!(state(&t), expected, "{operation}");
    }
    for operation in ["EnableRule", "DisableRule", "DescribeRule"] {
        not_found(call(&t, operation, json!({"Name": "none"})), "RULE");
    }
}

#[test]
fn rules_are_tagged_by_their_arn() {
    let t = Testing::new();
    put(&t, "alarms");
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let input = json!({"ResourceARN": RULE_ARN, "Tags": [tag("a", "1"), tag("b", "2")]});
    call(&t, "TagResource", input).unwrap();
    let input = json!({"ResourceARN": RULE_ARN, "Tags": [tag("b", "3")]});
    call(&t, "TagResource", input).unwrap();
    let input = json!({"ResourceARN": RULE_ARN, "TagKeys": ["a", "z"]});
    call(&t, "UntagResource", input).unwrap();
    let listed = call(&t, "ListTagsForResource", json!({"ResourceARN": RULE_ARN})).unwrap();
    assert_eq!(listed["Tags"], json!([tag("b", "3")]));
    let many: Vec<Value> = (0..50)
        .map(|number| tag(&format!("k{number}"), ""))
        .collect();
    invalid(call(
        &t,
        "TagResource",
        json!({"ResourceARN": RULE_ARN, "Tags": many}),
    ));
    for arn in [
        "alarms",
        "arn:aws:events:eu-west-1:111111111111:rule/alarms",
        "arn:aws:events:eu-central-1:111111111111:rule/none",
    ] {
        not_found(
            call(&t, "ListTagsForResource", json!({"ResourceARN": arn})),
            "RULE",
        );
    }
}

#[test]
fn another_account_sees_nothing() {
    let t = Testing::new();
    with_target(&t);
    let other = |operation: &str, input: Value| t.call_as(MEMBER, "events", operation, input);
    assert_eq!(other("ListRules", json!({})).unwrap()["Rules"], json!([]));
    let names = other("ListRuleNamesByTarget", json!({"TargetArn": PLAN})).unwrap();
    assert_eq!(names["RuleNames"], json!([]));
    for (operation, input) in [
        ("DescribeRule", json!({"Name": "alarms"})),
        ("EnableRule", json!({"Name": "alarms"})),
        ("DisableRule", json!({"Name": "alarms"})),
        ("ListTargetsByRule", json!({"Rule": "alarms"})),
        ("RemoveTargets", json!({"Rule": "alarms", "Ids": ["1"]})),
        ("ListTagsForResource", json!({"ResourceARN": RULE_ARN})),
        ("TagResource", json!({"ResourceARN": RULE_ARN, "Tags": []})),
        (
            "UntagResource",
            json!({"ResourceARN": RULE_ARN, "TagKeys": []}),
        ),
    ] {
        not_found(other(operation, input), "RULE");
    }
    other("DeleteRule", json!({"Name": "alarms"})).unwrap();
    call(&t, "DescribeRule", json!({"Name": "alarms"})).unwrap();
}

#[test]
fn a_pattern_is_tested_on_a_whole_event() {
    let t = Testing::new();
    let event = json!({
        "id": "1", "account": "1", "source": "s", "time": "2026-01-01T00:00:00Z", "region": "r",
        "resources": [], "detail-type": "t",
    });
    let test = |pattern: &str, event: String| {
        call(
            &t,
            "TestEventPattern",
            json!({"EventPattern": pattern, "Event": event}),
        )
    };
    for (pattern, expected) in [
        (r#"{"source": ["s"]}"#, true),
        (r#"{"source": ["x"]}"#, false),
    ] {
        assert_eq!(
            test(pattern, event.to_string()).unwrap()["Result"],
            expected
        );
    }
    for field in [
        "id",
        "account",
        "source",
        "time",
        "region",
        "resources",
        "detail-type",
    ] {
        let mut event = event.clone();
        event.as_object_mut().unwrap().remove(field);
        let message = invalid(test(r#"{"source": ["s"]}"#, event.to_string()));
        assert!(message.contains(field), "{message}");
    }
    for text in ["", "[]", "{"] {
        invalid(test(r#"{"source": ["s"]}"#, text.into()));
    }
    // An event has as many bytes as PutEvents takes.
    let padded = |bytes: usize| {
        let rest = bytes - event.to_string().len();
        event.to_string() + &" ".repeat(rest)
    };
    test(r#"{"source": ["s"]}"#, padded(256 * 1024)).unwrap();
    let message = invalid(test(r#"{"source": ["s"]}"#, padded(256 * 1024 + 1)));
    assert!(
        message.contains("'/Event'") || message.contains("/Event"),
        "{message}"
    );
    let malformed = test("{}", event.to_string());
    assert!(
        matches!(malformed, Err(Failure::Pattern(_))),
        "{malformed:?}"
    );
}
