//! `balefire findings`: all findings as they were at a past moment.

use anyhow::Result;
use balefire_api::own::{ListFindingsAsOf, ListFindingsAsOfInput};
use clap::Args;

use super::reach::Reach;
use super::{Ended, WayOptions, moment, show};

#[derive(Args)]
pub struct Findings {
    /// The moment, of the last 90 days, such as 2026-11-30T00:00:00Z.
    #[arg(long, value_name = "TIME")]
    as_of: String,
    #[command(flatten)]
    way: WayOptions,
}

impl Findings {
    pub async fn run(self) -> Result<Ended> {
        let mut input = ListFindingsAsOfInput {
            as_of: moment("--as-of", &self.as_of)?,
            max_results: None,
            next_token: None,
        };
        let reach = Reach::open(&self.way).await?;
        loop {
            let page = reach.call::<ListFindingsAsOf>(input.clone()).await?;
            let mut lines = String::new();
            for document in &page.findings {
                // Line breaks of JSON are between its tokens.
                lines.push_str(&document.text().replace(['\n', '\r'], " "));
                lines.push('\n');
            }
            show(lines)?;
            input.next_token = page.next_token;
            if input.next_token.is_none() {
                return Ok(Ended::Well);
            }
        }
    }
}
