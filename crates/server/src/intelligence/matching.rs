//! Finding the vulnerabilities of installed packages.

mod vulnerability;
use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};

use super::osv::{self, Advisory, Affected, Verdict};
use super::package::{Package, PackageKey};
use super::version::{Ecosystem, VersionError};
use vulnerability::{Vulnerability, ids_of, vulnerabilities};

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
    /// All ids that the advisories about this package give the vulnerability.
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
/// Each CVE that a matching advisory names is a match, whatever else links advisories; those that no
/// CVE belongs to give one match with their aliases.
pub fn match_package<A: Borrow<Advisory>>(
    position: usize,
    package: &Package,
    candidates: &[A],
    matches: &mut Matches,
) {
    let Some(ecosystem) = package.ecosystem else {
        return;
    };
    let mut known: Vec<&Advisory> = candidates
        .iter()
        .map(Borrow::borrow)
        .filter(|a| a.withdrawn.is_none())
        .collect();
    known.retain(|advisory| osv::entries_of(advisory, package).next().is_some());
    known.sort_by(|a, b| a.id.cmp(&b.id));
    known.dedup_by(|a, b| a.id == b.id);

    let mut hits: HashMap<&str, Vec<&Affected>> = HashMap::new();
    for advisory in &known {
        let entries: Vec<_> = osv::entries_of(advisory, package).collect();
        match osv::decide(ecosystem, &entries, &package.version) {
            Ok(Verdict::Affected) => {
                hits.insert(&advisory.id, entries);
            }
            Ok(Verdict::NotAffected) => {}
            Err(reason) => matches.undecided.push(Undecided {
                package: position,
                advisory: advisory.id.clone(),
                reason,
            }),
        }
    }
    let first = matches.found.len();
    for vulnerability in vulnerabilities(&known, |id| hits.contains_key(id)) {
        let of_one: Hits<'_> = vulnerability
            .advisories
            .iter()
            .filter_map(|advisory| Some((*advisory, hits.get(advisory.id.as_str())?.as_slice())))
            .collect();
        if !of_one.is_empty() {
            let version = &package.version;
            let found = describe(position, ecosystem, version, &vulnerability, of_one);
            matches.found.push(found);
        }
    }
    matches.found[first..].sort_by(|a, b| a.vulnerability.cmp(&b.vulnerability));
}

/// Advisories that matched, each with its entries about the package.
type Hits<'a> = Vec<(&'a Advisory, &'a [&'a Affected])>;

fn describe(
    position: usize,
    ecosystem: Ecosystem,
    version: &str,
    vulnerability: &Vulnerability<'_>,
    mut hits: Hits<'_>,
) -> Match {
    // The one with a score says most; ids make the choice the same on every run.
    hits.sort_by_key(|(advisory, entries)| {
        let scored =
            advisory.severity.len() + entries.iter().map(|e| e.severity.len()).sum::<usize>();
        (scored == 0, advisory.id.as_str())
    });
    let aliases = ids_of_all(vulnerability.advisories.iter().copied());
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
    let id = vulnerability.cve.or_else(|| {
        let own = ids_of_all(hits.iter().map(|(advisory, _)| *advisory));
        ghsa(&own).or_else(|| ghsa(&aliases))
    });
    let mut ids = hits.iter().map(|(advisory, _)| advisory.id.clone());
    let advisory = ids
        .next()
        .expect("a match is described from at least one hit");
    Match {
        package: position,
        vulnerability: id.unwrap_or(&advisory).to_owned(),
        related: ids.collect(),
        aliases: aliases.into_iter().map(str::to_owned).collect(),
        fixed_in,
        informational: informational.filter(|_| !proper),
        advisory,
    }
}

fn ids_of_all<'a>(advisories: impl Iterator<Item = &'a Advisory>) -> BTreeSet<&'a str> {
    advisories.flat_map(ids_of).collect()
}

/// The first GHSA id.
fn ghsa<'a>(ids: &BTreeSet<&'a str>) -> Option<&'a str> {
    ids.iter().copied().find(|id| id.starts_with("GHSA-"))
}

#[cfg(test)]
mod tests;
