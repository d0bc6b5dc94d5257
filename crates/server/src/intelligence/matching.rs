//! Finding the vulnerabilities of installed packages.

use std::borrow::Borrow;
use std::collections::HashMap;

use super::osv::{self, Advisory, Affected, Verdict};
use super::package::{Package, PackageKey};
use super::parse_cve;
use super::version::{Ecosystem, VersionError};

/// One vulnerability of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The package's place in the list that was matched.
    pub package: usize,
    /// The vulnerability: its CVE id, else its GHSA id, else the advisory's own.
    pub vulnerability: String,
    /// The advisory to show, of those that matched.
    pub advisory: String,
    /// The other advisories of the vulnerability that matched.
    pub related: Vec<String>,
    /// All ids of the vulnerability that advisories about this package know.
    pub aliases: Vec<String>,
    /// The version to move to.
    pub fixed_in: Option<String>,
    /// RustSec's kind, such as `unmaintained`, when no matching advisory is a vulnerability proper.
    pub informational: Option<String>,
}

/// An advisory that could neither be matched nor ruled out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// The package's place in the list that was matched.
    pub package: usize,
    /// The advisory.
    pub advisory: String,
    /// Which version has no place in the order.
    pub reason: VersionError,
}

/// What matching packages gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// One for each package and vulnerability, in the order of packages, then of vulnerabilities.
    pub found: Vec<Match>,
    /// What has to be looked at by a person.
    pub undecided: Vec<Undecided>,
}

/// Advisories in memory, found by package.
#[derive(Clone, Debug, Default)]
pub struct Index {
    advisories: Vec<Advisory>,
    by_package: HashMap<PackageKey, Vec<usize>>,
}

impl Index {
    /// Indexes advisories; those withdrawn and those about unknown ecosystems are left out.
    pub fn new(advisories: impl IntoIterator<Item = Advisory>) -> Self {
        let mut index = Self::default();
        for advisory in advisories {
            let keys = PackageKey::of_advisory(&advisory);
            if keys.is_empty() || advisory.withdrawn.is_some() {
                continue;
            }
            for key in keys {
                index
                    .by_package
                    .entry(key)
                    .or_default()
                    .push(index.advisories.len());
            }
            index.advisories.push(advisory);
        }
        index
    }

    /// The number of advisories kept.
    pub fn len(&self) -> usize {
        self.advisories.len()
    }

    /// Whether no advisory was kept.
    pub fn is_empty(&self) -> bool {
        self.advisories.is_empty()
    }

    /// The advisories about a package, whatever its version.
    pub fn candidates(&self, package: &PackageKey) -> Vec<&Advisory> {
        let positions = self.by_package.get(package).map_or(&[][..], Vec::as_slice);
        positions
            .iter()
            .map(|position| &self.advisories[*position])
            .collect()
    }

    /// Matches a list of packages.
    pub fn matches(&self, packages: &[Package]) -> Matches {
        let mut matches = Matches::default();
        for (position, package) in packages.iter().enumerate() {
            if let Some(key) = PackageKey::of_package(package) {
                match_package(position, package, &self.candidates(&key), &mut matches);
            }
        }
        matches
    }
}

/// Matches one package against the advisories that name it, wherever they are kept.
///
/// `candidates` are the advisories stored under the package's [`PackageKey`]; others do no harm.
/// Advisories that are aliases of each other give one match.
pub fn match_package<A: Borrow<Advisory>>(
    position: usize,
    package: &Package,
    candidates: &[A],
    matches: &mut Matches,
) {
    let Some(key) = PackageKey::of_package(package) else {
        return;
    };
    let mut known: Vec<&Advisory> = candidates
        .iter()
        .map(Borrow::borrow)
        .filter(|a| a.withdrawn.is_none())
        .collect();
    known.retain(|advisory| osv::entries_of(advisory, &key).next().is_some());
    known.sort_by(|a, b| a.id.cmp(&b.id));
    known.dedup_by(|a, b| a.id == b.id);

    let first = matches.found.len();
    for group in vulnerabilities(&known) {
        let mut hits = Vec::new();
        for advisory in &group {
            let entries: Vec<_> = osv::entries_of(advisory, &key).collect();
            match osv::decide(key.ecosystem, &entries, &package.version) {
                Ok(Verdict::Affected) => hits.push((*advisory, entries)),
                Ok(Verdict::NotAffected) => {}
                Err(reason) => matches.undecided.push(Undecided {
                    package: position,
                    advisory: advisory.id.clone(),
                    reason,
                }),
            }
        }
        if !hits.is_empty() {
            let found = describe(position, key.ecosystem, &package.version, &group, hits);
            matches.found.push(found);
        }
    }
    matches.found[first..].sort_by(|a, b| a.vulnerability.cmp(&b.vulnerability));
}

/// Groups advisories that share an id or an alias, directly or through others.
fn vulnerabilities<'a>(advisories: &[&'a Advisory]) -> Vec<Vec<&'a Advisory>> {
    let mut groups: Vec<Vec<&Advisory>> = Vec::new();
    let mut group_of: HashMap<&str, usize> = HashMap::new();
    for advisory in advisories {
        let target = groups.len();
        groups.push(vec![advisory]);
        for id in ids_of(advisory) {
            let Some(other) = group_of.insert(id, target).filter(|other| *other != target) else {
                continue;
            };
            // Each id of the older group moves along, so that no id points to an empty one.
            let moved = std::mem::take(&mut groups[other]);
            for id in moved.iter().flat_map(|advisory| ids_of(advisory)) {
                group_of.insert(id, target);
            }
            groups[target].extend(moved);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn ids_of(advisory: &Advisory) -> impl Iterator<Item = &str> {
    std::iter::once(advisory.id.as_str()).chain(advisory.aliases.iter().map(String::as_str))
}

fn describe(
    position: usize,
    ecosystem: Ecosystem,
    version: &str,
    group: &[&Advisory],
    mut hits: Vec<(&Advisory, Vec<&Affected>)>,
) -> Match {
    // The one with a score says most; ids make the choice the same on every run.
    hits.sort_by_key(|(advisory, entries)| {
        let scored =
            advisory.severity.len() + entries.iter().map(|e| e.severity.len()).sum::<usize>();
        (scored == 0, advisory.id.as_str())
    });
    let mut aliases: Vec<&str> = group.iter().flat_map(|advisory| ids_of(advisory)).collect();
    aliases.sort_unstable();
    aliases.dedup();
    let all: Vec<&Affected> = hits
        .iter()
        .flat_map(|(_, entries)| entries.iter().copied())
        .collect();
    // Best is a version that all of them call clean; sources that disagree still give their own.
    let fixed_in = osv::fixed_in(ecosystem, &all, version).or_else(|| {
        hits.iter()
            .find_map(|(_, entries)| osv::fixed_in(ecosystem, entries, version))
    });
    let proper = all.iter().any(|entry| entry.informational.is_none());
    let informational = all.iter().find_map(|entry| entry.informational.clone());
    let mut ids = hits.iter().map(|(advisory, _)| advisory.id.clone());
    let advisory = ids
        .next()
        .expect("a match is described from at least one hit");
    Match {
        package: position,
        vulnerability: vulnerability_id(&aliases).unwrap_or(&advisory).to_owned(),
        related: ids.collect(),
        aliases: aliases.into_iter().map(str::to_owned).collect(),
        fixed_in,
        informational: informational.filter(|_| !proper),
        advisory,
    }
}

/// The oldest CVE id, else the first GHSA id.
fn vulnerability_id<'a>(ids: &[&'a str]) -> Option<&'a str> {
    let cves = ids.iter().filter_map(|id| Some((parse_cve(id)?, *id)));
    let cve = cves.min().map(|(_, id)| id);
    cve.or_else(|| ids.iter().copied().find(|id| id.starts_with("GHSA-")))
}

#[cfg(test)]
mod tests;
