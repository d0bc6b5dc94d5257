//! `balefire import`: findings of any scanner from files, each broken one reported by its place.

mod complete;
mod documents;
mod identity;
mod send;
mod summary;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::reach::Reach;
use super::{Ended, ReachOptions};
use crate::formats::{self, Given};
use documents::Documents;
use send::{Batch, Sender};
use summary::{FileSummary, Summary};

#[derive(Args)]
pub struct Import {
    /// Reports of scanners: OCSF, Prowler, SARIF, Trivy, Grype, CycloneDX VEX; gzip or not. Which it is,
    /// is found out by the content. `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The format of the files, where it need not be found out.
    #[arg(long = "as", value_name = "FORMAT", value_parser = PossibleValuesParser::new(
        formats::Format::ALL.map(formats::Format::word)
    ))]
    wanted: Option<String>,
    /// What was scanned, in place of what the report calls it: a repository, an image.
    #[arg(long, value_name = "NAME")]
    scope: Option<String>,
    /// Each file is all that its scanner found: close what it found before and no longer names.
    #[arg(long)]
    complete: bool,
    #[command(flatten)]
    reach: ReachOptions,
}

impl Import {
    pub async fn run(self) -> Result<Ended> {
        let reach = Arc::new(Reach::open(&self.reach).await?);
        let wanted = self.wanted.as_deref().and_then(formats::Format::of_word);
        let given = Given {
            scope: self.scope.as_deref(),
        };
        let mut summary = Summary::default();
        let mut unread = Vec::new();
        for file in &self.files {
            // A file that is no report costs no other.
            match documents::open(file, wanted, given) {
                Ok(source) => summary.add(self.import_file(&reach, file, source).await?),
                Err(error) => unread.push(error),
            }
        }
        if !summary.is_empty() {
            summary.print(self.reach.format)?;
        }
        if let Some(last) = unread.pop() {
            for error in unread {
                eprintln!("{error:#}");
            }
            return Err(last);
        }
        Ok(if summary.is_whole() {
            Ended::Well
        } else {
            Ended::InPart
        })
    }

    async fn import_file(
        &self,
        reach: &Arc<Reach>,
        file: &Path,
        mut source: Documents,
    ) -> Result<FileSummary> {
        let name = file.display().to_string();
        let length = file.metadata().map_or(0, |m| m.len());
        let bar = super::progress(self.reach.format, &name, length);
        let mut summary = FileSummary::new(&name, source.format);
        let run = self.complete.then(complete::new_run);
        let mut sender = Sender::new(Arc::clone(reach), run.clone(), source.undated);
        let mut batch = Batch::default();
        while let Some(found) = source.next() {
            bar.set_position(source.position());
            match found {
                Ok(found) => batch.push(found),
                Err(refused) => {
                    summary.refuse(refused.place, refused.reason);
                    continue;
                }
            }
            if batch.is_full() {
                sender
                    .send(std::mem::take(&mut batch), &mut summary)
                    .await?;
            }
        }
        sender.send(batch, &mut summary).await?;
        sender.finish(&mut summary).await?;
        if let Some(run) = run {
            complete::complete(reach, run, &source.scope, &mut summary).await?;
        }
        bar.finish_and_clear();
        Ok(summary)
    }
}
