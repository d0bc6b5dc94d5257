//! Findings on their way: batches, some of them under way at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::Result;
use balefire_api::Document;
use balefire_api::own::{ImportFindings, ImportFindingsInput, ImportFindingsOutput};
use tokio::task::JoinSet;

use super::documents::Incoming;
use super::summary::FileSummary;
use crate::command::reach::Reach;

/// Findings and bytes of one request.
const BATCH_FINDINGS: usize = 500;
const BATCH_BYTES: usize = 4 << 20;
/// With one more finding it is still less than a server takes.
const BATCH_BYTES_MAX: usize = 7 << 20;
/// Requests under way at once: while one is on its way to the disk, others are read, checked and packed.
const BATCHES_UNDER_WAY: usize = 12;

/// Findings on their way in one request.
#[derive(Default)]
pub struct Batch {
    documents: Vec<Document>,
    places: Vec<String>,
    findings: HashSet<u64>,
    bytes: usize,
}

impl Batch {
    pub fn push(&mut self, found: Incoming) {
        self.bytes += found.document.text().len();
        self.findings
            .extend(found.version.map(|version| version.finding));
        self.documents.push(found.document);
        self.places.push(found.place);
    }

    pub fn is_full(&self) -> bool {
        self.documents.len() >= BATCH_FINDINGS || self.bytes >= BATCH_BYTES
    }

    /// No request takes more, not even of what should go together.
    pub fn is_at_its_limit(&self) -> bool {
        self.bytes >= BATCH_BYTES_MAX
    }
}

type Sent = Result<(u64, Vec<String>, ImportFindingsOutput)>;

/// Keeps some requests under way.
pub struct Sender {
    reach: Arc<Reach>,
    run: Option<String>,
    undated: bool,
    under_way: JoinSet<Sent>,
    /// The findings of each request under way.
    busy: HashMap<u64, HashSet<u64>>,
    next: u64,
}

impl Sender {
    pub fn new(reach: Arc<Reach>, run: Option<String>, undated: bool) -> Sender {
        Sender {
            reach,
            run,
            undated,
            under_way: JoinSet::new(),
            busy: HashMap::new(),
            next: 0,
        }
    }

    pub async fn send(&mut self, batch: Batch, summary: &mut FileSummary) -> Result<()> {
        if batch.documents.is_empty() {
            return Ok(());
        }
        // Of two versions of one finding, the later in the file must arrive later.
        while self.under_way.len() >= BATCHES_UNDER_WAY
            || self
                .busy
                .values()
                .any(|busy| !busy.is_disjoint(&batch.findings))
        {
            self.take_one(summary).await?;
        }
        let (id, reach) = (self.next, Arc::clone(&self.reach));
        self.next += 1;
        self.busy.insert(id, batch.findings);
        let places = batch.places;
        let input = ImportFindingsInput {
            findings: batch.documents,
            run: self.run.clone(),
            undated: Some(self.undated),
        };
        self.under_way.spawn(async move {
            let output = reach.call::<ImportFindings>(input).await?;
            Ok((id, places, output))
        });
        Ok(())
    }

    /// Waits for all that are under way: they are done whatever becomes of one. Fails as the first of them.
    pub async fn finish(&mut self, summary: &mut FileSummary) -> Result<()> {
        let mut ended = Ok(());
        while !self.under_way.is_empty() {
            ended = ended.and(self.take_one(summary).await);
        }
        ended
    }

    async fn take_one(&mut self, summary: &mut FileSummary) -> Result<()> {
        let Some(sent) = self.under_way.join_next().await else {
            return Ok(());
        };
        let (id, places, output) = sent??;
        self.busy.remove(&id);
        summary.count(&output);
        for failed in output.failed {
            let place = usize::try_from(failed.index)
                .ok()
                .and_then(|index| places.get(index).cloned());
            summary.refuse(place.unwrap_or_default(), failed.reason);
        }
        Ok(())
    }
}
