//! The rows of a feed as they are sent, through the readers that check them.

use std::collections::HashSet;
use std::io::Read;

use anyhow::{Context, Result};
use balefire_api::Document;
use balefire_api::own::Feed;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::intelligence::source::{Source, unpack};
use crate::intelligence::{epss, kev, osv};

/// What a whole feed turned out to be.
pub struct Rows {
    pub rows: u64,
    pub rejected: Vec<String>,
    /// The feed's own date, or the newest in it.
    pub as_of: String,
}

/// Takes a row on; an error ends the reading.
type On<'a> = &'a mut dyn FnMut(Document) -> Result<()>;

impl Rows {
    /// Reads a feed to its end. Rows that were handed on count only if this is `Ok`.
    pub fn read(feed: Feed, source: &Source, on: On<'_>) -> Result<Rows> {
        match feed {
            Feed::Kev => read_kev(source, on),
            Feed::Epss => read_epss(source, on),
            Feed::Osv => read_osv(source, on),
        }
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
    #[derive(Deserialize)]
    struct Entry {
        #[serde(rename = "cveID", default)]
        cve: String,
    }
    let mut bytes = Vec::new();
    unpack(source.open(no_fetch)?)?
        .read_to_end(&mut bytes)
        .with_context(|| format!("reading {source}"))?;
    let checked = kev::read(bytes.as_slice())?;
    let good: HashSet<&str> = checked
        .entries
        .iter()
        .map(|entry| entry.cve.as_str())
        .collect();
    let catalog: Catalog = serde_json::from_slice(&bytes)?;
    let mut rows = 0;
    for row in catalog.vulnerabilities {
        let entry: Entry = serde_json::from_str(row.get()).unwrap_or(Entry { cve: String::new() });
        if good.contains(entry.cve.trim()) {
            rows += 1;
            on(row.into())?;
        }
    }
    let rejected = checked.rejected.iter().map(ToString::to_string).collect();
    Ok(Rows {
        rows,
        rejected,
        as_of: checked.as_of.to_string(),
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
        }),
    }
}

fn read_osv(source: &Source, on: On<'_>) -> Result<Rows> {
    let (mut rows, mut rejected, mut stopped) = (0, Vec::new(), None);
    let mut newest = String::new();
    osv::read(source, no_fetch, |advisory| match advisory {
        Ok(advisory) if stopped.is_none() => {
            rows += 1;
            if let Some(modified) = advisory.modified.as_ref().map(ToString::to_string)
                && modified > newest
            {
                newest = modified;
            }
            let text = serde_json::to_string(&advisory).map_err(anyhow::Error::from);
            let sent = text.and_then(|text| on(Document::from_text(text)?));
            stopped = sent.err();
        }
        Ok(_) => {}
        Err(error) => rejected.push(error.to_string()),
    })?;
    match stopped {
        Some(error) => Err(error),
        None => Ok(Rows {
            rows,
            rejected,
            as_of: newest,
        }),
    }
}
