//! `balefire import`: OCSF findings from files, in batches, each broken one reported by its place.

mod documents;
mod identity;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use balefire_api::Document;
use balefire_api::own::{ImportFindings, ImportFindingsInput, ImportFindingsOutput};
use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::task::JoinSet;

use super::reach::Reach;
use super::{Ended, Format, ReachOptions};

/// Findings and bytes of one request.
const BATCH_FINDINGS: usize = 500;
const BATCH_BYTES: usize = 4 << 20;
/// Requests under way at once: one is committed while the next is read.
const BATCHES_UNDER_WAY: usize = 3;

#[derive(Args)]
pub struct Import {
    /// Files of OCSF findings: a JSON array, one object, or one object a line; gzip or not.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reach: ReachOptions,
}

/// What became of the findings of all files.
#[derive(Default, Serialize)]
struct Summary {
    created: i64,
    updated: i64,
    unchanged: i64,
    failed: Vec<Failed>,
}

/// A finding that was refused, and where it stands.
#[derive(Clone, Serialize)]
struct Failed {
    file: String,
    place: String,
    reason: String,
}

/// Findings on their way in one request.
#[derive(Default)]
struct Batch {
    documents: Vec<Document>,
    places: Vec<String>,
    identities: HashSet<u64>,
    bytes: usize,
}

impl Import {
    pub async fn run(self) -> Result<Ended> {
        let reach = Arc::new(Reach::open(&self.reach).await?);
        let mut summary = Summary::default();
        for file in &self.files {
            import_file(&reach, file, self.reach.format, &mut summary).await?;
        }
        summary.print(self.reach.format)?;
        Ok(if summary.failed.is_empty() {
            Ended::Well
        } else {
            Ended::InPart
        })
    }
}

async fn import_file(
    reach: &Arc<Reach>,
    file: &Path,
    format: Format,
    summary: &mut Summary,
) -> Result<()> {
    let bar = super::progress(
        format,
        &file.display().to_string(),
        file.metadata().map_or(0, |m| m.len()),
    );
    let mut sender = Sender {
        reach: Arc::clone(reach),
        under_way: JoinSet::new(),
        busy: HashMap::new(),
        next: 0,
    };
    let name = file.display().to_string();
    let mut batch = Batch::default();
    let mut source = documents::open(file)?;
    while let Some(found) = source.next() {
        bar.set_position(source.position());
        match found {
            Ok((place, document)) => batch.push(place, document),
            Err((place, reason)) => {
                summary.failed.push(Failed {
                    file: name.clone(),
                    place,
                    reason,
                });
                continue;
            }
        }
        if batch.is_full() {
            sender
                .send(std::mem::take(&mut batch), &name, summary)
                .await?;
        }
    }
    sender.send(batch, &name, summary).await?;
    sender.finish(&name, summary).await?;
    bar.finish_and_clear();
    Ok(())
}

impl Batch {
    fn push(&mut self, place: String, document: Box<RawValue>) {
        self.bytes += document.get().len();
        self.identities.extend(identity::hash(document.get()));
        self.documents.push(Document(document));
        self.places.push(place);
    }

    fn is_full(&self) -> bool {
        self.documents.len() >= BATCH_FINDINGS || self.bytes >= BATCH_BYTES
    }
}

type Sent = Result<(u64, Vec<String>, ImportFindingsOutput)>;

/// Keeps some requests under way.
struct Sender {
    reach: Arc<Reach>,
    under_way: JoinSet<Sent>,
    /// The findings of each request under way.
    busy: HashMap<u64, HashSet<u64>>,
    next: u64,
}

impl Sender {
    async fn send(&mut self, batch: Batch, file: &str, summary: &mut Summary) -> Result<()> {
        if batch.documents.is_empty() {
            return Ok(());
        }
        // Of two versions of one finding, the later in the file must arrive later.
        while self.under_way.len() >= BATCHES_UNDER_WAY
            || self
                .busy
                .values()
                .any(|busy| !busy.is_disjoint(&batch.identities))
        {
            self.take_one(file, summary).await?;
        }
        let (id, reach) = (self.next, Arc::clone(&self.reach));
        self.next += 1;
        self.busy.insert(id, batch.identities);
        let (findings, places) = (batch.documents, batch.places);
        self.under_way.spawn(async move {
            let output = reach
                .call::<ImportFindings>(ImportFindingsInput { findings })
                .await?;
            Ok((id, places, output))
        });
        Ok(())
    }

    async fn finish(&mut self, file: &str, summary: &mut Summary) -> Result<()> {
        while !self.under_way.is_empty() {
            self.take_one(file, summary).await?;
        }
        Ok(())
    }

    async fn take_one(&mut self, file: &str, summary: &mut Summary) -> Result<()> {
        let Some(sent) = self.under_way.join_next().await else {
            return Ok(());
        };
        let (id, places, output) = sent??;
        self.busy.remove(&id);
        summary.created += i64::from(output.created);
        summary.updated += i64::from(output.updated);
        summary.unchanged += i64::from(output.unchanged);
        for failed in output.failed {
            let place = usize::try_from(failed.index)
                .ok()
                .and_then(|index| places.get(index).cloned());
            summary.failed.push(Failed {
                file: file.to_owned(),
                place: place.unwrap_or_default(),
                reason: failed.reason,
            });
        }
        Ok(())
    }
}

impl Summary {
    fn print(&self, format: Format) -> Result<()> {
        if format == Format::Json {
            println!("{}", serde_json::to_string(self)?);
            return Ok(());
        }
        for failed in &self.failed {
            eprintln!("{}: {}: {}", failed.file, failed.place, failed.reason);
        }
        println!(
            "{} created, {} updated, {} unchanged, {} failed",
            self.created,
            self.updated,
            self.unchanged,
            self.failed.len()
        );
        Ok(())
    }
}
