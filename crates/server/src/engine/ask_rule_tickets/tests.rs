//! From findings to tickets, by rules whose action is a connector.

mod open;
mod unfit;

use balefire_store::{NewJob, Tx};
use serde_json::{Value, json};

use crate::engine::create_ticket::tests::{FOUND, Scene};
use crate::securityhub::automation_rule::ASK_RULE_TICKETS;
use crate::securityhub::automation_rule::tests::equals;
use crate::securityhub::finding::tests::{document, document_of, finding, import, uid_of};
use crate::testing::incident::given_up;
use crate::testing::receiver::Behaviour;
use crate::testing::{ADMINISTRATOR, MEMBER, REGION};

const HOUR_MS: i64 = 60 * 60 * 1000;
const AGAIN_MS: i64 = 10_000;

fn connector_arn(id: &str) -> String {
    format!("arn:aws:securityhub:{REGION}:{ADMINISTRATOR}:connectorv2/{id}")
}

/// A rule over findings of a severity, by its ARN.
fn rule(scene: &Scene, severity: &str, connector: &str) -> String {
    let configuration = json!({"ConnectorArn": connector_arn(connector)});
    let action = json!({
        "Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": configuration,
    });
    let input = json!({
        "RuleName": "page", "Description": "Asks for tickets", "RuleOrder": 1,
        "Criteria": equals("severity", severity), "Actions": [action],
    });
    let made = scene.t.call("securityhub", "CreateAutomationRuleV2", input);
    made.unwrap()["RuleArn"].as_str().unwrap().to_owned()
}

fn critical(uid: &str, mut set: Value) -> Value {
    set["severity_id"] = 5.into();
    set["severity"] = "Critical".into();
    document(uid, set)
}

fn resolved(uid: &str) -> Value {
    critical(uid, json!({"status_id": 4, "status": "Resolved"}))
}

fn run(scene: &Scene) {
    while scene.t.wait(scene.engine.step()).unwrap() > 0 {}
}

fn bring(scene: &Scene, documents: &[Value]) {
    scene.t.advance_ms(1);
    import(&scene.t, documents);
    run(scene);
}

/// Account, subject and body of the changes of a kind, the oldest first.
fn log(scene: &Scene, kind: &str) -> Vec<(String, String, Value)> {
    let kind = kind.to_owned();
    let read = move |tx: &mut Tx<'_>| {
        let sql =
            "SELECT account, subject, body FROM log WHERE kind = $1 ORDER BY at_ms, shard, seq";
        tx.query(sql, &[(&kind).into()])
    };
    let rows = scene.t.store.read_blocking(read).unwrap().unwrap();
    let entries = rows.iter().map(|row| {
        let text = |place| row.text(place).unwrap().to_owned();
        let body = serde_json::from_slice(row.blob(2).unwrap()).unwrap();
        (text(0), text(1), body)
    });
    entries.collect()
}

/// What is said of a connector's health.
fn message(scene: &Scene, connector: &str) -> String {
    let get = json!({"ConnectorId": connector});
    let shown = scene.t.call("securityhub", "GetConnectorV2", get).unwrap();
    shown["Health"]["Message"].as_str().unwrap().to_owned()
}

/// Leaves what a rule that was there once may have left.
fn leave(scene: &Scene, account: &str, region: &str, uids: &[String]) {
    leave_in(0, scene, (account, region), uids);
    scene.t.advance_ms(1);
}

fn leave_in(wait_ms: i64, scene: &Scene, (account, region): (&str, &str), uids: &[String]) {
    let payload = json!({
        "region": region, "rule_arn": "rule", "rule_name": "old", "uids": uids,
        "connector_arn": connector_arn(&scene.connector),
    });
    let now = scene.t.now();
    let job = NewJob {
        id: format!("{account}-{region}-{}", now.0),
        kind: ASK_RULE_TICKETS.into(),
        subject: "rule".into(),
        account: account.into(),
        put_ms: now.0,
        due_ms: now.0 + wait_ms,
        payload: payload.to_string().into_bytes(),
    };
    let put = move |tx: &mut Tx<'_>| tx.put_job(&job);
    scene.t.store.write_blocking("", put).unwrap().unwrap();
}

#[test]
fn what_matches_gets_a_ticket_that_says_which_rule_asked() {
    let scene = Scene::jira();
    let rule = rule(&scene, "Critical", &scene.connector);
    let found = [critical("a", json!({})), document("b", json!({}))];
    import(&scene.t, &found);
    let before = finding(&scene.t, "a");
    run(&scene);
    let sent = scene.posts();
    assert_eq!(sent.len(), 1);
    let fields = &sent[0]["fields"];
    assert_eq!(fields["summary"], "[Critical] Finding a");
    let uid = uid_of(ADMINISTRATOR, "a");
    let text = fields["description"].to_string();
    for said in [uid.as_str(), "Automation rule: page"] {
        assert!(text.contains(said), "{text}");
    }
    let connector = connector_arn(&scene.connector);
    for (kind, id) in [("ticket.asked", None), ("ticket.created", Some("OPS-7"))] {
        let (account, subject, body) = log(&scene, kind).pop().expect(kind);
        assert_eq!((account.as_str(), &subject), (ADMINISTRATOR, &connector));
        assert_eq!(
            (&body["finding"], &body["rule"]),
            (&json!(uid), &json!(rule))
        );
        assert_eq!(body["id"].as_str(), id);
    }
    // As after a call, nothing in the finding has changed.
    assert_eq!(finding(&scene.t, "a"), before);
}

#[test]
fn service_now_gets_an_incident() {
    let scene = Scene::service_now();
    rule(&scene, "Critical", &scene.connector);
    bring(&scene, &[critical("a", json!({}))]);
    let sent = scene.posts();
    assert_eq!(sent[0]["short_description"], "[Critical] Finding a");
    assert_eq!(sent.len(), 1);
    assert_eq!(log(&scene, "ticket.created")[0].2["id"], "INC0001");
}

#[test]
fn a_finding_that_has_a_ticket_of_the_connector_gets_no_other() {
    let scene = Scene::jira();
    rule(&scene, "Critical", &scene.connector);
    rule(&scene, "Critical", &scene.connector);
    let twice = critical("a", json!({"extra": 1}));
    bring(&scene, &[critical("a", json!({})), twice]);
    assert_eq!(scene.posts().len(), 1);
    // Opened again, it is new to the rules, and its ticket is there still.
    bring(&scene, &[resolved("a")]);
    bring(&scene, &[critical("a", json!({"extra": 2}))]);
    assert_eq!(scene.posts().len(), 0);
    // So with a ticket that a call has made, unless that was of the test finding.
    let mut dry = scene.input();
    dry.mode = Some(balefire_api::generated::securityhub::TicketCreationMode::Dryrun);
    dry.finding_metadata_uid = uid_of(ADMINISTRATOR, "d");
    scene.ticket(dry, None).unwrap();
    scene.ticket(scene.input(), None).unwrap();
    assert_eq!(scene.posts().len(), 2);
    rule(&scene, "Medium", &scene.connector);
    let seen = document("f", json!({"extra": 3}));
    bring(&scene, &[seen, document("d", json!({}))]);
    let sent = scene.posts();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0]["fields"]["summary"], "[Medium] Finding d");
    assert_eq!(log(&scene, "automation_rule.target_missed"), []);
}

#[test]
fn only_what_is_newly_to_be_done_gets_one() {
    let scene = Scene::jira();
    rule(&scene, "Critical", &scene.connector);
    // Its first ticket is refused, so a second one may come.
    scene.receiver.behave(Behaviour::Answers(400, "closed"));
    bring(&scene, &[critical("a", json!({})), resolved("over")]);
    assert_eq!(scene.posts().len(), 1);
    for (sent, posts) in [
        (critical("a", json!({"extra": 1})), 0),
        (resolved("a"), 0),
        (critical("a", json!({"extra": 2})), 1),
    ] {
        bring(&scene, &[sent]);
        assert_eq!(scene.posts().len(), posts);
    }
}

#[test]
fn jobs_that_run_twice_make_one_ticket() {
    let scene = Scene::jira();
    let uids = [scene.finding.clone(), scene.finding.clone()];
    for posts in [1, 0] {
        leave(&scene, ADMINISTRATOR, REGION, &uids);
        run(&scene);
        assert_eq!(scene.posts().len(), posts);
    }
    // An answer that was lost is found.
    rule(&scene, "Critical", &scene.connector);
    scene.receiver.behave(Behaviour::HangsUp);
    bring(&scene, &[critical("a", json!({}))]);
    scene.receiver.take();
    scene.receiver.behave(FOUND);
    scene.t.advance_ms(5_000);
    run(&scene);
    assert!(scene.posts().is_empty());
    let (_, _, body) = log(&scene, "ticket.created").pop().unwrap();
    assert_eq!(body["finding"], uid_of(ADMINISTRATOR, "a"));
}

#[test]
fn a_storm_gets_a_hundred_tickets_an_hour_and_the_rest_is_told() {
    let scene = Scene::jira();
    let rule = rule(&scene, "Critical", &scene.connector);
    for call in 0..3 {
        let from = call * 150;
        let storm: Vec<Value> = (from..from + 150)
            .map(|n| critical(&format!("f{n}"), json!({})))
            .collect();
        import(&scene.t, &storm);
    }
    run(&scene);
    assert_eq!(scene.posts().len(), 100);
    assert!(log(&scene, "automation_rule.target_missed").is_empty());
    // Another rule may have room for the rest, and has been asked by then.
    scene.t.advance_ms(AGAIN_MS);
    run(&scene);
    assert!(scene.posts().is_empty());
    let missed = log(&scene, "automation_rule.target_missed");
    let count = |missed: &(String, String, Value)| missed.2["findingCount"].as_u64().unwrap();
    assert_eq!(missed.iter().map(count).collect::<Vec<_>>(), [50, 150, 150]);
    assert_eq!(
        (&missed[0].0, &missed[0].1),
        (&ADMINISTRATOR.to_owned(), &rule)
    );
    assert_eq!(missed[0].2["findings"].as_array().unwrap().len(), 50);
    let expected = "127.0.0.1 took the credentials. Since 2026-01-01T00:00:10Z, 350 findings of the rule \
                    \"page\" got no ticket: a rule asks for at most 100 tickets in an hour.";
    assert_eq!(message(&scene, &scene.connector), expected);
    // An hour later there is room again; a day later the storm is forgotten.
    scene.t.advance_ms(HOUR_MS);
    bring(&scene, &[critical("late", json!({}))]);
    assert_eq!(scene.posts().len(), 1);
    assert_eq!(message(&scene, &scene.connector), expected);
    scene.t.advance_ms(24 * HOUR_MS);
    let expected = "127.0.0.1 took the credentials.";
    assert_eq!(message(&scene, &scene.connector), expected);
    assert_eq!(given_up(&scene.t), Vec::<String>::new());
}

#[test]
fn the_administrators_rules_cover_members_who_have_no_connectors() {
    let scene = Scene::jira();
    rule(&scene, "Critical", &scene.connector);
    let set = json!({"severity_id": 5, "severity": "Critical"});
    bring(&scene, &[document_of(MEMBER, "m", set)]);
    let sent = scene.posts();
    assert_eq!(sent.len(), 1);
    let text = sent[0]["fields"]["description"].to_string();
    assert!(text.contains(&format!("Account: {MEMBER}")), "{text}");
    // What a member's job says of it is the member's own, and so is what is of another region.
    let before = message(&scene, &scene.connector);
    let uids = [uid_of(MEMBER, "m"), scene.finding.clone()];
    leave(&scene, MEMBER, REGION, &uids);
    leave(&scene, ADMINISTRATOR, "us-east-1", &uids);
    run(&scene);
    assert!(scene.posts().is_empty());
    let missed = log(&scene, "automation_rule.target_missed");
    let mut whose: Vec<&str> = missed.iter().map(|missed| missed.0.as_str()).collect();
    whose.sort_unstable();
    assert_eq!(whose, [ADMINISTRATOR, MEMBER]);
    let reason = missed[0].2["reason"].as_str().unwrap();
    assert!(reason.contains("no such connector"), "{reason}");
    assert_eq!(message(&scene, &scene.connector), before);
}
