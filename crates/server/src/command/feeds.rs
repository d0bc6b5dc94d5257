//! `balefire feeds refresh`: the vulnerability feeds, each checked as a whole before any of it is sent.

mod bring;
mod download;
mod rows;

use std::sync::Arc;

use anyhow::{Result, bail};
use balefire_api::own::Feed;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::reach::{Conflict, Reach};
use super::{Ended, Format, ReachOptions, say};
use crate::context::Clock;
use crate::intelligence::feed::is_newer;
use crate::intelligence::source::Source;
use bring::{Whole, bring};
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
    /// The date of the rows that were there before, where they were newer.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_newer: Option<String>,
    /// The date of what another refresh has brought meanwhile, where that is in force instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    overtaken_by: Option<String>,
}

/// How far a feed has come.
#[derive(Default)]
struct Progress {
    /// Rows that the store has taken.
    taken: u64,
    rows: u64,
}

impl Feeds {
    pub async fn run(self) -> Result<Ended> {
        let Feeds::Refresh(refresh) = self;
        let reach = Arc::new(Reach::open_to_fill(&refresh.reach.way).await?);
        let (mut ended, mut failed, mut unsaid) = (Ended::Well, false, None);
        for (feed, source) in refresh.sources()? {
            let mut progress = Progress::default();
            let format = refresh.reach.format;
            // One feed that cannot be had does not keep the others from coming in, nor does an output
            // that nobody reads any more.
            match refresh_feed(&reach, feed, source.clone(), format, &mut progress).await {
                Ok(refreshed) => {
                    if !refreshed.rejected.is_empty() {
                        ended = Ended::InPart;
                    }
                    unsaid = unsaid.or(refreshed.print(format).err());
                }
                Err(error) => {
                    let holds = match error.is::<Conflict>() {
                        true => "another refresh went before".to_owned(),
                        false => progress.holds(feed),
                    };
                    let error = error.context(format!("{} from {source}, {holds}", feed.as_str()));
                    eprintln!("balefire: {error:#}");
                    failed = true;
                }
            }
        }
        if failed {
            bail!("not every feed was refreshed");
        }
        unsaid.map_or(Ok(ended), Err)
    }
}

impl Progress {
    /// What is in force after a failure. OSV advisories hold one by one, the other feeds as a whole.
    fn holds(&self, feed: Feed) -> String {
        match (feed, self.taken) {
            (Feed::Osv, 1..) => format!(
                "{} of its {} advisories were taken and hold",
                self.taken, self.rows
            ),
            _ => "the previous one stays".to_owned(),
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
    progress: &mut Progress,
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
        tokio::task::spawn_blocking(move || check(feed, &source)).await??
    };
    progress.rows = checked.rows;
    // A feed that tells no date is as new as its refresh.
    let as_of = match checked.as_of.as_str() {
        "" => Clock::system().now().date_time(),
        told => told.to_owned(),
    };
    let bar = super::progress(format, &shown, checked.rows);
    let whole = Arc::new(Whole {
        feed,
        source,
        checked,
        as_of: as_of.clone(),
    });
    let finished = bring(reach, &whole, progress, &bar).await?;
    bar.finish_and_clear();
    let replaced = finished.replaced_as_of;
    Ok(Refreshed {
        feed: feed.as_str(),
        source: shown,
        rows: whole.checked.rows,
        rejected: whole.checked.rejected.clone(),
        replaced_newer: replaced.filter(|replaced| is_newer(replaced, &as_of)),
        overtaken_by: finished.overtaken_by,
        as_of,
    })
}

/// What can be sent of a feed. Where nothing can, the first reasons say what kind of file it may be.
fn check(feed: Feed, source: &Source) -> Result<Rows> {
    let checked = Rows::check(feed, source)?;
    if checked.rows == 0 {
        let first: Vec<_> = checked.rejected.into_iter().take(3).collect();
        bail!("none of its rows can be used: {}", first.join("; "));
    }
    Ok(checked)
}

impl Refreshed {
    fn print(&self, format: Format) -> Result<()> {
        if let Some(newer) = &self.replaced_newer {
            eprintln!(
                "balefire: {} from {} is of {}, and replaced what was of {newer}",
                self.feed, self.source, self.as_of
            );
        }
        if let Some(other) = &self.overtaken_by {
            eprintln!(
                "balefire: {} from {} is of {}, and what another refresh brought meanwhile is in force: \
                 it is of {other}",
                self.feed, self.source, self.as_of
            );
        }
        if format == Format::Json {
            return say(serde_json::to_string(self)?);
        }
        for rejected in self.rejected.iter().take(REJECTED_SHOWN) {
            eprintln!("{}: {rejected}", self.source);
        }
        say(format_args!(
            "{}: {} rows as of {}, {} rejected, from {}",
            self.feed,
            self.rows,
            self.as_of,
            self.rejected.len(),
            self.source
        ))
    }
}

#[cfg(test)]
mod tests;
