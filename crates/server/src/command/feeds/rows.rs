//! The rows of a feed as they are sent, through the readers that check them.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use anyhow::{Context, Result};
use balefire_api::own::Feed;
use balefire_api::{Document, Timestamp};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::intelligence::feed::RecordError;
use crate::intelligence::feed_store::check_advisory;
use crate::intelligence::osv::{self, Advisory};
use crate::intelligence::source::{Source, unpack};
use crate::intelligence::{epss, kev};

/// What a whole feed turned out to be.
pub struct Rows {
    pub rows: u64,
    pub rejected: Vec<String>,
    /// The feed's own date, or the newest in it.
    pub as_of: String,
    /// OSV records that are not sent, counted from 1: others of the same id stand.
    left_out: HashSet<u64>,
}

/// Takes a row on; an error ends the reading.
type On<'a> = &'a mut dyn FnMut(Document) -> Result<()>;

impl Rows {
    /// Reads a feed to its end. Its rows count only if this is `Ok`.
    pub fn check(feed: Feed, source: &Source) -> Result<Rows> {
        read(feed, source, &HashSet::new(), &mut |_| Ok(()))
    }

    /// Reads the feed again and hands its rows on.
    pub fn send(&self, feed: Feed, source: &Source, on: On<'_>) -> Result<()> {
        read(feed, source, &self.left_out, on).map(drop)
    }
}

fn read(feed: Feed, source: &Source, left_out: &HashSet<u64>, on: On<'_>) -> Result<Rows> {
    match feed {
        Feed::Kev => read_kev(source, on),
        Feed::Epss => read_epss(source, on),
        Feed::Osv => read_osv(source, left_out, on),
    }
}

/// Addresses are downloaded before they are read.
fn no_fetch(url: &str) -> std::io::Result<Box<dyn crate::intelligence::source::Input>> {
    Err(std::io::Error::other(format!("{url} was not downloaded")))
}

fn read_kev(source: &Source, on: On<'_>) -> Result<Rows> {
    #[derive(Deserialize)]
    struct Catalog {
        vulnerabilities: Vec<Box<RawValue>>,
    }
    let mut bytes = Vec::new();
    unpack(source.open(no_fetch)?)?
        .read_to_end(&mut bytes)
        .with_context(|| format!("reading {source}"))?;
    let checked = kev::read(bytes.as_slice())?;
    let catalog: Catalog = serde_json::from_slice(&bytes)?;
    let mut rows = 0;
    for (position, row) in catalog.vulnerabilities.into_iter().enumerate() {
        if checked.positions.binary_search(&position).is_ok() {
            rows += 1;
            on(row.into())?;
        }
    }
    let rejected = checked.rejected.iter().map(ToString::to_string).collect();
    Ok(Rows {
        rows,
        rejected,
        as_of: checked.as_of.to_string(),
        left_out: HashSet::new(),
    })
}

fn read_epss(source: &Source, on: On<'_>) -> Result<Rows> {
    let (mut rows, mut rejected, mut stopped) = (0, Vec::new(), None);
    let summary = epss::read(unpack(source.open(no_fetch)?)?, |row| match row {
        Ok(score) if stopped.is_none() => {
            let row =
                json!({"cve": score.cve, "epss": score.score, "percentile": score.percentile});
            rows += 1;
            stopped = on(Document::from_value(&row)).err();
        }
        Ok(_) => {}
        Err(error) => rejected.push(error.to_string()),
    })?;
    match stopped {
        Some(error) => Err(error),
        None => Ok(Rows {
            rows,
            rejected,
            as_of: summary
                .as_of
                .map_or_else(String::new, |day| day.to_string()),
            left_out: HashSet::new(),
        }),
    }
}

fn read_osv(source: &Source, left_out: &HashSet<u64>, on: On<'_>) -> Result<Rows> {
    let (mut record, mut stopped) = (0, None);
    let (mut rejected, mut repeated) = (Vec::new(), Repeated::default());
    let mut newest = None;
    let mut rows = 0;
    osv::read(source, no_fetch, |advisory| {
        record += 1;
        let advisory = match advisory {
            Ok(advisory) => advisory,
            Err(error) => return rejected.push(error.to_string()),
        };
        if left_out.contains(&record) {
            return;
        }
        if let Err(reason) = check_advisory(&advisory) {
            return rejected.push(format!("record {record}: {reason}"));
        }
        rejected.extend(repeated.note(record, &advisory));
        newest = newest.max(advisory.modified);
        rows += 1;
        if stopped.is_none() {
            let text = serde_json::to_string(&advisory).map_err(anyhow::Error::from);
            stopped = text.and_then(|text| on(Document::from_text(text)?)).err();
        }
    })?;
    match stopped {
        Some(error) => Err(error),
        None => Ok(Rows {
            rows: rows - repeated.left_out.len() as u64,
            rejected,
            as_of: newest.map_or_else(String::new, Timestamp::date_time),
            left_out: repeated.left_out,
        }),
    }
}

/// Which of the records with one id stands: the one that was modified last, else the last of the feed.
#[derive(Default)]
struct Repeated {
    stands: HashMap<String, (Option<Timestamp>, u64)>,
    left_out: HashSet<u64>,
}

impl Repeated {
    /// Notes a record; says which one it rules out, or is ruled out by.
    fn note(&mut self, record: u64, advisory: &Advisory) -> Option<String> {
        let this = (advisory.modified, record);
        let Some(other) = self.stands.get_mut(&advisory.id) else {
            self.stands.insert(advisory.id.clone(), this);
            return None;
        };
        // Records are noted in their order, so that of equal times the later record is greater.
        let (stands, falls) = if this > *other {
            (this, *other)
        } else {
            (*other, this)
        };
        *other = stands;
        self.left_out.insert(falls.1);
        let error = RecordError {
            place: format!("record {}", falls.1),
            id: Some(advisory.id.clone()),
            reason: format!("record {} of the same id goes before it", stands.1),
        };
        Some(error.to_string())
    }
}

#[cfg(test)]
mod tests;
