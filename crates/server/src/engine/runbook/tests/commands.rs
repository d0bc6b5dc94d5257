//! Runbooks that are commands of this machine.

use std::future::poll_fn;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::task::Poll;
use std::time::Duration;

use balefire_store::{DeadJobs, Error, PassingOver, Store, Tx};
use serde_json::json;
use tokio::task::JoinSet;

use super::plan;
use crate::configuration::Configuration;
use crate::incidents::runbook::{ENDED, START_FAILURE, STARTED};
use crate::testing::Testing;
use crate::testing::incident::{given_up, items, move_replication_set, open, record, told};

fn configured(script: &str, more: &str) -> Configuration {
    Configuration::parse(&format!(
        "[runbooks.commands.\"restart-shop\"]\ncommand = [\"/bin/sh\", \"-c\", '''{script}''']\n{more}"
    ))
    .unwrap()
}

#[test]
fn a_command_runs_and_its_output_is_told() {
    let configuration = configured("echo $BALEFIRE_PARAMETER_mode $BALEFIRE_INCIDENT_ARN", "");
    let t = Testing::configured(&configuration);
    let arn = open(&t, plan());
    t.step_with(&configuration);
    let started = &told(&t, &arn, STARTED)[0];
    let ended = &told(&t, &arn, ENDED)[0];
    assert_eq!(ended["status"], "Success");
    assert_eq!(ended["output"], format!("soft {arn}"));
    assert_eq!(ended["ssmExecutionArn"], started["ssmExecutionArn"]);
    let execution = started["ssmExecutionArn"].as_str().unwrap();
    assert!(execution.starts_with("arn:aws:ssm:eu-central-1:111111111111:automation-execution/"));
    let executions = json!([{"ssmExecutionArn": execution}]);
    assert_eq!(record(&t, &arn)["automationExecutions"], executions);
    assert_eq!(items(&t, &arn).len(), 1);
    assert!(given_up(&t).is_empty());
}

#[test]
fn one_that_hangs_is_killed_and_told() {
    let configuration = configured("echo waiting; sleep 60", "timeout = \"1s\"");
    let t = Testing::configured(&configuration);
    let arn = open(&t, plan());
    t.step_with(&configuration);
    let ended = &told(&t, &arn, ENDED)[0];
    assert_eq!(
        (&ended["status"], &ended["output"]),
        (&json!("TimedOut"), &json!("waiting"))
    );
}

#[test]
fn one_that_was_cut_short_is_told_and_run_again_only_by_a_person() {
    let directory = tempfile::TempDir::new().unwrap();
    let count = directory.path().join("count");
    let configuration = configured(&format!("echo x >> {}; sleep 3", count.display()), "");
    let t = Testing::configured(&configuration);
    let arn = open(&t, plan());
    let engine = t.engine(&configuration);
    t.wait(engine.step()).unwrap();
    // The process goes away while the command runs.
    t.wait(async {
        tokio::select! {
            _ = engine.step() => panic!("the command ended"),
            () = crate::testing::there(&count) => {}
        }
    });
    assert!(told(&t, &arn, ENDED).is_empty());
    t.advance_ms(3_600_000);
    t.step_with(&configuration);
    let runs = || std::fs::read_to_string(&count).unwrap().lines().count();
    assert_eq!(runs(), 1);
    let ended = &told(&t, &arn, ENDED)[0];
    assert_eq!(ended["status"], "Failed");
    assert!(ended["message"].to_string().contains("not run again"));
    assert_eq!(given_up(&t).len(), 1);

    let revive = |tx: &mut balefire_store::Tx<'_>| {
        let dead = tx.dead_jobs(&DeadJobs::default(), 1, None)?;
        tx.revive_jobs(&DeadJobs::default(), dead[0].due_ms)
    };
    assert_eq!(t.store.write_blocking("", revive).unwrap().unwrap(), 1);
    t.step_with(&configuration);
    assert_eq!(runs(), 2);
    assert_eq!(told(&t, &arn, ENDED)[1]["status"], "Success");
}

#[test]
fn an_attempt_that_comes_too_late_runs_nothing() {
    let directory = tempfile::TempDir::new().unwrap();
    let count = directory.path().join("count");
    let configuration = configured(&format!("echo x >> {}", count.display()), "");
    let t = Testing::configured(&configuration);
    let arn = open(&t, plan());
    let engine = t.engine(&configuration);
    t.wait(engine.step()).unwrap();
    let now_ms = t.now().0;
    let claim = move |tx: &mut balefire_store::Tx<'_>| {
        tx.claim_jobs(now_ms, "frozen", 1, 9, &PassingOver::default())
    };
    let late = t.store.write_blocking("", claim).unwrap().unwrap();
    t.advance_ms(2);
    t.step_with(&configuration);
    for job in late {
        t.wait(Arc::clone(&engine).run_job(job)).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&count).unwrap(), "x\n");
    assert_eq!(told(&t, &arn, ENDED).len(), 1);
    assert!(given_up(&t).is_empty());
}

/// The steps of an engine that go on, once its command has made a file.
fn begun(t: &Testing, configuration: &Configuration, file: &Path) -> JoinSet<Result<(), Error>> {
    let engine = t.engine(configuration);
    t.wait(engine.step()).unwrap();
    let mut running = JoinSet::new();
    t.wait(async {
        running.spawn(async move { engine.step().await.map(drop) });
        crate::testing::there(file).await;
    });
    running
}

#[test]
fn one_that_ends_while_the_replication_set_is_on_the_move_was_not_cut_short() {
    let directory = tempfile::TempDir::new().unwrap();
    let began = directory.path().join("began");
    let configuration = configured(&format!("touch {}; sleep 1", began.display()), "");
    let t = Testing::configured(&configuration);
    let arn = open(&t, plan());
    let running = begun(&t, &configuration, &began);
    move_replication_set(&t, 60_000);
    t.wait(running.join_all());
    for _ in 0..2 {
        t.advance_ms(60_000);
        t.step_with(&configuration);
    }
    let ended = told(&t, &arn, ENDED);
    assert_eq!((ended.len(), &ended[0]["status"]), (1, &json!("Success")));
    assert!(given_up(&t).is_empty());
}

#[test]
fn one_that_ends_while_the_store_has_no_room_is_told_all_the_same() {
    let directory = tempfile::TempDir::new().unwrap();
    let [began, goes] = ["began", "goes"].map(|name| directory.path().join(name));
    let script = format!(
        "touch {}; while [ ! -e {} ]; do sleep 0.05; done",
        began.display(),
        goes.display()
    );
    let configuration = configured(&script, "");
    let t = Testing::configured(&configuration);
    let arn = open(&t, plan());
    let running = begun(&t, &configuration, &began);
    let (release, held) = std::sync::mpsc::channel();
    let waiting = t.wait(fill(&t.store, held));
    std::fs::write(&goes, "").unwrap();
    t.wait(async { tokio::time::sleep(Duration::from_millis(500)).await });
    assert_eq!(running.len(), 1);
    assert!(told(&t, &arn, ENDED).is_empty());
    drop(release);
    t.wait(running.join_all());
    drop(waiting);
    let ended = told(&t, &arn, ENDED);
    assert_eq!((ended.len(), &ended[0]["status"]), (1, &json!("Success")));
}

#[test]
fn no_more_run_at_once_than_may() {
    let directory = tempfile::TempDir::new().unwrap();
    let lock = directory.path().join("lock");
    // Two at once would find each other's folder.
    let script = format!("mkdir {0} && sleep 0.2 && rmdir {0}", lock.display());
    let mut text = String::from("[runbooks]\nat_once = 1\n");
    text += &format!(
        "[runbooks.commands.\"restart-shop\"]\ncommand = [\"/bin/sh\", \"-c\", '''{script}''']\n"
    );
    let configuration = Configuration::parse(&text).unwrap();
    let t = Testing::configured(&configuration);
    let first = open(&t, plan());
    let plan = json!({"responsePlanArn": "arn:aws:ssm-incidents::111111111111:response-plan/shop"});
    let mut arns = vec![first];
    for _ in 0..3 {
        let started = t.call("ssm-incidents", "StartIncident", plan.clone());
        arns.push(
            started.unwrap()["incidentRecordArn"]
                .as_str()
                .unwrap()
                .into(),
        );
    }
    t.step_with(&configuration);
    for arn in &arns {
        assert_eq!(told(&t, arn, ENDED)[0]["status"], "Success");
    }
}

#[test]
fn only_what_is_listed_runs() {
    let configuration = configured("echo listed", "");
    let t = Testing::configured(&configuration);
    let mut other = plan();
    other["actions"][0]["ssmAutomation"]["documentName"] = "restart-shop2".into();
    let arn = open(&t, other);
    t.step_with(&configuration);
    assert!(told(&t, &arn, STARTED).is_empty());
    let failure = told(&t, &arn, START_FAILURE)[0]["message"].to_string();
    assert!(failure.contains("restart-shop2"), "{failure}");
}

type Writing = Pin<Box<dyn Future<Output = Result<Result<(), Error>, Error>>>>;

/// Keeps the writer busy until the other end of `held` goes, with as many writes waiting as may.
async fn fill(store: &Store, held: Receiver<()>) -> Vec<Writing> {
    let (begins, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
    let blocking = move |_: &mut Tx<'_>| {
        let _ = begins.send(());
        let _ = held.recv();
        Ok(())
    };
    let mut waiting: Vec<Writing> = Vec::new();
    let mut next = write(store, blocking);
    loop {
        match poll_fn(|context| Poll::Ready(next.as_mut().poll(context))).await {
            Poll::Pending => waiting.push(next),
            Poll::Ready(Err(Error::Busy { .. })) => return waiting,
            Poll::Ready(other) => panic!("{other:?}"),
        }
        if waiting.len() == 1 {
            has_begun.recv().await.unwrap();
        }
        next = write(store, |_| Ok(()));
    }
}

fn write(
    store: &Store,
    run: impl FnMut(&mut Tx<'_>) -> Result<(), Error> + Send + 'static,
) -> Writing {
    let store = store.clone();
    Box::pin(async move { store.write("", run).await })
}
