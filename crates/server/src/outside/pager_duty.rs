//! PagerDuty: an incident there for an incident here, its notes, and its end.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, Uri};
use http_body_util::Full;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::http::{self as client, Http};
use super::{Fault, Reply};
use crate::configuration::SecretSource;

/// A longer URL is left out: it would not fit on the timeline.
const URL_BYTES_MAX: usize = 1000;

/// `[pagerduty]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Section {
    /// Instead of PagerDuty's own for the service region.
    pub endpoint: Option<String>,
    /// By the secret id that response plans name; each holds the JSON that Secrets Manager would.
    pub secrets: BTreeMap<String, SecretSource>,
}

/// What is told to PagerDuty, and for whom.
#[derive(Clone, Debug)]
pub struct Step {
    pub secret_id: String,
    pub act: Act,
}

#[derive(Clone, Debug)]
pub enum Act {
    /// Answers `id` and `url`. The key makes of many attempts one incident.
    Open {
        service_id: String,
        key: String,
        title: String,
        details: String,
    },
    /// Resolves what an attempt to open with this key may have left behind. Answers nothing.
    Withdraw {
        service_id: String,
        key: String,
    },
    Note {
        id: String,
        text: String,
    },
    Resolve {
        id: String,
    },
}

/// What a secret holds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    pager_duty_token: String,
    pager_duty_service_region: Region,
    pager_duty_from_email: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Region {
    Us,
    Eu,
}

/// A user of PagerDuty's API.
struct User {
    /// Without a slash at its end.
    endpoint: String,
    token: String,
    authorization: HeaderValue,
    from: HeaderValue,
}

pub struct PagerDuty(BTreeMap<String, User>);

impl PagerDuty {
    pub fn new(section: &Section) -> Result<PagerDuty> {
        let mut users = BTreeMap::new();
        for (id, source) in &section.secrets {
            let user = User::new(&source.read()?, section.endpoint.as_deref());
            let user = user.with_context(|| format!("pagerduty.secrets.\"{id}\" ({source})"))?;
            users.insert(id.clone(), user);
        }
        Ok(PagerDuty(users))
    }

    pub async fn take(&self, http: &Http, step: &Step) -> Result<Reply, Fault> {
        let Some(user) = self.0.get(&step.secret_id) else {
            return Err(Fault::lasting(format!(
                "no secret is set for {id}: add \"{id}\" to [pagerduty.secrets] in balefire.toml",
                id = step.secret_id
            )));
        };
        match &step.act {
            Act::Open {
                service_id,
                key,
                title,
                details,
            } => {
                let body = opening(service_id, key, title, details);
                user.open(http, service_id, key, &body).await
            }
            Act::Withdraw { service_id, key } => user.withdraw(http, service_id, key).await,
            Act::Note { id, text } => {
                let path = format!("/incidents/{}/notes", encoded(id));
                let body = json!({"note": {"content": text}});
                user.send(http, Method::POST, &path, Some(&body)).await
            }
            Act::Resolve { id } => user.resolve(http, id).await,
        }
    }
}

fn opening(service_id: &str, key: &str, title: &str, details: &str) -> Value {
    json!({"incident": {
        "type": "incident",
        "title": title,
        "service": {"id": service_id, "type": "service_reference"},
        "incident_key": key,
        "body": {"type": "incident_body", "details": details},
    }})
}

impl User {
    fn new(secret: &str, endpoint: Option<&str>) -> Result<User> {
        // The parser's own words may repeat a piece of the secret.
        let held: Held = serde_json::from_str(secret).ok().context(
            "a JSON object with pagerDutyToken, pagerDutyServiceRegion (us or eu) and pagerDutyFromEmail \
             is expected",
        )?;
        ensure!(!held.pager_duty_token.is_empty(), "pagerDutyToken is empty");
        let endpoint = endpoint.unwrap_or(match held.pager_duty_service_region {
            Region::Us => "https://api.pagerduty.com",
            Region::Eu => "https://api.eu.pagerduty.com",
        });
        let parsed: Uri = endpoint.parse().context("endpoint is no URL")?;
        ensure!(
            parsed.scheme().is_some() && parsed.host().is_some(),
            "endpoint is no URL with a host, such as https://api.pagerduty.com"
        );
        let authorization = format!("Token token={}", held.pager_duty_token);
        let mut authorization = HeaderValue::from_str(&authorization)
            .ok()
            .context("pagerDutyToken has characters that no token has")?;
        authorization.set_sensitive(true);
        Ok(User {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            authorization,
            from: HeaderValue::from_str(&held.pager_duty_from_email)
                .context("pagerDutyFromEmail is no address")?,
            token: held.pager_duty_token,
        })
    }

    async fn open(
        &self,
        http: &Http,
        service: &str,
        key: &str,
        body: &Value,
    ) -> Result<Reply, Fault> {
        let sent = self
            .ask(http, Method::POST, "/incidents", Some(body))
            .await?;
        let incident = if is_there_already(&sent) {
            let found = self.find(http, service, key).await?;
            found.ok_or_else(|| {
                Fault::passing(format!(
                    "{} says that the incident is open already, and does not list it",
                    self.endpoint
                ))
            })?
        } else {
            self.read(sent)?["incident"].clone()
        };
        match incident["id"].as_str().filter(|id| is_id(id)) {
            Some(id) => {
                let url = incident["html_url"].as_str();
                let url = url.filter(|url| url.len() <= URL_BYTES_MAX);
                Ok(json!({"id": id, "url": url}))
            }
            None => Err(Fault::passing(format!(
                "{} answered without the id of an incident",
                self.endpoint
            ))),
        }
    }

    async fn withdraw(&self, http: &Http, service: &str, key: &str) -> Result<Reply, Fault> {
        let found = self.find(http, service, key).await?;
        match found.as_ref().and_then(|incident| incident["id"].as_str()) {
            Some(id) => self.resolve(http, id).await,
            None => Ok(Value::Null),
        }
    }

    /// The open incident of an earlier attempt, though its answer was lost.
    async fn find(&self, http: &Http, service: &str, key: &str) -> Result<Option<Value>, Fault> {
        let path = format!(
            "/incidents?date_range=all&incident_key={}&service_ids%5B%5D={}",
            encoded(key),
            encoded(service)
        );
        let found = self.send(http, Method::GET, &path, None).await?;
        let ours = |incident: &&Value| incident["incident_key"] == key;
        let open = |incident: &&Value| incident["status"] != "resolved";
        let incidents = found["incidents"].as_array().into_iter().flatten();
        Ok(incidents.filter(ours).find(open).cloned())
    }

    /// A refusal is none where the incident is resolved, by whomever.
    async fn resolve(&self, http: &Http, id: &str) -> Result<Reply, Fault> {
        let path = format!("/incidents/{}", encoded(id));
        let body = json!({"incident": {"type": "incident_reference", "status": "resolved"}});
        let Err(fault) = self.send(http, Method::PUT, &path, Some(&body)).await else {
            return Ok(Value::Null);
        };
        if fault.lasting
            && let Ok(found) = self.send(http, Method::GET, &path, None).await
            && found["incident"]["status"] == "resolved"
        {
            return Ok(Value::Null);
        }
        Err(fault)
    }

    async fn send(
        &self,
        http: &Http,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Fault> {
        let answer = self.ask(http, method, path, body).await?;
        self.read(answer)
    }

    async fn ask(
        &self,
        http: &Http,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response<Bytes>, Fault> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint))
            .header("accept", "application/vnd.pagerduty+json;version=2")
            .header("content-type", "application/json")
            .header("user-agent", client::USER_AGENT)
            .header("authorization", self.authorization.clone())
            .header("from", self.from.clone())
            .body(Full::new(Bytes::from(
                body.map(Value::to_string).unwrap_or_default(),
            )));
        let request = request.map_err(|error| Fault::lasting(error.to_string()))?;
        http.ask(request, &[&self.token]).await
    }

    fn read(&self, response: Response<Bytes>) -> Result<Value, Fault> {
        let response = client::judged(response, &self.endpoint)?;
        serde_json::from_slice(response.body())
            .map_err(|_| Fault::passing(format!("{} answered with no JSON", self.endpoint)))
    }
}

/// Of all refusals with this status, the one that says that the key is in use.
fn is_there_already(response: &Response<Bytes>) -> bool {
    let said = String::from_utf8_lossy(response.body()).to_lowercase();
    response.status() == 400 && said.contains("already exists")
}

/// Ids go into paths and related items.
fn is_id(text: &str) -> bool {
    (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn encoded(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
}
