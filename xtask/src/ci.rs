//! Everything that must hold before a change is taken, in order, up to the first failure.

mod postgres;
pub mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{client_tools, codegen, conformance, coverage, tidy};
use postgres::Postgres;

/// How long a step took.
struct Timed {
    name: &'static str,
    took: Duration,
}

/// Runs all steps, and prints how long each took.
pub fn run(root: &Path) -> Result<()> {
    let mut steps = Vec::new();
    let outcome = all(root, &mut steps);
    println!("\n== times");
    for Timed { name, took } in &steps {
        println!("{:8.1} s  {name}", took.as_secs_f64());
    }
    let total: Duration = steps.iter().map(|step| step.took).sum();
    println!("{:8.1} s  in all", total.as_secs_f64());
    outcome?;
    println!("everything holds");
    Ok(())
}

fn all(root: &Path, steps: &mut Vec<Timed>) -> Result<()> {
    let mut step = |name: &'static str, work: &mut dyn FnMut() -> Result<()>| {
        println!("\n== {name}");
        let begun = Instant::now();
        let outcome = work().with_context(|| format!("the step `{name}` failed"));
        let took = begun.elapsed();
        steps.push(Timed { name, took });
        outcome
    };
    let mut postgres = None;
    let python = crate::target(root).join("venv/bin/python");
    step("tools", &mut || tools::install(root))?;
    step("format", &mut || {
        must(cargo(root).args(["fmt", "--all", "--check"]))
    })?;
    step("tidy", &mut || tidy::check(root))?;
    step("coverage table", &mut || coverage::run(root, true))?;
    step("generated code", &mut || codegen::check_all(root))?;
    step("dependencies", &mut || dependencies(root))?;
    step("clippy", &mut || {
        let arguments = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ];
        must(cargo(root).args(arguments))
    })?;
    step("PostgreSQL", &mut || {
        postgres = Some(Postgres::start()?);
        Ok(())
    })?;
    let url = postgres.as_ref().map(Postgres::url).unwrap_or_default();
    step("tests", &mut || {
        let mut tests = cargo(root);
        // With CI set, no test is skipped because PostgreSQL is missing.
        must(
            tests
                .args(["test", "--workspace"])
                .env("TEST_POSTGRES", &url)
                .env("CI", "true"),
        )
    })?;
    step("protocol suite", &mut || protocol_suite(root))?;
    step("black box", &mut || black_box(root, &python, &url))?;
    step("client tools", &mut || client_tools::run_quick(root))
}

fn dependencies(root: &Path) -> Result<()> {
    let deny = tools::cargo_deny(root);
    let check = |what: &[&str]| {
        let mut command = Command::new(&deny);
        must(
            command
                .current_dir(root)
                .args(["check", "--hide-inclusion-graph"])
                .args(what),
        )
    };
    check(&["bans", "licenses", "sources"])?;
    // The database of advisories is a repository elsewhere, which not every machine can reach.
    let fetched = Command::new("timeout")
        .arg("60")
        .arg(&deny)
        .args(["fetch", "db"])
        .current_dir(root)
        .output()
        .context("running cargo-deny")?;
    if fetched.status.success() {
        return check(&["advisories"]);
    }
    println!("skipped: advisories, since their database cannot be fetched from here");
    Ok(())
}

fn protocol_suite(root: &Path) -> Result<()> {
    match shared(root).map(|shared| shared.join("conformance/restjson1")) {
        Some(suite) if suite.is_dir() => conformance::run(root, &suite),
        _ => {
            println!("skipped: the suite is not here; name its parent folder by BALEFIRE_SHARED");
            Ok(())
        }
    }
}

/// The folder of real data and suites, which is not part of the tree.
fn shared(root: &Path) -> Option<PathBuf> {
    match std::env::var_os("BALEFIRE_SHARED") {
        Some(folder) => Some(folder.into()),
        None => Some(root.parent()?.join("shared")).filter(|folder| folder.is_dir()),
    }
}

fn black_box(root: &Path, python: &Path, postgres_url: &str) -> Result<()> {
    let mut tests = pytest(root, python)?;
    tests
        .arg("tests/black_box")
        .env("TEST_POSTGRES", postgres_url)
        .env("CI", "true");
    must(&mut tests)
}

/// Python's tests, with the server that they start just built.
pub fn pytest(root: &Path, python: &Path) -> Result<Command> {
    must(cargo(root).args(["build", "--package", "balefire"]))?;
    let programs = python
        .parent()
        .context("the Python environment has no folder")?;
    let path = std::env::var("PATH").unwrap_or_default();
    let mut tests = Command::new(python);
    tests
        .args(["-m", "pytest"])
        .current_dir(root)
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("BALEFIRE_BIN", crate::target(root).join("debug/balefire"));
    Ok(tests)
}

fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root);
    command
}

/// Runs a command that must succeed.
pub fn must(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let status = command
        .status()
        .with_context(|| format!("running {shown}"))?;
    if !status.success() {
        bail!("{shown} ended with {status}");
    }
    Ok(())
}
