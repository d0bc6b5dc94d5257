//! The world outside: what is told to other systems, and called from `engine` alone.

mod aws;
pub mod bus;
pub mod channel;
pub mod connector;
pub mod export;
pub mod http;
pub mod pager_duty;
pub mod runbook;

use std::collections::HashMap;

use anyhow::{Context, Result};
use balefire_api::Timestamp;
use serde::{Deserialize, Serialize};

use crate::configuration::Configuration;
use bus::Bus;
use channel::Channel;
use connector::Connectors;
use export::Exports;
use http::Http;
use pager_duty::PagerDuty;
use runbook::Runbooks;

/// A call to another system, whole: nothing more is read from the store to make it.
#[derive(Clone, Debug)]
pub enum Call {
    /// A message for whoever listens to a topic.
    Notify(Notice),
    /// A change for the bus.
    Publish(bus::Publication),
    /// The next thing that PagerDuty is to know of an incident.
    PagerDuty(pager_duty::Step),
    /// The start of a runbook at Systems Manager.
    StartAutomation(runbook::Start),
    /// How far a runbook at Systems Manager has come.
    FollowAutomation { execution_id: String },
    /// A runbook that is a command of this machine.
    RunCommand(runbook::Run),
    /// Whether the system of a connector takes the credentials.
    CheckConnector(connector::Request),
    /// A ticket in the system of a connector.
    CreateTicket(connector::ticket::Draft),
}

/// What is told of an incident.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// The ARN of the SNS topic it is meant for.
    pub topic: String,
    /// The same for every attempt, so that receivers can drop what they have.
    pub id: String,
    pub account: String,
    pub region: String,
    pub at_ms: i64,
    /// `SSM Incident Start`, `SSM Incident Record Update` and the like.
    pub detail_type: String,
    pub incident_arn: String,
    pub title: String,
    pub impact: i32,
    /// `OPEN` or `RESOLVED`.
    pub status: String,
    /// The timeline event's data.
    pub detail: serde_json::Value,
}

impl Notice {
    /// The notice as an event on EventBridge would look.
    pub fn event(&self) -> serde_json::Value {
        serde_json::json!({
            "version": "0",
            "id": self.id,
            "detail-type": self.detail_type,
            "source": "aws.ssm-incidents",
            "account": self.account,
            "time": Timestamp(self.at_ms).date_time(),
            "region": self.region,
            "resources": [self.incident_arn],
            "detail": self.detail,
        })
    }
}

/// What the other system answered.
pub type Reply = serde_json::Value;

/// Why a call did not do what it should.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{reason}")]
pub struct Fault {
    pub reason: String,
    /// Another attempt will not help until a person changes something.
    pub lasting: bool,
}

impl Fault {
    pub fn passing(reason: impl Into<String>) -> Fault {
        Fault {
            reason: reason.into(),
            lasting: false,
        }
    }

    pub fn lasting(reason: impl Into<String>) -> Fault {
        Fault {
            reason: reason.into(),
            lasting: true,
        }
    }
}

/// Everything that can be reached, as the operator has set it.
pub struct Outside {
    http: Http,
    topics: HashMap<String, Channel>,
    bus: Option<Bus>,
    pager_duty: PagerDuty,
    runbooks: Runbooks,
    connectors: Connectors,
    exports: Exports,
}

impl Outside {
    /// Reads the secrets that the configuration names.
    pub fn new(configuration: &Configuration) -> Result<Outside> {
        let mut topics = HashMap::new();
        for (arn, section) in &configuration.topics {
            let channel = Channel::new(arn, section, &configuration.outside);
            let channel = channel.with_context(|| format!("topics.\"{arn}\""))?;
            topics.insert(arn.clone(), channel);
        }
        let bus = configuration.events_out.as_ref();
        let bus = bus.map(|section| Bus::new(section).context("events_out"));
        Ok(Outside {
            http: Http::new(&configuration.outside)?,
            topics,
            bus: bus.transpose()?,
            pager_duty: PagerDuty::new(&configuration.pagerduty)?,
            runbooks: Runbooks::new(&configuration.runbooks)?,
            connectors: Connectors::new(&configuration.connectors)?,
            exports: Exports::new(&configuration.export, &configuration.outside)?,
        })
    }

    /// How many commands may run at once.
    pub fn commands_at_once(&self) -> usize {
        self.runbooks.commands_at_once()
    }

    /// The buckets that exports are written to.
    pub fn exports(&self) -> &Exports {
        &self.exports
    }

    /// Makes a call. It ends within a minute, whatever the other side does; a command has its own limit.
    pub async fn call(&self, call: &Call, now: Timestamp) -> Result<Reply, Fault> {
        match call {
            Call::Notify(notice) => match self.topics.get(&notice.topic) {
                Some(channel) => channel.send(&self.http, notice, now).await,
                None => Err(Fault::lasting(format!(
                    "nothing is set for {}: add [topics.\"{}\"] to balefire.toml",
                    notice.topic, notice.topic
                ))),
            },
            Call::Publish(publication) => match &self.bus {
                Some(bus) => bus.publish(&self.http, publication, now).await,
                None => Err(Fault::lasting(
                    "no bus is set: add [events_out] to balefire.toml",
                )),
            },
            Call::PagerDuty(step) => self.pager_duty.take(&self.http, step).await,
            Call::StartAutomation(start) => self.runbooks.start(&self.http, start, now).await,
            Call::FollowAutomation { execution_id } => {
                self.runbooks.follow(&self.http, execution_id, now).await
            }
            Call::RunCommand(run) => self.runbooks.run(run).await,
            Call::CheckConnector(request) => self.connectors.check(&self.http, request).await,
            Call::CreateTicket(draft) => self.connectors.write(&self.http, draft, now).await,
        }
    }
}
