//! Which policies are kept, and how they are read back.

use serde_json::{Value, json};

use super::{ALL, put_statement, put_text, share, statement};
use crate::failure::Failure;
use crate::incidents::fixture::{SERVICE, missing, start, with_plan, wrong_at};
use crate::testing::{ADMINISTRATOR, MEMBER, REGION, Testing};

fn ready() -> (Testing, String) {
    with_plan(json!({"title": "Down", "impact": 2}))
}

fn policies(t: &Testing, plan: &str) -> Vec<Value> {
    let got = t.call(SERVICE, "GetResourcePolicies", json!({"resourceArn": plan}));
    got.unwrap()["resourcePolicies"].as_array().unwrap().clone()
}

#[test]
fn a_policy_is_kept_as_it_was_written() {
    let (t, plan) = ready();
    let text = format!(
        " {{\"Version\": \"2012-10-17\", \"Id\": \"x\", \"Statement\": {} }}",
        statement(&plan, &ALL)
    );
    let id = put_text(&t, &plan, &text).unwrap()["policyId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(id.len(), 32);
    assert!(
        id.bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    );
    let kept = json!({"policyDocument": text, "policyId": id, "ramResourceShareRegion": REGION});
    assert_eq!(policies(&t, &plan), std::slice::from_ref(&kept));
    assert_eq!(
        put_text(&t, &plan, &text).unwrap()["policyId"],
        id,
        "the same document is the same policy"
    );
    let second = share(&t, &plan, &["StartIncident"]);
    assert_ne!(second, id);
    assert_eq!(policies(&t, &plan)[1]["policyId"], second);
    let page = json!({"resourceArn": plan, "maxResults": 1});
    let page = t.call(SERVICE, "GetResourcePolicies", page).unwrap();
    assert_eq!(page["resourcePolicies"], json!([kept]));
    let rest = json!({"resourceArn": plan, "maxResults": 1, "nextToken": page["nextToken"]});
    let rest = t.call(SERVICE, "GetResourcePolicies", rest).unwrap();
    assert_eq!(
        (
            &rest["resourcePolicies"][0]["policyId"],
            rest.get("nextToken")
        ),
        (&json!(second), None)
    );
    for expected in [Ok(()), Err("RESOURCE_POLICY")] {
        let input = json!({"resourceArn": plan, "policyId": id});
        let deleted = t.call(SERVICE, "DeleteResourcePolicy", input);
        match expected {
            Ok(()) => assert!(deleted.is_ok(), "{deleted:?}"),
            Err(kind) => assert_eq!(missing(deleted), kind),
        }
    }
    assert_eq!(policies(&t, &plan).len(), 1);
}

#[test]
fn what_would_open_too_much_or_nothing_is_refused() {
    let (t, plan) = ready();
    let incidents = format!("{}/*", plan.replace("response-plan", "incident-record"));
    let other = plan.replace("/plan", "/other");
    let user = format!("arn:aws:iam::{MEMBER}:user/a");
    let member = |name: &str, value: Value| {
        let mut changed = statement(&plan, &ALL);
        changed[name] = value;
        changed
    };
    for (wrong, said) in [
        (member("Effect", json!("Deny")), "Allow"),
        (member("Effect", json!("allow")), "Allow"),
        (member("Principal", json!("*")), "AWS"),
        (member("Principal", json!({"AWS": "*"})), "whole accounts"),
        (
            member("Principal", json!({"AWS": [MEMBER, "*"]})),
            "whole accounts",
        ),
        (member("Principal", json!({"AWS": user})), "whole accounts"),
        (
            member("Principal", json!({"AWS": "11112222333"})),
            "whole accounts",
        ),
        (member("Principal", json!({"AWS": []})), "Principal"),
        (
            member("Principal", json!({"Service": "x.amazonaws.com"})),
            "Service",
        ),
        (member("Action", json!("*")), "GetResponsePlan"),
        (
            member("Action", json!("ssm-incidents:*")),
            "GetResponsePlan",
        ),
        (
            member("Action", json!("ssm-incidents:Get*")),
            "GetResponsePlan",
        ),
        (
            member("Action", json!("ssm-incidents:DeleteTimelineEvent")),
            "DeleteTimelineEvent",
        ),
        (
            member("Action", json!("ssm-contacts:StartIncident")),
            "ssm-contacts",
        ),
        (member("Action", json!([])), "Action"),
        (member("Resource", json!("*")), &plan),
        (member("Resource", json!([plan, other])), &other),
        (
            member("Resource", json!(plan.replace(ADMINISTRATOR, MEMBER))),
            MEMBER,
        ),
        (member("Resource", json!([plan])), &incidents),
        (member("Resource", json!([incidents])), &plan),
        (
            member("Resource", json!([plan, incidents.replace('*', "1")])),
            &incidents,
        ),
        (member("Condition", json!({})), "Condition"),
        (member("NotAction", json!("x")), "NotAction"),
        (json!({"Effect": "Allow"}), "Principal"),
        (member("Principal", json!([MEMBER])), "expected an object"),
        // The members of a statement in their order.
        (
            json!([null, "Allow", {"AWS": MEMBER}, "ssm-incidents:GetResponsePlan", plan]),
            "expected an object",
        ),
    ] {
        let refused = put_statement(&t, &plan, &wrong);
        let Err(failure @ Failure::Invalid(_)) = &refused else {
            panic!("{wrong}: {refused:?}");
        };
        assert!(
            failure.message().contains(said),
            "{wrong}: {}",
            failure.message()
        );
        assert_eq!(wrong_at(refused), "/policy");
    }
    assert_eq!(t.count("plan_share"), 0);
}

#[test]
fn what_is_no_policy_is_refused() {
    let (t, plan) = ready();
    let statement = statement(&plan, &ALL);
    for text in [
        String::new(),
        "x".into(),
        "[]".into(),
        format!(r#"["2012-10-17", null, [{statement}]]"#),
        "{}".into(),
        r#"{"Version": "2012-10-17", "Statement": []}"#.into(),
        format!(r#"{{"Version": "2099-01-01", "Statement": {statement}}}"#),
        format!(r#"{{"Statement": {statement}, "Extra": 1}}"#),
        format!(r#"{{"Statement": {statement}, "Statement": {statement}}}"#),
        format!(r#"{{"Statement": {statement}}} x"#),
        format!(r#"{{"statement": {statement}}}"#),
    ] {
        assert_eq!(wrong_at(put_text(&t, &plan, &text)), "/policy", "{text}");
    }
    let long = format!(
        r#"{{"Id": "{}", "Statement": {statement}}}"#,
        "x".repeat(4000)
    );
    assert_eq!(wrong_at(put_text(&t, &plan, &long)), "/policy");
}

#[test]
fn the_forms_of_iam_are_understood() {
    let (t, plan) = ready();
    let everywhere = plan.replace("incidents::", "incidents:*:");
    let forms = json!({
        "Sid": "a", "Effect": "Allow", "Action": "SSM-Incidents:startincident", "Resource": everywhere,
        "Principal": {"AWS": [format!("arn:aws:iam::{MEMBER}:root"), "333333333333", "333333333333"]},
    });
    put_statement(&t, &plan, &forms).unwrap();
    assert_eq!(t.count("plan_share"), 2);
    let started = t.call_as(
        MEMBER,
        SERVICE,
        "StartIncident",
        json!({"responsePlanArn": plan}),
    );
    assert!(started.is_ok(), "{started:?}");
}

#[test]
fn only_a_plan_of_the_callers_own_has_policies() {
    let (t, plan) = ready();
    let id = share(&t, &plan, &["StartIncident"]);
    let policy = json!({"Statement": statement(&plan, &ALL)}).to_string();
    let incident = start(&t, &plan, json!({})).unwrap();
    let inputs = |arn: &str| {
        [
            (
                "PutResourcePolicy",
                json!({"resourceArn": arn, "policy": policy}),
            ),
            ("GetResourcePolicies", json!({"resourceArn": arn})),
            (
                "DeleteResourcePolicy",
                json!({"resourceArn": arn, "policyId": id}),
            ),
        ]
    };
    for (operation, input) in inputs(&incident) {
        assert_eq!(
            wrong_at(t.call(SERVICE, operation, input)),
            "/resourceArn",
            "{operation}"
        );
    }
    for (operation, input) in inputs(&plan) {
        let stranger = t.call_as("444444444444", SERVICE, operation, input.clone());
        assert_eq!(missing(stranger), "RESPONSE_PLAN", "{operation}");
        let consumer = t.call_as(MEMBER, SERVICE, operation, input);
        assert!(
            matches!(consumer, Err(Failure::Denied(_))),
            "{operation}: {consumer:?}"
        );
    }
    assert_eq!(policies(&t, &plan).len(), 1);
}

#[test]
fn a_policy_goes_with_its_plan() {
    let (t, plan) = ready();
    share(&t, &plan, &ALL);
    t.call(SERVICE, "DeleteResponsePlan", json!({"arn": plan}))
        .unwrap();
    let again = json!({"name": "plan", "incidentTemplate": {"title": "x", "impact": 1}});
    t.call(SERVICE, "CreateResponsePlan", again).unwrap();
    assert_eq!(policies(&t, &plan).len(), 0);
    let foreign = t.call_as(MEMBER, SERVICE, "GetResponsePlan", json!({"arn": plan}));
    assert_eq!(missing(foreign), "RESPONSE_PLAN");
}
