//! A command as a runbook: only what is listed, without a shell, in bounded time.

mod group;
mod tail;
#[cfg(test)]
mod tests;

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;
use tokio::process::Child;

use super::super::{Fault, Reply};
use super::Run;
use group::Group;
use tail::Tail;

/// `[runbooks.commands."DOCUMENT"]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The program's absolute path, and its arguments.
    pub command: Vec<String>,
    /// How long it may run: `10m`, `90s`.
    #[serde(default = "ten_minutes")]
    pub timeout: SignedDuration,
}

fn ten_minutes() -> SignedDuration {
    SignedDuration::from_mins(10)
}

pub struct Command {
    program: PathBuf,
    arguments: Vec<String>,
    timeout: Duration,
}

impl Command {
    pub fn new(section: &Section) -> Result<Command> {
        let (program, arguments) = section
            .command
            .split_first()
            .context("command is empty: give the program's absolute path and its arguments")?;
        let program = PathBuf::from(program);
        ensure!(
            program.is_absolute(),
            "command begins with {}: give the program's absolute path, such as /usr/local/bin/restart",
            program.display()
        );
        let timeout = Duration::try_from(section.timeout).unwrap_or_default();
        ensure!(
            !timeout.is_zero(),
            "timeout must be longer than nothing, such as 10m"
        );
        Ok(Command {
            program,
            arguments: arguments.to_vec(),
            timeout,
        })
    }

    /// Why it could not be started now. It may be there when it is needed.
    pub fn obstacle(&self) -> Option<String> {
        let program = self.program.display();
        match self.program.metadata() {
            Err(error) => Some(format!("{program} cannot be started: {error}")),
            Ok(found) if !found.is_file() => Some(format!("{program} is no file")),
            Ok(found) if found.permissions().mode() & 0o111 == 0 => {
                Some(format!("{program} cannot be started: it is not executable"))
            }
            Ok(_) => None,
        }
    }

    /// Runs it to its end, which is when it has ended and nothing holds its output any more.
    pub async fn run(&self, run: &Run) -> Result<Reply, Fault> {
        let variables = variables(run).map_err(Fault::lasting)?;
        let mut child = self.spawn(variables).map_err(|error| {
            let program = self.program.display();
            Fault::lasting(format!("{program} cannot be started: {error}"))
        })?;
        // Declared after the child, so that it goes first: while the leader still has its id.
        let group = Group::of(&child);
        let tail = Tail::default();
        match tokio::time::timeout(self.timeout, ended(&mut child, &tail)).await {
            Ok(status) => {
                group.spare();
                let status = status.map_err(|error| Fault::lasting(error.to_string()))?;
                Ok(told(status, &tail))
            }
            Err(_) => {
                drop(group);
                let _ = child.wait().await;
                let limit = SignedDuration::try_from(self.timeout).unwrap_or_default();
                Ok(json!({
                    "status": "TimedOut",
                    "message": format!("killed, with all that it had started, after {limit:#}"),
                    "output": tail.text(),
                }))
            }
        }
    }

    fn spawn(&self, variables: Vec<(String, String)>) -> std::io::Result<Child> {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs(variables)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
    }
}

/// The output first: until it is closed the leader is not waited for, and so its group keeps its id.
async fn ended(child: &mut Child, tail: &Tail) -> std::io::Result<ExitStatus> {
    let (out, err) = (child.stdout.take(), child.stderr.take());
    tokio::join!(tail.read(out), tail.read(err));
    child.wait().await
}

fn told(status: ExitStatus, tail: &Tail) -> Reply {
    json!({
        "status": if status.success() { "Success" } else { "Failed" },
        "message": status.to_string(),
        "output": tail.text(),
    })
}

/// What the command finds in its environment. The prefix keeps parameters apart from what Balefire says.
fn variables(run: &Run) -> Result<Vec<(String, String)>, String> {
    let own = [
        ("INCIDENT_ARN", &run.incident_arn),
        ("EXECUTION_ARN", &run.execution_arn),
        ("ACCOUNT", &run.account),
        ("REGION", &run.region),
    ];
    let own = own.map(|(name, value)| (format!("BALEFIRE_{name}"), value.clone()));
    let mut variables = Vec::from(own);
    for (name, values) in &run.parameters {
        let well_named = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if name.is_empty() || !well_named {
            return Err(format!(
                "the parameter '{name}' cannot be a variable: only letters, digits and _ can be in its name"
            ));
        }
        let value = values.join("\n");
        if value.contains('\0') {
            return Err(format!(
                "the parameter '{name}' holds NUL, which no variable can"
            ));
        }
        variables.push((format!("BALEFIRE_PARAMETER_{name}"), value));
    }
    Ok(variables)
}
