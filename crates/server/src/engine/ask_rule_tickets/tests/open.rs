//! Findings whose ticket is open when a rule wants one: whoever else asked may get none, or may have room.

use super::*;

const AWAY: Behaviour = Behaviour::Answers(503, "busy");
const BACK: Behaviour = Behaviour::Routes(&[
    ("GET /hook/rest/api/3/search/jql", 200, r#"{"issues":[]}"#),
    ("POST /hook/rest/api/3/issue", 201, r#"{"key":"OPS-8"}"#),
]);

/// A rule wants the ticket of a finding while a call's is under way. Whether the call got one, and how many
/// tickets were made after that.
fn while_a_call_waits(scene: &Scene, then: Behaviour, after_ms: i64) -> (bool, usize) {
    scene.receiver.behave(AWAY);
    let uids = [scene.finding.clone()];
    leave_in(500, scene, (ADMINISTRATOR, REGION), &uids);
    let jobs = async {
        scene.job().await;
        scene.t.advance_ms(500);
        scene.job().await;
        scene.receiver.behave(then);
        scene.t.advance_ms(after_ms);
        scene.job().await;
    };
    let has_one = scene.ticket_while(scene.input(), jobs).is_ok();
    scene.posts();
    scene.receiver.behave(BACK);
    for _ in 0..3 {
        scene.t.advance_ms(AGAIN_MS);
        run(scene);
    }
    (has_one, scene.posts().len())
}

#[test]
fn a_call_that_is_refused_leaves_the_rules_ticket_to_be_made() {
    let scene = Scene::jira();
    assert_eq!(while_a_call_waits(&scene, AWAY, 20_000), (false, 1));
    let (_, _, body) = log(&scene, "ticket.created").pop().unwrap();
    assert_eq!(
        (&body["finding"], &body["rule"]),
        (&json!(scene.finding), &json!("rule"))
    );
    assert_eq!(given_up(&scene.t), Vec::<String>::new());
}

#[test]
fn a_call_that_gets_its_ticket_leaves_no_room_for_another() {
    let scene = Scene::jira();
    assert_eq!(while_a_call_waits(&scene, BACK, 2_000), (true, 0));
    assert_eq!(log(&scene, "ticket.created").len(), 1);
    assert_eq!(log(&scene, "automation_rule.target_missed"), []);
}

#[test]
fn what_one_rule_leaves_out_and_another_has_made_is_not_told() {
    let scene = Scene::jira();
    let first: Vec<Value> = (0..60)
        .map(|n| critical(&format!("f{n}"), json!({})))
        .collect();
    rule(&scene, "Critical", &scene.connector);
    bring(&scene, &first);
    rule(&scene, "Critical", &scene.connector);
    let more: Vec<Value> = (60..180)
        .map(|n| critical(&format!("f{n}"), json!({})))
        .collect();
    bring(&scene, &more);
    scene.t.advance_ms(AGAIN_MS);
    run(&scene);
    // Of one there were forty places left, and of the other a hundred.
    assert_eq!(scene.posts().len(), 180);
    assert_eq!(log(&scene, "automation_rule.target_missed"), []);
    assert!(!message(&scene, &scene.connector).contains("got no ticket"));
}
