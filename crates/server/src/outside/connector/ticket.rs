//! Tickets in Jira Cloud and ServiceNow: one for each key, however often it is tried.

use std::time::Duration;

use balefire_api::Timestamp;
use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Connectors, Http, Site, System};
use crate::outside::{Fault, Reply};

/// What an attempt has that begins just before the time is over.
const ATTEMPT_MIN: Duration = Duration::from_secs(2);
/// To find what an attempt has made whose answer was lost.
const LAST_LOOK: Duration = Duration::from_secs(5);

/// What a ticket is to say, and where.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The connector's name.
    pub name: String,
    pub system: System,
    /// Kept with the ticket, so that a later attempt finds it.
    pub key: String,
    /// One line.
    pub summary: String,
    pub description: String,
    /// After this nothing is made any more, and a fault that may pass is a refusal. Where nobody waits, there
    /// is no such time, and what the system refuses is a fault.
    pub until_ms: Option<i64>,
    /// Whether an earlier attempt may have made the ticket.
    pub again: bool,
    /// Why the attempt before came to nothing; empty where there was none.
    pub last_fault: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Written {
    Ticket { id: String, url: String },
    Refused { reason: String },
}

impl Connectors {
    /// Makes a ticket, or finds the one that an earlier attempt has made.
    pub async fn write(&self, http: &Http, draft: &Draft, now: Timestamp) -> Result<Reply, Fault> {
        let left_ms = draft.until_ms.map(|until_ms| until_ms - now.0);
        let is_late = left_ms.is_some_and(|left_ms| left_ms <= 0);
        let written = match self.0.get(&draft.name) {
            Some(site) => within(patience(left_ms), site, site.write(http, draft, is_late)).await,
            None => Err(Fault::lasting(format!(
                "nothing is set for the connector: add [connectors.\"{}\"] to balefire.toml",
                draft.name
            ))),
        };
        let written = match written {
            Ok(written) => written,
            Err(fault) if is_late || fault.lasting && draft.until_ms.is_some() => {
                Written::Refused {
                    reason: fault.reason,
                }
            }
            Err(fault) => return Err(fault),
        };
        serde_json::to_value(written).map_err(|error| Fault::lasting(error.to_string()))
    }
}

/// How long an attempt may take where somebody waits.
fn patience(left_ms: Option<i64>) -> Option<Duration> {
    let left_ms = u64::try_from(left_ms?).unwrap_or_default();
    Some(match Duration::from_millis(left_ms) {
        Duration::ZERO => LAST_LOOK,
        left => left.max(ATTEMPT_MIN),
    })
}

async fn within<T>(
    patience: Option<Duration>,
    site: &Site,
    attempt: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let Some(patience) = patience else {
        return attempt.await;
    };
    let answered = tokio::time::timeout(patience, attempt).await;
    answered.unwrap_or_else(|_| {
        let (host, seconds) = (&site.host, patience.as_secs_f32());
        Err(Fault::passing(format!(
            "{host} did not answer within {seconds:.1} s"
        )))
    })
}

impl Site {
    async fn write(&self, http: &Http, draft: &Draft, late: bool) -> Result<Written, Fault> {
        let (find, make, body) = match &draft.system {
            System::Jira { project_key } => (
                jira_search(&draft.key),
                "/rest/api/3/issue",
                self.issue(draft, project_key.as_deref()),
            ),
            System::ServiceNow => (
                incident_search(&draft.key),
                "/api/now/table/incident",
                incident(draft),
            ),
        };
        if draft.again {
            let found = self.ask(http, Method::GET, &find, None).await?;
            let first = match &draft.system {
                System::Jira { .. } => &found["issues"][0],
                System::ServiceNow => &found["result"][0],
            };
            if !first.is_null() {
                return self.ticket(&draft.system, first);
            }
        }
        if late {
            // Whoever asked has been told that there is no ticket, or has gone.
            let mut reason = format!("{} did not take the ticket in time", self.host);
            if !draft.last_fault.is_empty() {
                reason = format!("{reason}: {}", draft.last_fault);
            }
            return Err(Fault::lasting(reason));
        }
        let made = self.ask(http, Method::POST, make, Some(&body)).await?;
        match &draft.system {
            System::Jira { .. } => self.ticket(&draft.system, &made),
            System::ServiceNow => self.ticket(&draft.system, &made["result"]),
        }
    }

    /// How the system calls the ticket, and where people see it.
    fn ticket(&self, system: &System, shown: &Value) -> Result<Written, Fault> {
        let text = |name: &str| shown[name].as_str().filter(|text| is_id(text));
        let ticket = match system {
            System::Jira { .. } => text("key").map(|key| (key, format!("/browse/{key}"))),
            System::ServiceNow => text("number").zip(text("sys_id")).map(|(number, id)| {
                let place = format!("/nav_to.do?uri=incident.do%3Fsys_id%3D{id}");
                (number, place)
            }),
        };
        match ticket {
            Some((id, place)) => Ok(Written::Ticket {
                id: id.to_owned(),
                url: format!("{}{place}", self.url),
            }),
            None => Err(Fault::passing(format!(
                "{} answered without the id of a ticket",
                self.host
            ))),
        }
    }

    fn issue(&self, draft: &Draft, project_key: Option<&str>) -> Value {
        let paragraphs = draft.description.lines().filter(|line| !line.is_empty());
        let paragraphs: Vec<Value> = paragraphs
            .map(|line| json!({"type": "paragraph", "content": [{"type": "text", "text": line}]}))
            .collect();
        json!({"fields": {
            "project": {"key": project_key},
            "issuetype": {"name": self.issue_type},
            "summary": draft.summary,
            "description": {"type": "doc", "version": 1, "content": paragraphs},
            "labels": ["balefire", label(&draft.key)],
        }})
    }
}

fn incident(draft: &Draft) -> Value {
    json!({
        "short_description": draft.summary,
        "description": draft.description,
        "correlation_id": draft.key,
        "correlation_display": "Balefire",
    })
}

fn label(key: &str) -> String {
    format!("balefire-{key}")
}

fn jira_search(key: &str) -> String {
    let query = format!("labels = \"{}\"", label(key));
    let query = utf8_percent_encode(&query, NON_ALPHANUMERIC);
    format!("/rest/api/3/search/jql?jql={query}&fields=key&maxResults=1")
}

fn incident_search(key: &str) -> String {
    let query = format!("correlation_id={key}");
    let query = utf8_percent_encode(&query, NON_ALPHANUMERIC);
    let fields = "sysparm_limit=1&sysparm_fields=sys_id,number";
    format!("/api/now/table/incident?sysparm_query={query}&{fields}")
}

/// Ids go into URLs that people follow.
fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=100).contains(&text.len()) && text.bytes().all(allowed)
}
