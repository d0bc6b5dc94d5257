//! Ticket systems of connectors: Jira Cloud and ServiceNow, by their REST APIs.

#[cfg(test)]
mod tests;
pub mod ticket;

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Method, Request as HttpRequest, Uri};
use http_body_util::Full;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::http::{self as client, Http};
use super::{Fault, Reply};
use crate::configuration::SecretSource;

/// `[connectors.NAME]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Where the system is: `https://shop.atlassian.net`, `https://shop.service-now.com`.
    pub url: String,
    /// Who signs in: an e-mail address at Jira, a user's name at ServiceNow.
    pub user: String,
    /// The user's API token at Jira, or password at ServiceNow.
    pub secret: SecretSource,
    /// The type of the issues that tickets are at Jira.
    #[serde(default = "task")]
    pub issue_type: String,
}

fn task() -> String {
    "Task".into()
}

/// A check of a connector's system.
#[derive(Clone, Debug)]
pub struct Request {
    /// The connector's name.
    pub name: String,
    pub system: System,
}

#[derive(Clone, Debug)]
pub enum System {
    Jira { project_key: Option<String> },
    ServiceNow,
}

/// What came of a check. That a system is away is an answer too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    Well {
        host: String,
    },
    /// The credentials are good, and what the connector names is not there.
    Unfit {
        host: String,
        reason: String,
    },
    /// Nothing is set for a connector of this name.
    Unset,
    Refused {
        reason: String,
    },
    Away {
        reason: String,
    },
}

/// A system, and who signs in there.
struct Site {
    /// Without a slash at its end.
    url: String,
    host: String,
    issue_type: String,
    authorization: HeaderValue,
    /// What may never be told: the secret, alone and within the authorization.
    secrets: [String; 2],
}

/// All systems that are set, by the connectors' names.
pub struct Connectors(BTreeMap<String, Site>);

impl Connectors {
    pub fn new(sections: &BTreeMap<String, Section>) -> Result<Connectors> {
        let mut sites = BTreeMap::new();
        for (name, section) in sections {
            let site = Site::new(section).with_context(|| format!("connectors.\"{name}\""))?;
            sites.insert(name.clone(), site);
        }
        Ok(Connectors(sites))
    }

    /// Asks the system for what can be seen only with good credentials.
    pub async fn check(&self, http: &Http, request: &Request) -> Result<Reply, Fault> {
        let answer = match self.0.get(&request.name) {
            Some(site) => site.check(http, &request.system).await,
            None => Answer::Unset,
        };
        serde_json::to_value(answer).map_err(|error| Fault::lasting(error.to_string()))
    }
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Answer {
        let reason = fault.reason;
        if fault.lasting {
            Answer::Refused { reason }
        } else {
            Answer::Away { reason }
        }
    }
}

impl Site {
    fn new(section: &Section) -> Result<Site> {
        let parsed: Uri = section.url.parse().context("url is no URL")?;
        ensure!(
            matches!(parsed.scheme_str(), Some("https" | "http")) && parsed.query().is_none(),
            "url is no URL with a scheme and a host, such as https://shop.atlassian.net"
        );
        let host = parsed.host().context("url has no host")?.to_owned();
        ensure!(
            !section.user.is_empty() && !section.user.contains(':'),
            "user must be a name without a colon"
        );
        let secret = section.secret.read()?;
        let encoded = STANDARD.encode(format!("{}:{secret}", section.user));
        let mut authorization = HeaderValue::from_str(&format!("Basic {encoded}"))?;
        authorization.set_sensitive(true);
        Ok(Site {
            url: section.url.trim_end_matches('/').to_owned(),
            host,
            issue_type: section.issue_type.clone(),
            authorization,
            secrets: [secret, encoded],
        })
    }

    async fn check(&self, http: &Http, system: &System) -> Answer {
        let host = self.host.clone();
        match system {
            System::Jira { project_key } => {
                let me = self.get(http, "/rest/api/3/myself", "accountId").await;
                match (me, project_key) {
                    (Err(fault), _) => fault.into(),
                    (Ok(()), None) => Answer::Well { host },
                    (Ok(()), Some(key)) => self.check_project(http, key).await,
                }
            }
            System::ServiceNow => {
                let path = "/api/now/table/incident?sysparm_limit=1&sysparm_fields=sys_id";
                match self.get(http, path, "result").await {
                    Ok(()) => Answer::Well { host },
                    Err(fault) => fault.into(),
                }
            }
        }
    }

    async fn check_project(&self, http: &Http, key: &str) -> Answer {
        let host = self.host.clone();
        let path = format!("/rest/api/3/project/{key}");
        match self.get(http, &path, "key").await {
            Ok(()) => Answer::Well { host },
            Err(fault) if fault.lasting => {
                let reason = format!("The project {key} cannot be used: {fault}");
                Answer::Unfit { host, reason }
            }
            Err(fault) => fault.into(),
        }
    }

    /// Asks, and expects a member in the answer: another system may answer well too.
    async fn get(&self, http: &Http, path: &str, member: &str) -> Result<(), Fault> {
        let answer = self.ask(http, Method::GET, path, None).await?;
        match answer.get(member) {
            Some(_) => Ok(()),
            None => Err(Fault::passing(format!(
                "{} answered without {member}",
                self.host
            ))),
        }
    }

    /// Asks, and expects JSON: a page for people may answer well too.
    async fn ask(
        &self,
        http: &Http,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Fault> {
        let request = HttpRequest::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header("user-agent", client::USER_AGENT)
            .header("authorization", self.authorization.clone())
            .body(Full::new(Bytes::from(
                body.map(Value::to_string).unwrap_or_default(),
            )))
            .map_err(|error| Fault::lasting(error.to_string()))?;
        let secrets = self.secrets.each_ref().map(String::as_str);
        let response = client::judged(http.ask(request, &secrets).await?, &self.host)?;
        serde_json::from_slice(response.body())
            .map_err(|_| Fault::passing(format!("{} answered with no JSON", self.host)))
    }
}
