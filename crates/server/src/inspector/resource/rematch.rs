//! Matching a resource's inventory with the advisories, and what that does to its findings.

use std::collections::BTreeSet;

use balefire_store::{Kept, Tx};
use serde::Serialize;

use super::found::findings;
use super::{Resource, ResourceArn};
use crate::failure::Failure;
use crate::inspector::finding::{self, Finding, Step};
use crate::intelligence::feed_store;
use crate::intelligence::matching::{self, Matches};
use crate::intelligence::package::PackageKey;

/// What matching did to the findings of a resource. All but `undecided` are ARNs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rematched {
    pub opened: Vec<String>,
    pub reopened: Vec<String>,
    /// Known before, and now with other packages, versions or another rating.
    pub changed: Vec<String>,
    pub closed: Vec<String>,
    /// Known before, and nothing but the time of the last observation moved.
    #[serde(skip)]
    pub unchanged: Vec<String>,
    /// Packages by name, and why an advisory could be neither matched nor ruled out.
    #[serde(skip)]
    pub undecided: Vec<(String, String)>,
}

impl Rematched {
    /// Whether any finding is another than before.
    pub fn has_news(&self) -> bool {
        let lists = [&self.opened, &self.reopened, &self.changed, &self.closed];
        lists.iter().any(|list| !list.is_empty())
    }
}

/// Matches the kept inventory of a resource with the advisories as they are now.
///
/// It may be called at any time and any number of times, as when feeds were refreshed; `None` where
/// the account has no such resource. It appends nothing to the change log: its caller does.
pub fn rematch(
    tx: &mut Tx<'_>,
    account: &str,
    region: &str,
    resource: &str,
    now_ms: i64,
) -> Result<Option<Rematched>, Failure> {
    let Some(stored) = tx.get::<Resource>(&[account.into(), region.into(), resource.into()])?
    else {
        return Ok(None);
    };
    let arn = ResourceArn::parse(resource).map_err(Failure::Internal)?;
    let packages = stored.packages()?;
    let keys: BTreeSet<PackageKey> = packages.iter().filter_map(PackageKey::of_package).collect();
    let advisories = feed_store::advisories_of_packages(tx, &keys)?;
    let mut matches = Matches::default();
    for (position, package) in packages.iter().enumerate() {
        let key = PackageKey::of_package(package);
        if let Some(candidates) = key.and_then(|key| advisories.get(&key)) {
            matching::match_package(position, package, candidates, &mut matches);
        }
    }
    let found = findings(
        &stored,
        &arn,
        &packages,
        &matches.found,
        &advisories,
        now_ms,
    );
    let known = finding::kept_of(tx, [account, region, resource], "", usize::MAX)?;
    let late = |finding: &Finding| {
        let Finding {
            account,
            region,
            resource,
            vulnerability,
            ..
        } = finding;
        finding::arn(
            &arn.partition,
            account,
            region,
            resource,
            vulnerability,
            Some(now_ms),
        )
    };
    let mut rematched = keep(tx, finding::steps(known, found, now_ms, late))?;
    rematched.undecided = matches
        .undecided
        .iter()
        .map(|undecided| {
            let reason = format!("{} is undecided: {}", undecided.advisory, undecided.reason);
            (packages[undecided.package].name.clone(), reason)
        })
        .collect();
    Ok(Some(rematched))
}

/// Writes what the steps say.
fn keep(tx: &mut Tx<'_>, steps: Vec<(Step, Kept<Finding>)>) -> Result<Rematched, Failure> {
    let mut rematched = Rematched::default();
    for (step, mut kept) in steps {
        match step {
            Step::Open => tx.insert(&kept.record)?,
            Step::Remove => {
                tx.delete::<Finding>(&[(&kept.arn).into()])?;
                continue;
            }
            Step::Reopen | Step::Keep(_) | Step::Close => tx.replace(&mut kept)?,
        }
        let list = match step {
            Step::Open => &mut rematched.opened,
            Step::Reopen => &mut rematched.reopened,
            Step::Keep(true) => &mut rematched.changed,
            Step::Keep(false) => &mut rematched.unchanged,
            Step::Close | Step::Remove => &mut rematched.closed,
        };
        list.push(kept.record.arn);
    }
    Ok(rematched)
}
