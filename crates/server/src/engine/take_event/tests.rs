//! Events of one call: which are taken in in their order, and what becomes of the others where one cannot be.

use std::sync::Arc;

use balefire_store::DeadJobs;
use serde_json::{Value, json};

use super::super::open_incidents::tests as opening;
use crate::configuration::Configuration;
use crate::testing::incident::move_replication_set;
use crate::testing::{ADMINISTRATOR, REGION, Testing};

const MINUTE_MS: i64 = 60_000;

/// Sends events of stacks in one call: the stack, its status, and the minute at which it came to it.
fn send(t: &Testing, events: &[(&str, &str, i64)]) {
    let entries = events.iter().map(|(stack, status, minute)| {
        let detail = json!({
            "stack-id": stack_arn(stack), "status-details": {"status": status},
        });
        json!({
            "Source": "aws.cloudformation", "DetailType": "CloudFormation Stack Status Change",
            "Time": (t.now().0 + minute * MINUTE_MS) / 1000, "Detail": detail.to_string(),
        })
    });
    let input = json!({"Entries": entries.collect::<Vec<_>>()});
    let put = t.call("events", "PutEvents", input).unwrap();
    assert_eq!(put["FailedEntryCount"], 0, "{put}");
}

fn stack_arn(stack: &str) -> String {
    format!("arn:aws:cloudformation:{REGION}:{ADMINISTRATOR}:stack/{stack}/1")
}

/// When the updates of a stack began and ended, in minutes from now on.
fn updates(t: &Testing, stack: &str) -> Vec<(i64, Option<i64>)> {
    let (resource, now_ms) = (stack_arn(stack), t.now().0);
    let read = t.store.read_blocking(move |tx| {
        let sql =
            "SELECT started_ms, ended_ms FROM deployment WHERE resource = $1 ORDER BY started_ms";
        tx.query(sql, &[resource.as_str().into()])
    });
    let minutes = |ms: i64| (ms - now_ms) / MINUTE_MS;
    let rows = read.unwrap().unwrap();
    let update = |row: &balefire_store::Row| {
        let ended_ms = row.optional_int(1).unwrap();
        (minutes(row.int(0).unwrap()), ended_ms.map(minutes))
    };
    rows.iter().map(update).collect()
}

const TWICE: [(&str, &str, i64); 4] = [
    ("shop", "UPDATE_IN_PROGRESS", 1),
    ("shop", "UPDATE_COMPLETE", 2),
    ("shop", "UPDATE_IN_PROGRESS", 3),
    ("shop", "UPDATE_COMPLETE", 4),
];

#[test]
fn whatever_job_runs_first_deployments_of_one_call_are_taken_in_in_their_order() {
    let t = Testing::new();
    send(&t, &TWICE);
    let engine = t.engine(&Configuration::default());
    let mut jobs = t.wait(engine.claim(9, 9)).unwrap();
    jobs.rotate_right(1);
    for job in jobs {
        t.wait(Arc::clone(&engine).run_job(job)).unwrap();
    }
    t.step();
    assert_eq!(updates(&t, "shop"), [(1, Some(2)), (3, Some(4))]);
    assert_eq!(t.count("job"), 0);
}

#[test]
fn each_event_of_a_call_opens_incidents_though_these_have_to_wait() {
    let t = opening::ready();
    opening::rule(&t, "a", opening::ANY, &["plan"]);
    move_replication_set(&t, 60_000);
    send(&t, &TWICE);
    t.step();
    assert_eq!(updates(&t, "shop").len(), 2, "deployments wait for nothing");
    t.advance_ms(60_000);
    t.step();
    let incident = opening::only(&t);
    assert_eq!(opening::triggers(&t, &incident).len(), 4);
}

#[test]
fn an_event_that_cannot_be_taken_in_loses_no_other_of_its_call() {
    let t = Testing::new();
    let refuse = format!(
        "CREATE TRIGGER refuse BEFORE INSERT ON deployment WHEN NEW.resource = '{}' \
         BEGIN SELECT RAISE(ABORT, 'never'); END",
        stack_arn("odd")
    );
    let refuse = t
        .store
        .write_blocking("", move |tx| tx.execute(&refuse, &[]));
    refuse.unwrap().unwrap();
    let odd = ("odd", "UPDATE_IN_PROGRESS", 0);
    send(&t, &[&[odd][..], &TWICE[..2]].concat());
    for _ in 0..40 {
        t.step();
        t.advance_ms(60 * MINUTE_MS);
    }
    assert_eq!(t.count("deployment"), 1);
    let dead = t
        .store
        .read_blocking(|tx| tx.dead_jobs(&DeadJobs::default(), 9, None));
    let dead = dead.unwrap().unwrap();
    assert_eq!(dead.len(), 1);
    let event: Value = serde_json::from_slice(&dead[0].payload).unwrap();
    assert_eq!(event["detail"]["stack-id"], stack_arn("odd"));
    assert!(dead[0].last_error.contains("never"), "{dead:?}");
}
