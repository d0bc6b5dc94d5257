//! `balefire scan`: the packages of an SBOM against the advisories, for one resource.

use std::path::PathBuf;

use anyhow::{Context, Result};
use balefire_api::Document;
use balefire_api::own::{ScanResource, ScanResourceInput};
use clap::Args;
use serde_json::json;

use super::reach::Reach;
use super::{Ended, Format, ReachOptions};

/// Skipped components that are shown one by one.
const SKIPPED_SHOWN: usize = 20;

#[derive(Args)]
pub struct Scan {
    /// A CycloneDX SBOM, as JSON.
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
        let text = std::fs::read_to_string(&self.sbom)
            .with_context(|| format!("reading {}", self.sbom.display()))?;
        let sbom = Document::from_text(text)
            .with_context(|| format!("{} is not JSON", self.sbom.display()))?;
        let reach = Reach::open(&self.reach).await?;
        let bar = super::progress(self.reach.format, "matching", 0);
        let input = ScanResourceInput {
            resource_arn: self.resource.clone(),
            sbom,
            tags: None,
        };
        let output = reach.call::<ScanResource>(input).await?;
        bar.finish_and_clear();
        if self.reach.format == Format::Json {
            let skipped: Vec<_> = output
                .skipped
                .iter()
                .map(|s| json!({"name": s.name, "reason": s.reason}))
                .collect();
            println!(
                "{}",
                json!({
                    "packages": output.packages, "opened": output.opened, "reopened": output.reopened,
                    "closed": output.closed, "unchanged": output.unchanged, "skipped": skipped,
                })
            );
            return Ok(Ended::Well);
        }
        for skipped in output.skipped.iter().take(SKIPPED_SHOWN) {
            eprintln!("skipped {}: {}", skipped.name, skipped.reason);
        }
        println!(
            "{}: {} packages; findings: {} opened, {} reopened, {} closed, {} unchanged; {} components skipped",
            self.resource,
            output.packages,
            output.opened,
            output.reopened,
            output.closed,
            output.unchanged,
            output.skipped.len()
        );
        Ok(Ended::Well)
    }
}
