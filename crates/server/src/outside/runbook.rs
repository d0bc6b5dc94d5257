//! Runbooks: at Systems Manager, or commands that the operator has listed.

mod command;
mod ssm;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use anyhow::{Context, Result};
use balefire_api::Timestamp;
use serde::Deserialize;

use super::http::Http;
use super::{Fault, Reply};
use command::Command;
use ssm::Ssm;

/// `[runbooks]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Section {
    /// Where runbooks are started that are no command.
    pub ssm: Option<ssm::Section>,
    /// What runs here instead, by the name of the document.
    pub commands: BTreeMap<String, command::Section>,
    /// Commands that run at the same time; the others wait.
    pub at_once: NonZeroUsize,
}

impl Default for Section {
    fn default() -> Section {
        Section {
            ssm: None,
            commands: BTreeMap::new(),
            at_once: NonZeroUsize::MIN.saturating_add(3),
        }
    }
}

/// The start of a runbook.
#[derive(Clone, Debug)]
pub struct Start {
    pub document: String,
    pub version: Option<String>,
    pub parameters: BTreeMap<String, Vec<String>>,
    /// A UUID that is the same for every attempt: so many starts are one.
    pub client_token: String,
    /// After this a runbook is too late, and what keeps it from starting is told.
    pub until_ms: i64,
}

/// A runbook that runs here.
#[derive(Clone, Debug)]
pub struct Run {
    pub document: String,
    pub parameters: BTreeMap<String, Vec<String>>,
    pub incident_arn: String,
    pub execution_arn: String,
    pub account: String,
    pub region: String,
    /// It began once already, and nobody knows how far it came.
    pub interrupted: bool,
}

/// All that can be run.
pub struct Runbooks {
    ssm: Option<Ssm>,
    commands: BTreeMap<String, Command>,
    at_once: usize,
}

impl Runbooks {
    pub fn new(section: &Section) -> Result<Runbooks> {
        let ssm = section.ssm.as_ref().map(Ssm::new).transpose();
        let mut commands = BTreeMap::new();
        for (document, section) in &section.commands {
            let command = Command::new(section);
            let command = command.with_context(|| format!("runbooks.commands.\"{document}\""))?;
            if let Some(obstacle) = command.obstacle() {
                tracing::warn!("runbooks.commands.\"{document}\": {obstacle}");
            }
            commands.insert(document.clone(), command);
        }
        Ok(Runbooks {
            ssm: ssm.context("runbooks.ssm")?,
            commands,
            at_once: section.at_once.get(),
        })
    }

    pub fn commands_at_once(&self) -> usize {
        self.at_once
    }

    /// Answers `executionId`, and the `region` and perhaps `account` that it is in.
    pub async fn start(&self, http: &Http, start: &Start, now: Timestamp) -> Result<Reply, Fault> {
        let Some(ssm) = &self.ssm else {
            return Err(Fault::lasting(format!(
                "nothing is set for the document {name}: add [runbooks.ssm], or \
                 [runbooks.commands.\"{name}\"], to balefire.toml",
                name = start.document
            )));
        };
        ssm.start(http, start, now).await.map_err(|fault| Fault {
            lasting: fault.lasting || now.0 >= start.until_ms,
            ..fault
        })
    }

    /// Answers `status`, `ended`, `step` and `message`.
    pub async fn follow(&self, http: &Http, id: &str, now: Timestamp) -> Result<Reply, Fault> {
        match &self.ssm {
            Some(ssm) => ssm.follow(http, id, now).await,
            None => Err(Fault::lasting(
                "nothing is set to ask: add [runbooks.ssm] to balefire.toml",
            )),
        }
    }

    /// Answers `status`, `message` and `output`. No fault of it passes: a command is begun once.
    pub async fn run(&self, run: &Run) -> Result<Reply, Fault> {
        if run.interrupted {
            return Err(Fault::lasting(
                "Balefire stopped while the command ran. How far it came is not known, \
                 and it is not run again",
            ));
        }
        match self.commands.get(&run.document) {
            Some(command) => command.run(run).await,
            None => Err(Fault::lasting(format!(
                "[runbooks.commands.\"{}\"] is no longer in balefire.toml",
                run.document
            ))),
        }
    }
}
