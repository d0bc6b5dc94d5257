//! Commands that do well, fail, hang, and leave others behind.

use std::time::{Duration, Instant};

use super::{Command, Section};
use crate::outside::runbook::Run;
use crate::outside::{Fault, Reply};

fn command(words: &[&str], timeout: &str) -> Command {
    let section = Section {
        command: words.iter().map(ToString::to_string).collect(),
        timeout: timeout.parse().expect("a duration"),
    };
    Command::new(&section).expect("a command")
}

fn run(parameter: &str, value: &str) -> Run {
    Run {
        document: "restart".into(),
        parameters: [(parameter.to_owned(), vec![value.to_owned()])].into(),
        incident_arn: "arn:incident".into(),
        execution_arn: "arn:execution".into(),
        account: "111111111111".into(),
        region: "eu-central-1".into(),
        interrupted: false,
    }
}

async fn shell(script: &str, timeout: &str) -> Result<Reply, Fault> {
    let command = command(&["/bin/sh", "-c", script], timeout);
    command.run(&run("mode", "soft")).await
}

#[tokio::test]
async fn it_sees_what_it_is_given_and_nothing_else() {
    let told = shell("env | sort; pwd; cat", "20s")
        .await
        .expect("an outcome");
    assert_eq!(told["status"], "Success");
    let output = told["output"].as_str().expect("a text");
    let names: Vec<&str> = output
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name)
        // The shell's own.
        .filter(|name| !matches!(*name, "PWD" | "SHLVL" | "_" | "OLDPWD" | "PATH"))
        .collect();
    let given = [
        "BALEFIRE_ACCOUNT",
        "BALEFIRE_EXECUTION_ARN",
        "BALEFIRE_INCIDENT_ARN",
        "BALEFIRE_PARAMETER_mode",
        "BALEFIRE_REGION",
    ];
    assert_eq!(names, given);
    assert!(output.contains("BALEFIRE_PARAMETER_mode=soft\n") && output.ends_with("\n/"));
}

#[tokio::test]
async fn how_it_failed_is_told() {
    let told = shell("echo out; echo err >&2; exit 3", "20s").await;
    let told = told.expect("an outcome");
    assert_eq!(told["status"], "Failed");
    assert_eq!(told["message"], "exit status: 3");
    let output = told["output"].as_str().expect("a text");
    assert!(output.contains("out") && output.contains("err"), "{output}");
    let told = shell("kill -9 $$", "20s").await.expect("an outcome");
    assert!(told["message"].to_string().contains("signal: 9"), "{told}");
}

#[tokio::test]
async fn one_that_hangs_is_killed_with_what_it_started() {
    let directory = tempfile::TempDir::new().expect("a directory");
    let mark = directory.path().join("mark");
    let began = Instant::now();
    for (script, said) in [
        ("echo waiting; sleep 60", "waiting"),
        // The leader is gone; what it left holds the output.
        ("echo left; sleep 60 & exit 0", "left"),
        // The output is closed; the leader goes on.
        ("echo closed; exec >&- 2>&-; sleep 60", "closed"),
        ("(sleep 3; touch MARK) & echo mark; wait", "mark"),
    ] {
        let script = script.replace("MARK", mark.to_str().expect("a path"));
        let told = shell(&script, "1s").await.expect("an outcome");
        assert_eq!(told["status"], "TimedOut", "{script}");
        assert!(told["message"].to_string().contains("1s"), "{told}");
        assert_eq!(told["output"], said);
    }
    assert!(began.elapsed() < Duration::from_secs(40));
    let left = shell("sleep 3", "20s").await.expect("an outcome");
    assert_eq!(left["status"], "Success");
    assert!(!mark.exists(), "what the command had started lives on");
}

#[tokio::test]
async fn one_that_is_dropped_is_killed() {
    let directory = tempfile::TempDir::new().expect("a directory");
    let mark = directory.path().join("mark");
    let began = directory.path().join("began");
    let script = format!(
        "(sleep 1; touch {}) & touch {}; wait",
        mark.display(),
        began.display()
    );
    tokio::select! {
        _ = shell(&script, "60s") => panic!("the command ended"),
        () = crate::testing::there(&began) => {}
    }
    shell("sleep 2", "20s").await.expect("an outcome");
    assert!(!mark.exists(), "what the command had started lives on");
}

#[tokio::test]
async fn what_cannot_run_says_why() {
    let missing = command(&["/nonexistent/restart"], "1s");
    let fault = missing
        .run(&run("mode", "soft"))
        .await
        .expect_err("a fault");
    assert!(fault.lasting && fault.reason.contains("/nonexistent/restart"));
    let truth = command(&["/bin/true"], "20s");
    for (name, value) in [("a-b", "x"), ("a=b", "x"), ("", "x"), ("ok", "x\0y")] {
        let fault = truth.run(&run(name, value)).await.expect_err(name);
        assert!(fault.lasting && fault.reason.contains(name), "{fault}");
    }
}

#[test]
fn only_absolute_programs_with_time_are_listed() {
    for (words, timeout) in [
        (&[][..], "1m"),
        (&["restart"][..], "1m"),
        (&["/bin/true"][..], "0s"),
        (&["/bin/true"][..], "-5s"),
    ] {
        let section = Section {
            command: words.iter().map(ToString::to_string).collect(),
            timeout: timeout.parse().expect("a duration"),
        };
        assert!(Command::new(&section).is_err(), "{words:?} {timeout}");
    }
}

#[test]
fn a_program_that_is_not_there_is_told_before_it_is_needed() {
    let directory = tempfile::TempDir::new().expect("a directory");
    let plain = directory.path().join("plain");
    std::fs::write(&plain, "").expect("a write");
    let text = |path: &std::path::Path| path.display().to_string();
    for (program, said) in [
        ("/bin/sh".to_owned(), None),
        (text(&directory.path().join("nope")), Some("No such file")),
        (text(directory.path()), Some("is no file")),
        (text(&plain), Some("not executable")),
    ] {
        let obstacle = command(&[&program], "1s").obstacle();
        assert_eq!(
            obstacle.is_some(),
            said.is_some(),
            "{program}: {obstacle:?}"
        );
        assert!(
            obstacle
                .unwrap_or_default()
                .contains(said.unwrap_or_default())
        );
    }
}
