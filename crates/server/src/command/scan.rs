//! `balefire scan`: the packages of an SBOM against the advisories, for one resource.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use balefire_api::Document;
use balefire_api::own::{ScanResource, ScanResourceInput, ScanResourceOutput};
use clap::Args;
use serde_json::json;

use super::reach::Reach;
use super::{Ended, Format, ReachOptions, input, say};
use crate::http;

/// Skipped components that are shown one by one.
const SKIPPED_SHOWN: usize = 20;

#[derive(Args)]
pub struct Scan {
    /// A CycloneDX SBOM, as JSON, gzip or not. `-` is standard input.
    #[arg(value_name = "SBOM")]
    sbom: PathBuf,
    /// The ARN of what the SBOM describes: an EC2 instance, an ECR image or a Lambda function.
    #[arg(long, value_name = "ARN")]
    resource: String,
    #[command(flatten)]
    reach: ReachOptions,
}

impl Scan {
    pub async fn run(self) -> Result<Ended> {
        let sbom = self.read()?;
        let reach = Reach::open_to_fill(&self.reach.way).await?;
        let bar = super::progress(self.reach.format, "matching", 0);
        let input = ScanResourceInput {
            resource_arn: self.resource.clone(),
            sbom,
            tags: None,
        };
        let output = reach.call::<ScanResource>(input).await?;
        bar.finish_and_clear();
        self.print(&output)?;
        Ok(Ended::Well)
    }

    fn read(&self) -> Result<Document> {
        let name = self.sbom.display();
        let input = input::open(&self.sbom)?;
        let text = input::text(input.reader, Vec::new()).with_context(|| name.to_string())?;
        let taken = http::Limits::default().body_bytes_max;
        if self.reach.way.is_server() && text.len() > taken {
            bail!(
                "{name} has {} bytes, and a server takes requests of at most {taken}: leave out what is no \
                 package, or give --data for the store itself",
                text.len()
            );
        }
        Document::from_text(text).with_context(|| format!("{name} is not JSON"))
    }

    fn print(&self, output: &ScanResourceOutput) -> Result<()> {
        if self.reach.format == Format::Json {
            let skipped = output.skipped.iter();
            let skipped = skipped.map(|s| json!({"name": s.name, "reason": s.reason}));
            let skipped: Vec<_> = skipped.collect();
            return say(json!({
                "packages": output.packages, "opened": output.opened, "reopened": output.reopened,
                "closed": output.closed, "unchanged": output.unchanged, "skipped": skipped,
            }));
        }
        for skipped in output.skipped.iter().take(SKIPPED_SHOWN) {
            eprintln!("skipped {}: {}", skipped.name, skipped.reason);
        }
        say(format_args!(
            "{}: {} packages; findings: {} opened, {} reopened, {} closed, {} unchanged; {} components skipped",
            self.resource,
            output.packages,
            output.opened,
            output.reopened,
            output.closed,
            output.unchanged,
            output.skipped.len()
        ))
    }
}
