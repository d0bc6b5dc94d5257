//! What the feeds say of the vulnerabilities of a few findings, read when they are shown.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use balefire_api::Timestamp;
use balefire_store::Tx;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Finding;
use crate::failure::Failure;
use crate::inspector::resource::Resource;
use crate::intelligence::epss::EpssScore;
use crate::intelligence::feed_store;
use crate::intelligence::kev::KevEntry;
use crate::intelligence::osv::Advisory;

/// The facts behind a page of findings.
pub(super) struct Facts {
    kev: HashMap<String, KevEntry>,
    epss: HashMap<String, EpssScore>,
    advisories: HashMap<String, Arc<Advisory>>,
    /// By account, region and ARN of the resource.
    tags: HashMap<(String, String, String), BTreeMap<String, String>>,
}

impl Facts {
    /// Reads what these findings need.
    pub(super) fn of(tx: &mut Tx<'_>, findings: &[Finding]) -> Result<Facts, Failure> {
        let cves = distinct(
            findings
                .iter()
                .map(|finding| finding.vulnerability.as_str()),
        );
        let ids = distinct(
            findings
                .iter()
                .map(|finding| finding.matched.advisory.as_str()),
        );
        let mut tags = HashMap::new();
        for finding in findings {
            let Finding {
                account,
                region,
                resource,
                ..
            } = finding;
            let key = (account.clone(), region.clone(), resource.clone());
            if let Entry::Vacant(vacant) = tags.entry(key) {
                vacant.insert(Resource::tags_of(tx, account, region, resource)?);
            }
        }
        Ok(Facts {
            kev: feed_store::kev_entries(tx, &cves)?,
            epss: feed_store::epss_scores(tx, &cves)?,
            advisories: feed_store::advisories(tx, &ids)?,
            tags,
        })
    }

    pub(super) fn kev(&self, finding: &Finding) -> Option<&KevEntry> {
        self.kev.get(&finding.vulnerability)
    }

    pub(super) fn epss(&self, finding: &Finding) -> Option<&EpssScore> {
        self.epss.get(&finding.vulnerability)
    }

    pub(super) fn advisory(&self, finding: &Finding) -> Option<&Advisory> {
        self.advisories
            .get(&finding.matched.advisory)
            .map(Arc::as_ref)
    }

    pub(super) fn tags(&self, finding: &Finding) -> BTreeMap<String, String> {
        let key = (
            finding.account.clone(),
            finding.region.clone(),
            finding.resource.clone(),
        );
        self.tags.get(&key).cloned().unwrap_or_default()
    }
}

fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    texts.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The start of a day in UTC: feeds that give days give no times.
pub(super) fn day(date: Date) -> Option<Timestamp> {
    let start = date.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp(start.timestamp().as_millisecond()))
}

/// The addresses of advisories, each once, in their order.
pub(super) fn reference_urls<'a>(
    advisories: impl IntoIterator<Item = &'a Advisory>,
) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for reference in advisories
        .into_iter()
        .flat_map(|advisory| &advisory.references)
    {
        if urls.len() < REFERENCES_MAX
            && !reference.url.is_empty()
            && !urls.contains(&reference.url)
        {
            urls.push(reference.url.clone());
        }
    }
    urls
}

/// The most addresses that the model lets finding details give.
const REFERENCES_MAX: usize = 100;
