//! Of an opening that fails nothing stays.

use balefire_store::Tx;

use super::*;

const TOPIC: &str = "arn:aws:sns:eu-central-1:111111111111:on-call";

/// How many entries of a kind the change log has.
fn logged(t: &Testing, kind: &'static str) -> i64 {
    let read =
        move |tx: &mut Tx<'_>| tx.query("SELECT COUNT(*) FROM log WHERE kind = $1", &[kind.into()]);
    let rows = t.store.read_blocking(read).unwrap().unwrap();
    rows[0].int(0).unwrap()
}

#[test]
fn nobody_is_told_of_an_incident_that_could_not_be_opened() {
    let t = ready();
    let template = json!({
        "title": "Down", "impact": 2, "notificationTargets": [{"snsTopicArn": TOPIC}],
    });
    let chat = json!({"chatbotSns": [format!("{TOPIC}-chat")]});
    let input = json!({"name": "told", "incidentTemplate": template, "chatChannel": chat});
    t.call("ssm-incidents", "CreateResponsePlan", input)
        .unwrap();
    rule(&t, "a", ANY, &["told"]);
    rule(&t, "b", ANY, &["plan"]);
    // As a version before this one took it.
    rewrite(&t, "response_plan", "told", ["-chat", r"\u0000"]);
    take(&t, other_event(&[]));
    assert!(only(&t)["arn"].as_str().unwrap().contains("/plan/"));
    assert_eq!(
        (
            logged(&t, "incident.opened"),
            logged(&t, "rule.target_missed")
        ),
        (1, 1)
    );
    assert_eq!(t.count("job"), 0, "no topic is told");
}
