//! `[hooks.NAME]`: what the operator has set of a hook.

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use balefire_store::Store;
use serde::Deserialize;

use super::Hook;
use super::credentials::Credentials;
use crate::access::Account;
use crate::configuration::SecretSource;
use crate::context::Caller;
use crate::incidents::response_plan;
use crate::signature;

/// Secrets shorter than this could be guessed.
const SECRET_LENGTH_MIN: usize = 16;
const NAME_LENGTH_MAX: usize = 64;

/// What is posted to a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Alertmanager,
    Generic,
    Deployment,
    Findings,
}

/// One hook.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    kind: Kind,
    /// The ARN of the response plan by which incidents open. Deployments and findings open none.
    plan: Option<String>,
    region: String,
    /// In whose name; the organization's administrator where none is given.
    account: Option<String>,
    /// What senders show as a bearer token or as the password of HTTP basic authentication.
    token: Option<SecretSource>,
    /// What senders sign with.
    secret: Option<SecretSource>,
    #[serde(default)]
    auto_resolve: bool,
}

impl Section {
    pub(super) fn open(&self, name: &str, store: &Store, administrator: &str) -> Result<Hook> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        ensure!(
            (1..=NAME_LENGTH_MAX).contains(&name.len()) && name.bytes().all(is_plain),
            "the name must be 1 to {NAME_LENGTH_MAX} letters, digits, '-' and '_'"
        );
        ensure!(
            signature::is_region(&self.region),
            "region is '{}'; give one such as us-east-1",
            self.region
        );
        let opens = matches!(self.kind, Kind::Alertmanager | Kind::Generic);
        ensure!(
            opens || !self.auto_resolve,
            "auto_resolve has no use here: such a hook opens no incident"
        );
        Ok(Hook {
            name: name.to_owned(),
            kind: self.kind,
            caller: Arc::new(self.caller(name, store, administrator)?),
            region: self.region.clone(),
            plan: self.plan()?,
            auto_resolve: self.auto_resolve,
            credentials: self.credentials()?,
        })
    }

    fn plan(&self) -> Result<String> {
        match (self.kind, &self.plan) {
            (Kind::Deployment | Kind::Findings, None) => Ok(String::new()),
            (Kind::Deployment, Some(_)) => {
                bail!("plan has no use here: a deployment opens no incident")
            }
            (Kind::Findings, Some(_)) => bail!("plan has no use here: findings open no incident"),
            (_, None) => bail!("give plan, the response plan by which incidents open"),
            (_, Some(plan)) => match response_plan::name_in("plan", plan) {
                // Calls with any other are refused as malformed, whatever senders post.
                Ok((account, name)) if Account::is_id(account) && response_plan::is_name(name) => {
                    Ok(plan.clone())
                }
                Ok((account, _)) if !Account::is_id(account) => {
                    bail!(
                        "plan is '{plan}': the account in it, '{account}', must have twelve digits"
                    )
                }
                Ok((_, name)) => bail!("plan is '{plan}': no response plan can be named '{name}'"),
                Err(failure) => bail!("plan is '{plan}': {}", failure.message()),
            },
        }
    }

    fn credentials(&self) -> Result<Credentials> {
        let token = secret("token", self.token.as_ref())?;
        let secret = secret("secret", self.secret.as_ref())?;
        match (self.kind, &token, &secret) {
            (Kind::Alertmanager, None, _) => {
                bail!("give token: Alertmanager sends one, and signs nothing")
            }
            (Kind::Alertmanager, _, Some(_)) => {
                bail!("secret has no use here: Alertmanager signs nothing")
            }
            (Kind::Findings, None, _) => bail!("give token, which those who post reports send"),
            // Signatures do not cover the query, which says what a report may close.
            (Kind::Findings, _, Some(_)) => {
                bail!("secret has no use here: reports come with a token")
            }
            (_, None, None) => bail!("give secret, with which senders sign, or token, or both"),
            _ => Credentials::new(token, secret),
        }
    }

    /// Who changes are said to be made by.
    fn caller(&self, name: &str, store: &Store, administrator: &str) -> Result<Caller> {
        let id = self.account.as_deref().unwrap_or(administrator).to_owned();
        let key = [(&id).into()];
        let account = store.read_blocking(move |tx| tx.get::<Account>(&key))??;
        let account = account.with_context(|| format!("there is no account '{id}'"))?;
        Ok(Caller {
            arn: format!("arn:aws:iam::{id}:user/hooks/{name}"),
            user_id: format!("hook:{name}"),
            account: id,
            administrator: account.administrator,
        })
    }
}

fn secret(member: &str, source: Option<&SecretSource>) -> Result<Option<String>> {
    let Some(source) = source else {
        return Ok(None);
    };
    let text = source.read().with_context(|| member.to_owned())?;
    ensure!(
        text.len() >= SECRET_LENGTH_MIN,
        "{member}, from {source}, is shorter than {SECRET_LENGTH_MIN} characters"
    );
    Ok(Some(text))
}
