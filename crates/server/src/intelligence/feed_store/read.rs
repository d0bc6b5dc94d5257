//! What the finished feeds say of vulnerabilities and packages.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use balefire_api::own::Feed;
use balefire_store::Tx;

use super::advisory_rows::Unpacker;
use super::epss_rows::share;
use super::generation::{FeedState, numbers, state};
use super::kev_rows::{self, entry_of};
use super::statement::query_list;
use crate::failure::Failure;
use crate::intelligence::epss::EpssScore;
use crate::intelligence::kev::KevEntry;
use crate::intelligence::osv::Advisory;
use crate::intelligence::package::PackageKey;

/// The state of a feed that has been finished at least once.
pub fn feed(tx: &mut Tx<'_>, feed: Feed) -> Result<Option<FeedState>, Failure> {
    Ok(state(tx, feed)?.map(|kept| kept.record))
}

/// The catalogue's entries of these vulnerabilities, by CVE id.
pub fn kev_entries(tx: &mut Tx<'_>, cves: &[&str]) -> Result<HashMap<String, KevEntry>, Failure> {
    let (generation, _) = numbers(tx)?;
    let head = format!(
        "SELECT {} FROM kev_entry WHERE generation = $1 AND cve IN",
        kev_rows::COLUMNS
    );
    let rows = query_list(tx, &head, "", &[generation.into()], cves)?;
    let entries = rows
        .iter()
        .map(|row| entry_of(row).map(|entry| (entry.cve.clone(), entry)));
    entries.collect()
}

/// The scores of these vulnerabilities, by CVE id.
pub fn epss_scores(tx: &mut Tx<'_>, cves: &[&str]) -> Result<HashMap<String, EpssScore>, Failure> {
    let (_, generation) = numbers(tx)?;
    let head = "SELECT cve, score_billionths, percentile_billionths FROM epss_score \
                WHERE generation = $1 AND cve IN";
    let rows = query_list(tx, head, "", &[generation.into()], cves)?;
    let mut scores = HashMap::with_capacity(rows.len());
    for row in &rows {
        let cve = row.text(0)?.to_owned();
        let (score, percentile) = (share(row.int(1)?), share(row.int(2)?));
        scores.insert(
            cve.clone(),
            EpssScore {
                cve,
                score,
                percentile,
            },
        );
    }
    Ok(scores)
}

/// Advisories by their own ids, withdrawn ones included.
pub fn advisories(
    tx: &mut Tx<'_>,
    ids: &[&str],
) -> Result<HashMap<String, Arc<Advisory>>, Failure> {
    let head = "SELECT id, document_bytes, document FROM advisory WHERE id IN";
    let mut unpacker = Unpacker::new()?;
    let rows = query_list(tx, head, "", &[], ids)?;
    let read = |row| -> Result<_, Failure> {
        let advisory = unpacker.advisory(row, 1)?;
        Ok((advisory.id.clone(), Arc::new(advisory)))
    };
    rows.iter().map(read).collect()
}

/// The advisories that call a vulnerability by this id, in the order of their own ids.
pub fn advisories_of_vulnerability(
    tx: &mut Tx<'_>,
    vulnerability: &str,
) -> Result<Vec<Advisory>, Failure> {
    let rows = tx.query(
        "SELECT a.document_bytes, a.document FROM advisory_alias l JOIN advisory a ON a.id = l.advisory \
         WHERE l.alias = $1 ORDER BY l.advisory",
        &[vulnerability.into()],
    )?;
    let mut unpacker = Unpacker::new()?;
    rows.iter().map(|row| unpacker.advisory(row, 0)).collect()
}

/// The advisories about each of these packages. One about several packages is read once.
pub fn advisories_of_packages(
    tx: &mut Tx<'_>,
    packages: &BTreeSet<PackageKey>,
) -> Result<BTreeMap<PackageKey, Vec<Arc<Advisory>>>, Failure> {
    let head = "SELECT name, advisory FROM advisory_package WHERE ecosystem = $1 AND name IN";
    let mut named: Vec<(PackageKey, String)> = Vec::new();
    for of_one in packages
        .iter()
        .collect::<Vec<_>>()
        .chunk_by(|a, b| a.ecosystem == b.ecosystem)
    {
        let ecosystem = of_one[0].ecosystem;
        let names: Vec<&str> = of_one.iter().map(|key| key.name.as_str()).collect();
        for row in query_list(tx, head, "", &[ecosystem.as_osv().into()], &names)? {
            let key = PackageKey {
                ecosystem,
                name: row.text(0)?.to_owned(),
            };
            named.push((key, row.text(1)?.to_owned()));
        }
    }
    let ids: BTreeSet<&str> = named.iter().map(|(_, id)| id.as_str()).collect();
    let known = advisories(tx, &ids.into_iter().collect::<Vec<_>>())?;
    let mut found: BTreeMap<PackageKey, Vec<Arc<Advisory>>> = BTreeMap::new();
    for (key, id) in named {
        if let Some(advisory) = known.get(&id) {
            found.entry(key).or_default().push(advisory.clone());
        }
    }
    Ok(found)
}
