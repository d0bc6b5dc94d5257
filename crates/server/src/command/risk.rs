//! `balefire risk`: accepts risks of findings, lists what was accepted, and takes it back.

use anyhow::Result;
use balefire_api::Timestamp;
use balefire_api::own::{
    AcceptRisk, AcceptRiskInput, ListRiskAcceptances, ListRiskAcceptancesInput, RiskAcceptance,
    WithdrawRiskAcceptance, WithdrawRiskAcceptanceInput,
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::reach::Reach;
use super::{Ended, Format, ReachOptions, moment, say, show};

#[derive(Subcommand)]
pub enum Risk {
    /// Suppress a finding for a reason. It is reopened when what is said here no longer holds.
    Accept(Accept),
    /// List the risks that are accepted.
    List {
        #[command(flatten)]
        reach: ReachOptions,
    },
    /// Open a finding again.
    Withdraw {
        /// The finding's metadata.uid.
        #[arg(value_name = "UID")]
        uid: String,
        #[command(flatten)]
        reach: ReachOptions,
    },
}

#[derive(Args)]
pub struct Accept {
    /// The finding's metadata.uid.
    #[arg(value_name = "UID")]
    uid: String,
    /// Why it is accepted; it becomes the finding's comment.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// When the acceptance ends, such as 2026-12-31T00:00:00Z.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// End it when one of the finding's CVEs is listed as exploited (KEV).
    #[arg(long)]
    unless_exploited: bool,
    /// End it when the EPSS score of one of the finding's CVEs is above this, from 0 to 1.
    #[arg(long, value_name = "SCORE")]
    epss_at_most: Option<f64>,
    #[command(flatten)]
    reach: ReachOptions,
}

impl Risk {
    pub async fn run(self) -> Result<Ended> {
        match self {
            Risk::Accept(accept) => accept.run().await,
            Risk::List { reach } => list(&reach).await,
            Risk::Withdraw { uid, reach } => {
                let finding_uid = uid.clone();
                let input = WithdrawRiskAcceptanceInput { finding_uid };
                let way = Reach::open(&reach.way).await?;
                let now = way.call::<WithdrawRiskAcceptance>(input).await?;
                let (reopened, status) = (now.reopened, now.status);
                match reach.format {
                    Format::Json => {
                        say(json!({"uid": uid, "reopened": reopened, "status": status}))?
                    }
                    Format::Text if reopened => say(format_args!("reopened: {status}"))?,
                    Format::Text => say(format_args!("no longer accepted: {status}"))?,
                }
                Ok(Ended::Well)
            }
        }
    }
}

impl Accept {
    async fn run(self) -> Result<Ended> {
        let until = self.until.as_deref();
        let until = until.map(|text| moment("--until", text)).transpose()?;
        let reach = Reach::open(&self.reach.way).await?;
        let input = AcceptRiskInput {
            finding_uid: self.uid,
            reason: self.reason,
            expires_at: until,
            unless_exploited: Some(self.unless_exploited),
            epss_at_most: self.epss_at_most,
        };
        let accepted = reach.call::<AcceptRisk>(input).await?.risk_acceptance;
        say(text(&accepted, self.reach.format))?;
        Ok(Ended::Well)
    }
}

async fn list(options: &ReachOptions) -> Result<Ended> {
    let reach = Reach::open(&options.way).await?;
    let mut input = ListRiskAcceptancesInput::default();
    loop {
        let page = reach.call::<ListRiskAcceptances>(input.clone()).await?;
        for acceptance in &page.risk_acceptances {
            show(format_args!("{}\n", text(acceptance, options.format)))?;
        }
        input.next_token = page.next_token;
        if input.next_token.is_none() {
            return Ok(Ended::Well);
        }
    }
}

fn text(acceptance: &RiskAcceptance, format: Format) -> String {
    match format {
        Format::Json => document(acceptance).to_string(),
        Format::Text => line(acceptance),
    }
}

fn document(acceptance: &RiskAcceptance) -> Value {
    json!({
        "uid": acceptance.finding_uid, "account": acceptance.account, "reason": acceptance.reason,
        "accepted_by": acceptance.accepted_by, "accepted": acceptance.accepted_at.date_time(),
        "until": acceptance.expires_at.map(Timestamp::date_time),
        "unless_exploited": acceptance.unless_exploited, "epss_at_most": acceptance.epss_at_most,
    })
}

fn line(acceptance: &RiskAcceptance) -> String {
    let mut ends = Vec::new();
    ends.extend(
        acceptance
            .expires_at
            .map(|at| format!("until {}", at.date_time())),
    );
    ends.extend(
        acceptance
            .unless_exploited
            .then(|| "unless exploited".to_owned()),
    );
    ends.extend(
        acceptance
            .epss_at_most
            .map(|most| format!("EPSS at most {most}")),
    );
    if ends.is_empty() {
        ends.push("until withdrawn".into());
    }
    // Anybody may have written the reason; a terminal gets one plain line of it.
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let reason: String = acceptance.reason.chars().map(plain).collect();
    format!("{}  {}  {reason}", acceptance.finding_uid, ends.join(", "))
}
