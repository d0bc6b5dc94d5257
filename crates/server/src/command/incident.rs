//! `balefire incident`: what is asked about one incident.

use anyhow::Result;
use balefire_api::own::{GetIncidentReport, GetIncidentReportInput};
use clap::{Args, Subcommand};

use super::reach::Reach;
use super::{Ended, Format, ReachOptions, show};

#[derive(Subcommand)]
pub enum Incident {
    /// Write the post-incident report, as Markdown.
    Report(Report),
}

#[derive(Args)]
pub struct Report {
    /// The incident's ARN or id.
    #[arg(value_name = "ID")]
    incident: String,
    #[command(flatten)]
    reach: ReachOptions,
}

impl Incident {
    pub async fn run(self) -> Result<Ended> {
        let Incident::Report(report) = self;
        let reach = Reach::open(&report.reach.way).await?;
        let input = GetIncidentReportInput {
            incident: report.incident,
        };
        let output = reach.call::<GetIncidentReport>(input).await?;
        match report.reach.format {
            Format::Text => show(output.markdown)?,
            Format::Json => {
                show(format_args!(
                    "{}\n",
                    serde_json::json!({"markdown": output.markdown})
                ))?;
            }
        }
        Ok(Ended::Well)
    }
}
