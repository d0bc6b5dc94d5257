//! Which analyses of a repository report a finding: the categories of reports that name it.
//!
//! Where a tool analyses a repository in several ways, what several of them report is one finding, as it is
//! one alert of code scanning. It is open as long as one of them reports it.

use std::collections::{BTreeSet, HashMap, HashSet};

use balefire_api::Timestamp;
use balefire_store::{Tx, Value};
use serde::Deserialize;

use super::edit::Standing;
use super::provider::Accepted;
use super::{LOOKUP, rows_of};
use crate::context::Ctx;
use crate::failure::Failure;

/// The type of the resource that stands for one of several analyses of a repository.
pub const CATEGORY: &str = "AnalysisCategory";
const TABLE: &str = "finding_analysis";
/// An analysis that was given up, or has another name by now, keeps findings open for so long after its last
/// report.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// The analyses that report some findings.
#[derive(Default)]
pub struct Analyses {
    /// By uid: the category of each, and when it has named the finding last.
    named: HashMap<String, Vec<(String, i64)>>,
}

impl Analyses {
    pub fn of(tx: &mut Tx<'_>, uids: &[&str]) -> Result<Analyses, Failure> {
        let mut analyses = Analyses::default();
        for row in rows_of(tx, "uid, category, named_ms", TABLE, uids)? {
            let named = analyses.named.entry(row.text(0)?.to_owned()).or_default();
            named.push((row.text(1)?.to_owned(), row.int(2)?));
        }
        Ok(analyses)
    }

    /// When the analysis of a category has named a finding last, if it ever did; 0 where it no longer reports
    /// it.
    pub fn named_ms(&self, uid: &str, category: &str) -> Option<i64> {
        let mut named = self.named.get(uid)?.iter();
        named.find(|(of, _)| of == category).map(|(_, ms)| *ms)
    }

    /// Whether the analysis of another category reports a finding.
    pub fn has_others(&self, uid: &str, category: &str, now: Timestamp) -> bool {
        let mut named = self.named.get(uid).into_iter().flatten();
        named.any(|(of, ms)| of != category && *ms > now.0 - KEPT_MS)
    }
}

/// Notes which analyses report the findings of a call, and which call them over. Gives those of the latter
/// that another analysis reports.
pub fn note<'d>(
    ctx: &mut Ctx<'_, '_>,
    documents: impl Iterator<Item = &'d Accepted>,
) -> Result<HashSet<&'d str>, Failure> {
    let mut open = BTreeSet::new();
    let mut over = Vec::new();
    for document in documents {
        let uid = document.uid.as_str();
        for category in categories(&document.text) {
            if Standing::of(&document.text)?.is_closed() {
                over.push((uid, category));
            } else {
                open.insert((uid, category));
            }
        }
    }
    name(ctx, &open.into_iter().collect::<Vec<_>>())?;
    let uids: Vec<&str> = over.iter().map(|(uid, _)| *uid).collect();
    let analyses = Analyses::of(ctx.tx, &uids)?;
    let mut still_reported = HashSet::new();
    for (uid, category) in over {
        give_up(ctx.tx, uid, &category)?;
        if analyses.has_others(uid, &category, ctx.now) {
            still_reported.insert(uid);
        }
    }
    Ok(still_reported)
}

/// The analyses that a document is of.
fn categories(text: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Event {
        resources: Vec<Resource>,
    }
    #[derive(Deserialize)]
    struct Resource {
        uid: Option<String>,
        r#type: Option<String>,
    }
    // Most documents are of none, and cost no more than the search.
    if !text.contains(CATEGORY) {
        return Vec::new();
    }
    let event = serde_json::from_str::<Event>(text);
    let resources = event.map_or_else(|_| Vec::new(), |event| event.resources);
    let categories = resources
        .into_iter()
        .filter(|one| one.r#type.as_deref() == Some(CATEGORY));
    categories.filter_map(|one| one.uid).collect()
}

/// Keeps that analyses have named findings just now. No two are the same.
fn name(ctx: &mut Ctx<'_, '_>, named: &[(&str, String)]) -> Result<(), Failure> {
    for chunk in named.chunks(LOOKUP) {
        let mut params: Vec<Value> = vec![ctx.now.0.into()];
        let mut rows = Vec::with_capacity(chunk.len());
        for (uid, category) in chunk {
            let place = params.len() + 1;
            rows.push(format!("(${place}, ${}, $1)", place + 1));
            params.extend([(*uid).into(), category.into()]);
        }
        let sql = format!(
            "INSERT INTO {TABLE} (uid, category, named_ms) VALUES {} \
             ON CONFLICT (uid, category) DO UPDATE SET named_ms = excluded.named_ms",
            rows.join(", ")
        );
        ctx.tx.execute(&sql, &params)?;
    }
    Ok(())
}

/// The analysis of a category no longer reports a finding. That it did once is kept: it may close the finding
/// when no other reports it any more.
pub fn give_up(tx: &mut Tx<'_>, uid: &str, category: &str) -> Result<(), Failure> {
    let sql = "UPDATE finding_analysis SET named_ms = 0 WHERE uid = $1 AND category = $2";
    tx.execute(sql, &[uid.into(), category.into()])?;
    Ok(())
}

/// A finding is over.
pub fn forget(tx: &mut Tx<'_>, uid: &str) -> Result<(), Failure> {
    let sql = "DELETE FROM finding_analysis WHERE uid = $1";
    tx.execute(sql, &[uid.into()])?;
    Ok(())
}
