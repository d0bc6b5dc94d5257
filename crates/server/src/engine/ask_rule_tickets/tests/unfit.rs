//! Connectors that refuse, stay away, were never well, or are gone: nothing is lost unseen.

use super::*;

const CHECK_MS: i64 = 5 * 60 * 1000;
/// Jira, which knows of no earlier attempt.
const BACK: Behaviour = Behaviour::Routes(&[
    ("GET /hook/rest/api/3/myself", 200, r#"{"accountId":"1"}"#),
    ("GET /hook/rest/api/3/project/OPS", 200, r#"{"key":"OPS"}"#),
    (
        "GET /hook/rest/api/3/search/jql",
        200,
        r#"{"issues":[],"isLast":true}"#,
    ),
    (
        "POST /hook/rest/api/3/issue",
        201,
        r#"{"id":"8","key":"OPS-8"}"#,
    ),
]);

fn revive(scene: &Scene) {
    let retried = scene.t.call("balefire", "RetryDeadJobs", json!({}));
    retried.unwrap();
    run(scene);
}

fn missed(scene: &Scene) -> Vec<String> {
    let missed = log(scene, "automation_rule.target_missed").into_iter();
    missed
        .map(|(_, _, body)| body["reason"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_is_refused_is_told_and_may_be_tried_again() {
    let scene = Scene::jira();
    let rule = rule(&scene, "Critical", &scene.connector);
    let refuses = Behaviour::Answers(400, "{\n  \"errors\": \"no api-token issues\"\n}");
    scene.receiver.behave(refuses);
    bring(&scene, &[critical("a", json!({}))]);
    let reason = &given_up(&scene.t)[0];
    assert!(reason.contains("400"), "{reason}");
    revive(&scene);
    let refused = log(&scene, "ticket.refused");
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0].2["rule"], rule);
    let said = message(&scene, &scene.connector);
    // A finding that is refused twice is one.
    let expected = "1 finding of the rule \"page\" got no ticket: 127.0.0.1 answered 400";
    assert!(said.contains(expected), "{said}");
    assert!(
        said.contains("no [secret] issues") && !said.contains('\n'),
        "{said}"
    );
    scene.posts();
    scene.receiver.behave(BACK);
    revive(&scene);
    assert_eq!(scene.posts().len(), 1);
    assert_eq!(log(&scene, "ticket.created")[0].2["id"], "OPS-8");
    assert_eq!(given_up(&scene.t), Vec::<String>::new());
}

#[test]
fn one_that_is_tried_again_does_not_come_beside_another() {
    let scene = Scene::jira();
    rule(&scene, "Critical", &scene.connector);
    scene.receiver.behave(Behaviour::Answers(400, "closed"));
    bring(&scene, &[critical("a", json!({}))]);
    scene.posts();
    scene.receiver.behave(BACK);
    bring(&scene, &[resolved("a")]);
    bring(&scene, &[critical("a", json!({"extra": 1}))]);
    assert_eq!(scene.posts().len(), 1);
    revive(&scene);
    assert!(scene.posts().is_empty());
    assert_eq!(given_up(&scene.t), Vec::<String>::new());
}

#[test]
fn while_it_is_away_tickets_wait() {
    let scene = Scene::jira();
    rule(&scene, "Critical", &scene.connector);
    scene.receiver.behave(Behaviour::Answers(503, "busy"));
    bring(&scene, &[critical("a", json!({}))]);
    scene.t.advance_ms(CHECK_MS);
    run(&scene);
    let get = json!({"ConnectorId": scene.connector});
    let shown = scene.t.call("securityhub", "GetConnectorV2", get).unwrap();
    assert_eq!(shown["Health"]["ConnectorStatus"], "DEGRADED");
    bring(&scene, &[critical("b", json!({}))]);
    scene.posts();
    scene.receiver.behave(BACK);
    scene.t.advance_ms(HOUR_MS);
    run(&scene);
    assert_eq!(scene.posts().len(), 2);
    assert_eq!(log(&scene, "ticket.created").len(), 2);
    assert_eq!(missed(&scene), Vec::<String>::new());
}

#[test]
fn one_that_never_was_well_is_not_asked() {
    let scene = Scene::jira();
    let elsewhere = json!({"Name": "elsewhere", "Provider": {"JiraCloud": {"ProjectKey": "OPS"}}});
    let made = scene.t.call("securityhub", "CreateConnectorV2", elsewhere);
    let id = made.unwrap()["ConnectorId"].as_str().unwrap().to_owned();
    run(&scene);
    rule(&scene, "Critical", &id);
    bring(
        &scene,
        &[critical("a", json!({})), critical("b", json!({}))],
    );
    assert!(scene.posts().is_empty());
    let reasons = missed(&scene);
    assert_eq!(reasons.len(), 1);
    assert!(reasons[0].contains("PENDING_AUTHORIZATION"), "{reasons:?}");
    let said = message(&scene, &id);
    let expected = "2 findings of the rule \"page\" got no ticket";
    assert!(said.contains(expected), "{said}");
    assert!(!message(&scene, &scene.connector).contains("got no ticket"));
    assert_eq!(given_up(&scene.t), Vec::<String>::new());
    for _ in 1..7 {
        rule(&scene, "Critical", &id);
    }
    bring(&scene, &[critical("c", json!({}))]);
    let said = message(&scene, &id);
    assert_eq!(said.matches("got no ticket").count(), 5, "{said}");
    assert!(
        said.ends_with("Further rules with such findings: 2."),
        "{said}"
    );
}

#[test]
fn one_that_is_gone_is_missed() {
    let scene = Scene::jira();
    let rule = rule(&scene, "Critical", &scene.connector);
    scene.receiver.behave(Behaviour::Answers(503, "busy"));
    bring(&scene, &[critical("a", json!({}))]);
    let delete = json!({"ConnectorId": scene.connector});
    let deleted = scene.t.call("securityhub", "DeleteConnectorV2", delete);
    deleted.unwrap();
    scene.receiver.take();
    scene.receiver.behave(BACK);
    scene.t.advance_ms(5_000);
    bring(&scene, &[critical("b", json!({}))]);
    assert!(scene.receiver.take().is_empty());
    let refused = log(&scene, "ticket.refused");
    assert_eq!(refused[0].2["finding"], uid_of(ADMINISTRATOR, "a"));
    assert_eq!(refused[0].2["reason"], "The connector was deleted.");
    let (_, subject, body) = log(&scene, "automation_rule.target_missed").pop().unwrap();
    assert_eq!((subject, body["findingCount"].as_u64()), (rule, Some(1)));
    assert_eq!(body["findings"], json!([uid_of(ADMINISTRATOR, "b")]));
    assert_eq!(given_up(&scene.t), Vec::<String>::new());
}

#[test]
fn a_finding_that_is_not_there_is_missed() {
    let scene = Scene::jira();
    leave(
        &scene,
        ADMINISTRATOR,
        REGION,
        &["none".to_owned(), scene.finding.clone()],
    );
    run(&scene);
    assert_eq!(scene.posts().len(), 1);
    assert_eq!(missed(&scene), ["the finding is not there any more"]);
    assert!(message(&scene, &scene.connector).contains("1 finding of the rule \"old\""));
}
