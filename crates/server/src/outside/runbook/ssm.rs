//! Automation executions of Systems Manager, or of what speaks as it does.

#[cfg(test)]
mod tests;

use anyhow::{Context, Result, ensure};
use balefire_api::Timestamp;
use bytes::Bytes;
use http::{Request, Uri};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::aws::{KeySource, Signer};
use super::super::http::{self as client, Http};
use super::super::{Fault, Reply};
use super::Start;
use crate::configuration::{SecretSource, Source};

/// Statuses from which an execution does not move.
const FINAL: &[&str] = &[
    "Success",
    "TimedOut",
    "Cancelled",
    "Failed",
    "Rejected",
    "Exited",
    "CompletedWithSuccess",
    "CompletedWithFailure",
    "ChangeCalendarOverrideRejected",
];
const TEXT_CHARS_MAX: usize = 1000;

/// `[runbooks.ssm]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// `https://ssm.eu-central-1.amazonaws.com`, or where else the calls are answered.
    pub endpoint: String,
    pub region: String,
    /// The account that the executions belong to; by default that of the incident.
    pub account: Option<String>,
    pub access_key_id: Source,
    pub secret_access_key: SecretSource,
    pub session_token: Option<SecretSource>,
}

pub struct Ssm {
    endpoint: Uri,
    account: Option<String>,
    signer: Signer,
}

impl Ssm {
    pub fn new(section: &Section) -> Result<Ssm> {
        let endpoint: Uri = section.endpoint.parse().context("endpoint is no URL")?;
        ensure!(
            endpoint.scheme().is_some() && endpoint.host().is_some(),
            "endpoint is no URL with a host, such as https://ssm.eu-central-1.amazonaws.com"
        );
        if let Some(account) = &section.account {
            let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            ensure!(digits, "account must be twelve digits");
        }
        let key = KeySource {
            access_key_id: &section.access_key_id,
            secret_access_key: &section.secret_access_key,
            session_token: section.session_token.as_ref(),
        };
        Ok(Ssm {
            endpoint,
            account: section.account.clone(),
            signer: Signer::new("ssm", &section.region, &key)?,
        })
    }

    pub async fn start(&self, http: &Http, start: &Start, now: Timestamp) -> Result<Reply, Fault> {
        let mut input = json!({
            "DocumentName": start.document,
            "ClientToken": start.client_token,
            "Parameters": start.parameters,
        });
        if let Some(version) = &start.version {
            input["DocumentVersion"] = version.as_str().into();
        }
        let output = self.call(http, "StartAutomationExecution", &input, now);
        let output = output.await?;
        let id = output["AutomationExecutionId"].as_str().unwrap_or_default();
        // The id goes into an ARN, so it must be what it says it is.
        if id.len() != 36 || uuid::Uuid::try_parse(id).is_err() {
            return Err(Fault::passing(format!(
                "{} answered StartAutomationExecution without an AutomationExecutionId",
                self.endpoint
            )));
        }
        Ok(json!({"executionId": id, "region": self.signer.region(), "account": self.account}))
    }

    pub async fn follow(&self, http: &Http, id: &str, now: Timestamp) -> Result<Reply, Fault> {
        let input = json!({"AutomationExecutionId": id});
        let output = self.call(http, "GetAutomationExecution", &input, now);
        let output = output.await?;
        let execution = &output["AutomationExecution"];
        let Some(status) = short(&execution["AutomationExecutionStatus"]) else {
            return Err(Fault::passing(format!(
                "{} answered GetAutomationExecution without an AutomationExecutionStatus",
                self.endpoint
            )));
        };
        Ok(json!({
            "ended": FINAL.contains(&status.as_str()),
            "status": status,
            "step": short(&execution["CurrentStepName"]),
            "message": short(&execution["FailureMessage"]),
        }))
    }

    async fn call(
        &self,
        http: &Http,
        operation: &str,
        input: &Value,
        now: Timestamp,
    ) -> Result<Value, Fault> {
        let body = Bytes::from(input.to_string());
        let request = Request::post(self.endpoint.clone())
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("AmazonSSM.{operation}"));
        let request = self.signer.signed(request, body, now);
        let request = request.map_err(|error| Fault::lasting(error.to_string()))?;
        let host = client::host(&request);
        let response = self.signer.send(http, request).await?;
        serde_json::from_slice(response.body())
            .map_err(|_| Fault::passing(format!("{host} answered {operation} with no JSON")))
    }
}

/// What is told on the timeline, whose events are bounded: control characters grow there by their escapes.
fn short(text: &Value) -> Option<String> {
    let text = text.as_str().filter(|text| !text.is_empty())?;
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    Some(plain.take(TEXT_CHARS_MAX).collect())
}
