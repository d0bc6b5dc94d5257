//! Jobs that call the outside: what is tried again, what is given up, and what no other job waits for.

use std::sync::Arc;

use balefire_store::{DeadJobs, Job, PassingOver};
use serde_json::{Value, json};

use super::Engine;
use crate::configuration::Configuration;
use crate::testing::Testing;
use crate::testing::receiver::{Behaviour, Receiver};

const SERVICE: &str = "ssm-incidents";
const TOPIC: &str = "arn:aws:sns:eu-central-1:111111111111:on-call";
const CHAT: &str = "arn:aws:sns:eu-central-1:111111111111:chat";

/// A plan that tells two topics, both sent to the receiver.
fn with_plan(behaviour: Behaviour) -> (Testing, Receiver, Configuration, String) {
    let t = Testing::new();
    let receiver = t.wait(Receiver::start(behaviour));
    let configuration = Configuration::parse(&format!(
        "[outside]\nallow = [\"127.0.0.0/8\"]\n\
         [topics.\"{TOPIC}\"]\nto = \"webhook\"\nurl = \"{url}\"\n\
         [topics.\"{CHAT}\"]\nto = \"webhook\"\nurl = \"{url}\"\n",
        url = receiver.url
    ));
    let regions = json!({"regions": {"eu-central-1": {}}});
    t.call(SERVICE, "CreateReplicationSet", regions).unwrap();
    let plan = json!({
        "name": "shop",
        "chatChannel": {"chatbotSns": [CHAT, TOPIC]},
        "incidentTemplate": {
            "title": "Shop is down",
            "impact": 1,
            "notificationTargets": [{"snsTopicArn": TOPIC}],
        },
    });
    let made = t.call(SERVICE, "CreateResponsePlan", plan).unwrap();
    let arn = made["arn"].as_str().unwrap().to_owned();
    t.step();
    (t, receiver, configuration.unwrap(), arn)
}

fn start(t: &Testing, plan: &str) -> String {
    let started = t
        .call(SERVICE, "StartIncident", json!({"responsePlanArn": plan}))
        .unwrap();
    started["incidentRecordArn"].as_str().unwrap().to_owned()
}

/// One turn at the present time.
fn turn(t: &Testing, engine: &Arc<Engine>) {
    t.wait(engine.step()).unwrap();
}

fn dead(t: &Testing) -> Vec<Job> {
    t.store
        .read_blocking(|tx| tx.dead_jobs(&DeadJobs::default(), 10, None))
        .unwrap()
        .unwrap()
}

#[test]
fn each_topic_is_told_once_and_of_what_happened() {
    let (t, receiver, configuration, plan) = with_plan(Behaviour::Answers(200, ""));
    let arn = start(&t, &plan);
    t.step_with(&configuration);
    let told = receiver.take();
    assert_eq!(told.len(), 2);
    let event = told[0].json();
    assert_eq!(event["detail-type"], "SSM Incident Start");
    assert_eq!(event["resources"], json!([arn]));
    assert_eq!(event["account"], "111111111111");
    assert_eq!(event["time"], "2026-01-01T00:00:00Z");
    assert_ne!(told[0].header("webhook-id"), told[1].header("webhook-id"));

    let resolved = json!({"arn": arn, "status": "RESOLVED"});
    t.call(SERVICE, "UpdateIncidentRecord", resolved).unwrap();
    t.step_with(&configuration);
    let told: Vec<Value> = receiver.take().iter().map(|told| told.json()).collect();
    assert_eq!(told.len(), 2);
    let changed = &told[0]["detail"]["modifiedAttributes"][0];
    assert_eq!(
        changed,
        &json!({"attributeName": "status", "newValue": "RESOLVED"})
    );
}

#[test]
fn what_may_pass_is_tried_again_with_the_same_id() {
    let (t, receiver, configuration, plan) = with_plan(Behaviour::Answers(503, "busy"));
    start(&t, &plan);
    let engine = t.engine(&configuration);
    turn(&t, &engine);
    let first = receiver.take();
    assert_eq!(first.len(), 2);
    turn(&t, &engine);
    assert!(receiver.take().is_empty(), "not before its time");
    receiver.behave(Behaviour::Answers(200, ""));
    t.advance_ms(60_000);
    turn(&t, &engine);
    let ids = |told: &[crate::testing::receiver::Received]| {
        let mut ids: Vec<String> = told
            .iter()
            .map(|told| told.header("webhook-id").to_owned())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&receiver.take()), ids(&first));
    t.advance_ms(86_400_000);
    turn(&t, &engine);
    assert!(receiver.take().is_empty() && dead(&t).is_empty());
}

#[test]
fn what_no_attempt_can_mend_is_dead_and_listed() {
    let (t, receiver, configuration, plan) = with_plan(Behaviour::Answers(403, "who are you"));
    start(&t, &plan);
    t.step_with(&configuration);
    assert_eq!(receiver.take().len(), 2);
    let buried = dead(&t);
    assert_eq!(buried.len(), 2);
    assert!(
        buried[0].last_error.contains("who are you"),
        "{:?}",
        buried[0]
    );

    start(&t, &plan);
    t.step();
    let unset = dead(&t);
    assert_eq!(unset.len(), 4);
    assert!(
        unset[3].last_error.contains("nothing is set for"),
        "{:?}",
        unset[3]
    );
}

#[test]
fn a_job_whose_lease_ran_out_leaves_nothing_of_its_effect() {
    let (t, receiver, configuration, plan) = with_plan(Behaviour::Answers(200, ""));
    start(&t, &plan);
    let taken = t.store.write_blocking("", |tx| {
        tx.claim_jobs(i64::MAX / 2, "other", 1, 9, &PassingOver::default())
    });
    assert_eq!(taken.unwrap().unwrap().len(), 2);
    // The other holds the jobs, so nothing is due here.
    turn(&t, &t.engine(&configuration));
    assert!(receiver.take().is_empty());
}

#[test]
fn a_job_that_ends_every_process_is_buried_at_last() {
    let (t, receiver, configuration, plan) = with_plan(Behaviour::Answers(200, ""));
    start(&t, &plan);
    for _ in 0..25 {
        // Whoever has it comes to no end, and its lease runs out.
        let now_ms = t.now().0;
        let claim = move |tx: &mut balefire_store::Tx<'_>| {
            tx.claim_jobs(now_ms, "gone", 1000, 9, &PassingOver::default())
        };
        assert_eq!(t.store.write_blocking("", claim).unwrap().unwrap().len(), 2);
        t.advance_ms(1001);
    }
    t.step_with(&configuration);
    assert!(receiver.take().is_empty());
    let buried = dead(&t);
    assert_eq!(buried.len(), 2);
    assert!(
        buried[0].last_error.contains("without a word"),
        "{:?}",
        buried[0]
    );
}

#[test]
fn what_is_done_inside_waits_for_no_call() {
    let t = Testing::new();
    let receiver = t.wait(Receiver::start(Behaviour::Hangs));
    let topic = |number: usize| format!("arn:aws:sns:eu-central-1:111111111111:t{number}");
    let sections = (0..9).map(|number| {
        let (topic, url) = (topic(number), &receiver.url);
        format!("[topics.\"{topic}\"]\nto = \"webhook\"\nurl = \"{url}\"\n")
    });
    let outside = "[outside]\nallow = [\"127.0.0.0/8\"]\n";
    let configuration = outside.to_owned() + &sections.collect::<String>();
    let configuration = Configuration::parse(&configuration).unwrap();
    let regions = json!({"regions": {"eu-central-1": {}}});
    t.call(SERVICE, "CreateReplicationSet", regions).unwrap();
    let targets: Vec<Value> = (0..9)
        .map(|number| json!({"snsTopicArn": topic(number)}))
        .collect();
    let template = json!({"title": "Down", "impact": 1, "notificationTargets": targets});
    let plan = json!({"name": "shop", "incidentTemplate": template});
    let made = t.call(SERVICE, "CreateResponsePlan", plan).unwrap();
    t.step();
    for _ in 0..8 {
        start(&t, made["arn"].as_str().unwrap());
    }
    let engine = t.engine(&configuration);
    let mut running = tokio::task::JoinSet::new();
    t.wait(async { while engine.turn(&mut running).await.unwrap() > 0 {} });
    assert_eq!(
        running.len(),
        super::JOBS_AT_ONCE,
        "none of them comes back"
    );
    let detail = r#"{"id": "1", "service": "shop", "status": "started"}"#;
    let entry = json!({"Source": "ci", "DetailType": "Deployment State Change", "Detail": detail});
    t.call("events", "PutEvents", json!({"Entries": [entry]}))
        .unwrap();
    assert_eq!(t.wait(engine.turn(&mut running)).unwrap(), 1);
    let ended = t.wait(running.join_next());
    ended.unwrap().unwrap().unwrap();
    assert_eq!(t.count("deployment"), 1);
}

#[test]
fn long_jobs_of_a_kind_run_one_after_the_other() {
    let t = Testing::new();
    for number in 0..3 {
        let arn = format!("arn:aws:lambda:eu-central-1:111111111111:function:f{number}");
        crate::inspector::fixture::scan(
            &t,
            &arn,
            crate::inspector::fixture::sbom(&[("anvil", "1")]),
        );
    }
    let engine = t.engine(&Configuration::default());
    let mut running = tokio::task::JoinSet::new();
    // Two kinds: what was found goes to the inventory and to Security Hub.
    let mut begun = Vec::new();
    loop {
        begun.push(t.wait(engine.turn(&mut running)).unwrap());
        match t.wait(running.join_next()) {
            Some(ended) => ended.unwrap().unwrap(),
            None => break,
        }
    }
    assert_eq!(begun.iter().sum::<usize>(), 6, "{begun:?}");
    assert!(begun.iter().all(|count| *count <= 2), "{begun:?}");
    t.step();
    assert_eq!(t.count("job"), 0);
}

#[test]
fn a_client_token_counts_for_a_day_and_all_that_are_older_are_dropped() {
    const DAY_MS: i64 = 86_400_000;
    let t = Testing::new();
    let regions = json!({"regions": {"eu-central-1": {}}});
    t.call(SERVICE, "CreateReplicationSet", regions).unwrap();
    let template = json!({"title": "Down", "impact": 1});
    let plan = json!({"name": "shop", "incidentTemplate": template});
    let plan = t.call(SERVICE, "CreateResponsePlan", plan).unwrap()["arn"].clone();
    let start = || {
        let input = json!({"responsePlanArn": plan, "clientToken": "t"});
        t.call(SERVICE, "StartIncident", input).unwrap()["incidentRecordArn"].clone()
    };
    let first = start();
    t.advance_ms(DAY_MS);
    assert_eq!(start(), first);
    t.advance_ms(1);
    let second = start();
    assert_ne!(second, first);
    t.advance_ms(DAY_MS);
    assert_eq!(start(), second, "its day began when it was used again");
    let sql = "INSERT INTO client_token (account, operation, token, request, output, at_ms, version) \
               VALUES ('', 'o', $1, x'', x'', 0, 1)";
    let fill = move |tx: &mut balefire_store::Tx<'_>| -> Result<(), balefire_store::Error> {
        for number in 0..2500 {
            tx.execute(sql, &[format!("{number}").into()])?;
        }
        Ok(())
    };
    t.store.write_blocking("", fill).unwrap().unwrap();
    let engine = t.engine(&Configuration::default());
    t.wait(engine.drop_expired()).unwrap();
    assert_eq!(t.count("client_token"), 1);
}
