//! What each form of event says of a deployment, and what is refused.

use serde_json::{Value, json};

use super::*;

const GROUP: &str = "arn:aws:codedeploy:eu-central-1:111111111111:deploymentgroup:shop/blue";
const STACK: &str = "arn:aws:cloudformation:eu-central-1:111111111111:stack/a/b";
const TABLE: &str = "arn:aws:dynamodb:eu-central-1:111111111111:table/carts";

fn event(detail_type: &str, resources: &[&str], detail: Value) -> Event {
    Event {
        id: "1".into(),
        account: "111111111111".into(),
        region: "eu-central-1".into(),
        source: "my.pipeline".into(),
        detail_type: detail_type.into(),
        resources: resources.iter().map(|arn| (*arn).to_owned()).collect(),
        at_ms: 7,
        is_dated: true,
        detail,
    }
}

#[test]
fn code_deploy_states() {
    let kind = "CodeDeploy Deployment State-change Notification";
    for (state, ended) in [
        ("START", Some(false)),
        ("SUCCESS", Some(true)),
        ("FAILURE", Some(true)),
        ("X", None),
    ] {
        let detail = json!({
            "deploymentId": "d-1", "application": "shop", "deploymentGroup": "blue", "state": state,
        });
        let expected = ended.map(|ended| Told {
            kind: Kind::CodeDeploy,
            resource: GROUP.into(),
            id: "d-1".into(),
            resources: vec![TABLE.into()],
            status: state.into(),
            ended,
            at_ms: 7,
            is_dated: true,
            url: None,
        });
        let event = event(kind, &["no ARN", TABLE], detail);
        assert_eq!(event.deployment(), Ok(expected), "{state}");
    }
}

#[test]
fn stack_statuses() {
    for (status, ended) in [
        ("UPDATE_IN_PROGRESS", Some(false)),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Some(true)),
        ("UPDATE_ROLLBACK_IN_PROGRESS", Some(false)),
        ("ROLLBACK_COMPLETE", Some(true)),
        ("CREATE_FAILED", Some(true)),
        ("DELETE_IN_PROGRESS", None),
    ] {
        let detail = json!({"stack-id": STACK, "status-details": {"status": status}});
        let told = event("CloudFormation Stack Status Change", &[], detail).deployment();
        let told = told.expect("sound").map(|told| told.ended);
        assert_eq!(told, ended, "{status}");
    }
    let other = event("Something Else", &[], json!({})).deployment();
    assert_eq!(other, Ok(None));
}

#[test]
fn what_cannot_be_a_finding_is_refused() {
    for stack in ["shop", "arn:aws:cloudformation:r:1:stack/a/b"] {
        let detail = json!({"stack-id": stack, "status-details": {"status": "CREATE_COMPLETE"}});
        let told = event("CloudFormation Stack Status Change", &[], detail).deployment();
        assert!(told.is_err_and(|error| error.contains(stack)));
    }
}

fn form(changes: Value) -> Result<Told, String> {
    let mut detail = json!({"id": "42", "service": "shop", "status": "started"});
    for (name, value) in changes.as_object().expect("changes") {
        detail[name] = value.clone();
    }
    let told = event(DEPLOYMENT, &[TABLE], detail).deployment();
    told.map(|told| told.expect("a deployment"))
}

#[test]
fn the_form_says_what_was_deployed() {
    let codedeploy = "arn:aws:codedeploy:eu-central-1:111111111111:deploymentgroup:";
    let other = "arn:aws:ecs:eu-central-1:111111111111:service/a/b";
    for (changes, kind, resource) in [
        (
            json!({}),
            Kind::CodeDeploy,
            format!("{codedeploy}shop/default"),
        ),
        (
            json!({"environment": "blue"}),
            Kind::CodeDeploy,
            GROUP.into(),
        ),
        (
            json!({"service": "acme/shop", "environment": null}),
            Kind::CodeDeploy,
            format!("{codedeploy}acme/shop/default"),
        ),
        (
            json!({"service": "a", "environment": "b", "kind": "stack"}),
            Kind::CloudFormation,
            STACK.into(),
        ),
        (
            json!({"service": null, "resource": STACK}),
            Kind::CloudFormation,
            STACK.into(),
        ),
        (
            json!({"service": null, "resource": other}),
            Kind::CodeDeploy,
            other.into(),
        ),
        (
            json!({"service": null, "resource": other, "kind": "stack"}),
            Kind::CloudFormation,
            other.into(),
        ),
    ] {
        let told = form(changes.clone()).expect("sound");
        assert_eq!((told.kind, told.resource), (kind, resource), "{changes}");
    }
}

#[test]
fn the_form_says_when_how_and_on_what() {
    let told = form(json!({
        "status": "failed", "time": "2026-01-01T02:00:00+01:00",
        "url": "https://ci.example/42", "resources": [GROUP],
    }))
    .expect("sound");
    assert_eq!((told.status.as_str(), told.ended), ("failed", true));
    assert_eq!(told.at_ms, 1_767_229_200_000);
    assert_eq!(told.url.as_deref(), Some("https://ci.example/42"));
    assert_eq!(told.resources, [TABLE, GROUP]);
    let told = form(json!({})).expect("sound");
    assert_eq!((told.ended, told.at_ms, told.id.as_str()), (false, 7, "42"));
    assert!(form(json!({"status": "succeeded"})).expect("sound").ended);
}

#[test]
fn the_form_is_refused_by_the_member_that_is_wrong() {
    for (changes, named) in [
        (json!({"id": null}), "id must be there"),
        (json!({"id": ""}), "id must be there"),
        (json!({"id": 42}), "id must be a text"),
        (json!({"id": "a b"}), "id must have at most 128"),
        (json!({"id": "a".repeat(129)}), "id must have at most 128"),
        (json!({"service": null}), "either service"),
        (
            json!({"resource": GROUP}),
            "service and resource are both there",
        ),
        (json!({"service": "a b"}), "service must have"),
        (json!({"service": GROUP}), "service must have"),
        (json!({"environment": "a/b"}), "environment must have"),
        (
            json!({"service": null, "resource": "shop"}),
            "resource must be an ARN",
        ),
        (
            json!({"service": null, "resource": format!("{TABLE}{}", "a".repeat(1000))}),
            "resource must be an ARN",
        ),
        (
            json!({"service": null, "resource": GROUP, "environment": "a"}),
            "environment goes with service",
        ),
        (json!({"kind": "helm"}), "kind must be"),
        (json!({"status": null}), "status must be there"),
        (json!({"status": "done"}), "not 'done'"),
        (json!({"time": "yesterday"}), "time must be"),
        (json!({"url": "ci.example/42"}), "url must begin"),
        (json!({"resources": TABLE}), "resources must be a list"),
        (
            json!({"resources": vec![TABLE; 51]}),
            "resources must be a list",
        ),
        (
            json!({"resources": [TABLE, "a"]}),
            "resources[1] must be an ARN",
        ),
        (json!({"ressources": []}), "'ressources' is no member"),
    ] {
        let error = form(changes.clone()).expect_err("a fault");
        assert!(error.contains(named), "{changes}: {error}");
    }
}
