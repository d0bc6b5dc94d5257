//! `balefire feeds refresh`: the vulnerability feeds, each checked as a whole before any of it is sent.

mod download;
mod rows;

use std::sync::Arc;

use anyhow::{Context, Result};
use balefire_api::Document;
use balefire_api::own::{Feed, FinishFeed, FinishFeedInput, PutFeedPart, PutFeedPartInput};
use clap::{Args, Subcommand};
use serde::Serialize;
use tokio::sync::mpsc;

use super::reach::Reach;
use super::{Ended, Format, ReachOptions};
use crate::context::Clock;
use crate::intelligence::source::Source;
use rows::Rows;

const KEV_URL: &str =
    "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";
const EPSS_URL: &str = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz";
/// The ecosystems whose versions are compared.
const OSV_URLS: [&str; 4] = [
    "https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip",
    "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip",
    "https://osv-vulnerabilities.storage.googleapis.com/crates.io/all.zip",
    "https://osv-vulnerabilities.storage.googleapis.com/Go/all.zip",
];

/// Rows of one request.
const ROWS_PER_PART: usize = 2000;
const BYTES_PER_PART: usize = 4 << 20;
/// Rejected rows that are shown one by one.
const REJECTED_SHOWN: usize = 20;

#[derive(Subcommand)]
pub enum Feeds {
    /// Replace KEV and EPSS and add OSV advisories. With no source named, all come from their public addresses.
    Refresh(Refresh),
}

#[derive(Args)]
pub struct Refresh {
    /// CISA's known exploited vulnerabilities, as JSON: a path or URL.
    #[arg(long, value_name = "SRC")]
    kev: Option<Source>,
    /// FIRST's exploit prediction scores, as CSV or CSV.gz: a path or URL.
    #[arg(long, value_name = "SRC")]
    epss: Option<Source>,
    /// OSV advisories: a JSON file, a folder or a zip, by path or URL. May be given more than once.
    #[arg(long, value_name = "SRC")]
    osv: Vec<Source>,
    #[command(flatten)]
    reach: ReachOptions,
}

/// What became of one feed.
#[derive(Serialize)]
struct Refreshed {
    feed: &'static str,
    source: String,
    rows: u64,
    rejected: Vec<String>,
    as_of: String,
}

impl Feeds {
    pub async fn run(self) -> Result<Ended> {
        let Feeds::Refresh(refresh) = self;
        let reach = Arc::new(Reach::open(&refresh.reach).await?);
        let (mut ended, mut failed) = (Ended::Well, None);
        for (feed, source) in refresh.sources()? {
            // One feed that cannot be had does not keep the others from coming in.
            match refresh_feed(&reach, feed, source.clone(), refresh.reach.format).await {
                Ok(refreshed) => {
                    if !refreshed.rejected.is_empty() {
                        ended = Ended::InPart;
                    }
                    refreshed.print(refresh.reach.format)?;
                }
                Err(error) => {
                    let error = error.context(format!(
                        "{} from {source}, the previous one stays",
                        feed.as_str()
                    ));
                    eprintln!("balefire: {error:#}");
                    failed = Some(error);
                }
            }
        }
        match failed {
            Some(_) => anyhow::bail!("not every feed was refreshed"),
            None => Ok(ended),
        }
    }
}

impl Refresh {
    fn sources(&self) -> Result<Vec<(Feed, Source)>> {
        let mut all: Vec<(Feed, Source)> = Vec::new();
        all.extend(self.kev.clone().map(|source| (Feed::Kev, source)));
        all.extend(self.epss.clone().map(|source| (Feed::Epss, source)));
        all.extend(self.osv.iter().cloned().map(|source| (Feed::Osv, source)));
        if all.is_empty() {
            all.push((Feed::Kev, KEV_URL.parse()?));
            all.push((Feed::Epss, EPSS_URL.parse()?));
            for url in OSV_URLS {
                all.push((Feed::Osv, url.parse()?));
            }
        }
        Ok(all)
    }
}

/// Reads the source to its end first: what is cut off is found before a row is sent.
async fn refresh_feed(
    reach: &Arc<Reach>,
    feed: Feed,
    source: Source,
    format: Format,
) -> Result<Refreshed> {
    let shown = source.to_string();
    let local = match &source {
        Source::Url(url) => Some(download::download(url).await?),
        Source::Path(_) => None,
    };
    let source = match &local {
        Some(file) => Source::Path(file.path().to_owned()),
        None => source,
    };
    let checked = {
        let source = source.clone();
        tokio::task::spawn_blocking(move || Rows::read(feed, &source, &mut |_| Ok(()))).await??
    };
    // A feed that tells no date is as new as its refresh.
    let as_of = match checked.as_of.as_str() {
        "" => Clock::system().now().date_time(),
        told => told.to_owned(),
    };
    let bar = super::progress(format, &shown, checked.rows);
    let generation = uuid::Uuid::new_v4().to_string();
    let (sender, mut parts) = mpsc::channel::<Vec<Document>>(2);
    let reading = tokio::task::spawn_blocking(move || send_parts(feed, &source, &sender));
    let mut sent = 0;
    while let Some(rows) = parts.recv().await {
        sent += rows.len() as u64;
        let part = PutFeedPartInput {
            feed,
            generation: generation.clone(),
            rows,
        };
        reach.call::<PutFeedPart>(part).await?;
        bar.set_position(sent);
    }
    reading.await??;
    let row_count = i64::try_from(sent).context("too many rows")?;
    let finish = FinishFeedInput {
        feed,
        generation,
        as_of: as_of.clone(),
        row_count,
    };
    reach.call::<FinishFeed>(finish).await?;
    bar.finish_and_clear();
    Ok(Refreshed {
        feed: feed.as_str(),
        source: shown,
        rows: sent,
        rejected: checked.rejected,
        as_of,
    })
}

fn send_parts(feed: Feed, source: &Source, sender: &mpsc::Sender<Vec<Document>>) -> Result<()> {
    let (mut part, mut bytes) = (Vec::new(), 0);
    let hand_on = |part: &mut Vec<Document>| {
        let part = std::mem::take(part);
        sender
            .blocking_send(part)
            .map_err(|_| anyhow::anyhow!("sending stopped"))
    };
    Rows::read(feed, source, &mut |row| {
        bytes += row.text().len();
        part.push(row);
        if part.len() >= ROWS_PER_PART || bytes >= BYTES_PER_PART {
            bytes = 0;
            hand_on(&mut part)?;
        }
        Ok(())
    })?;
    if !part.is_empty() {
        hand_on(&mut part)?;
    }
    Ok(())
}

impl Refreshed {
    fn print(&self, format: Format) -> Result<()> {
        if format == Format::Json {
            println!("{}", serde_json::to_string(self)?);
            return Ok(());
        }
        for rejected in self.rejected.iter().take(REJECTED_SHOWN) {
            eprintln!("{}: {rejected}", self.source);
        }
        println!(
            "{}: {} rows as of {}, {} rejected, from {}",
            self.feed,
            self.rows,
            self.as_of,
            self.rejected.len(),
            self.source
        );
        Ok(())
    }
}
