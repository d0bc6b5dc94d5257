//! `balefire import`: findings of any scanner from files, each broken one reported by its place.

mod complete;
mod documents;
mod send;
mod summary;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::reach::Reach;
use super::{Ended, ReachOptions};
use crate::formats::{self, Given, Versions};
use crate::securityhub::finding::too_long;
use complete::Wholes;
use documents::{Documents, Incoming};
use send::{Batch, Sender};
use summary::{FileSummary, Summary};

#[derive(Args)]
pub struct Import {
    /// Reports of scanners: OCSF, Prowler, SARIF, Trivy, Grype, CycloneDX VEX, ASFF, Inspector; gzip or
    /// not. Which it is, is found out by the content. `-` is standard input.
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
    /// The files are all that their scanners found: close what they found before and no longer name.
    #[arg(long)]
    complete: bool,
    #[command(flatten)]
    reach: ReachOptions,
}

impl Import {
    pub async fn run(self) -> Result<Ended> {
        let reach = Arc::new(Reach::open_to_fill(&self.reach.way).await?);
        let wanted = self.wanted.as_deref().and_then(formats::Format::of_word);
        let given = Given {
            scope: self.scope.as_deref(),
        };
        let mut files = Vec::new();
        let mut wholes = Wholes::default();
        let mut errors = Vec::new();
        for file in &self.files {
            // A file that is no report costs no other.
            let source = match documents::open(file, wanted, given) {
                Ok(source) => source,
                Err(error) => {
                    errors.push(error);
                    continue;
                }
            };
            let name = file.display().to_string();
            let mut found = FileSummary::new(&name, source.format);
            let run = self
                .complete
                .then(|| wholes.run_of(&source.scope, files.len()));
            let sender = Sender::new(Arc::clone(&reach), run, source.undated);
            let ended = match documents::versions(&source, file, wanted, given) {
                Ok(versions) => self.import_file(sender, source, versions, &mut found).await,
                Err(error) => Err(error),
            };
            if let Err(error) = &ended {
                found.stop(format!("{error:#}"));
            }
            files.push(found);
            // Where a call fails, the next ones would too.
            if let Err(error) = ended {
                errors.push(error.context(name));
                break;
            }
        }
        if let Err(error) = wholes
            .complete(&reach, &mut files, !errors.is_empty())
            .await
        {
            errors.push(error);
        }
        let summary = Summary::of(files);
        if !summary.is_empty() {
            summary.print(self.reach.format)?;
        }
        if let Some(last) = errors.pop() {
            for error in errors {
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
        mut sender: Sender,
        mut source: Documents,
        mut versions: Versions<Incoming>,
        summary: &mut FileSummary,
    ) -> Result<()> {
        let sent = self
            .send(&mut sender, &mut source, &mut versions, summary)
            .await;
        let finished = sender.finish(summary).await;
        summary.silent(&source.silent);
        sent.and(finished)
    }

    /// Sends all findings of a file in batches.
    async fn send(
        &self,
        sender: &mut Sender,
        source: &mut Documents,
        versions: &mut Versions<Incoming>,
        summary: &mut FileSummary,
    ) -> Result<()> {
        let bar = super::progress(self.reach.format, summary.file(), source.length());
        let mut batch = Batch::default();
        loop {
            bar.set_position(source.read_so_far());
            let ready = match source.next() {
                Some(Ok(found)) => match too_long(found.document.text()) {
                    Some(reason) => {
                        summary.refuse(found.place, reason);
                        continue;
                    }
                    None => versions.take(found.version, found),
                },
                Some(Err(refused)) => {
                    summary.refuse(refused.place, refused.reason);
                    continue;
                }
                None => break,
            };
            for found in ready {
                batch.push(found);
                if batch.is_at_its_limit() {
                    sender.send(std::mem::take(&mut batch), summary).await?;
                }
            }
            if batch.is_full() {
                sender.send(std::mem::take(&mut batch), summary).await?;
            }
        }
        versions
            .rest()
            .into_iter()
            .for_each(|found| batch.push(found));
        sender.send(batch, summary).await?;
        bar.finish_and_clear();
        Ok(())
    }
}
