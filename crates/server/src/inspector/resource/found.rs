//! The findings that matches amount to: packages gathered, and the vulnerability rated.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use balefire_api::generated::inspector2::FindingStatus;

use super::{Resource, ResourceArn};
use crate::inspector::finding::{self, Finding, Matched, VulnerablePackage};
use crate::intelligence::matching::Match;
use crate::intelligence::osv::Advisory;
use crate::intelligence::package::{Package, PackageKey};
use crate::intelligence::severity::{self, CvssScore, Rating, Severity};

type Advisories = BTreeMap<PackageKey, Vec<Arc<Advisory>>>;

/// One finding for each vulnerability, with every package that it affects.
pub(super) fn findings(
    resource: &Resource,
    arn: &ResourceArn,
    packages: &[Package],
    matches: &[Match],
    advisories: &Advisories,
    now_ms: i64,
) -> Vec<Finding> {
    let mut of_one: BTreeMap<&str, Vec<&Match>> = BTreeMap::new();
    for found in matches {
        of_one.entry(&found.vulnerability).or_default().push(found);
    }
    let Resource {
        account,
        region,
        arn: text,
        ..
    } = resource;
    let finding = |(vulnerability, matches): (&str, Vec<&Match>)| {
        let rated = rate(&matches, packages, advisories);
        Finding {
            arn: finding::arn(&arn.partition, account, region, text, vulnerability, None),
            account: account.clone(),
            region: region.clone(),
            resource: text.clone(),
            resource_id: arn.kind.resource_id(text).to_owned(),
            resource_type: arn.kind.resource_type().as_str().to_owned(),
            repository: arn.kind.repository().to_owned(),
            vulnerability: vulnerability.to_owned(),
            source: source(&rated.advisory).to_owned(),
            vendor_severity: rated.word.unwrap_or_default(),
            severity: rated.rating.severity,
            score_tenths: rated.rating.cvss.as_ref().map_or(-1, tenths),
            status: FindingStatus::Active,
            first_observed_ms: now_ms,
            last_observed_ms: now_ms,
            updated_ms: now_ms,
            closed_ms: 0,
            matched: Matched {
                related: related(vulnerability, &matches),
                packages: vulnerable(&matches, packages),
                vector: rated
                    .rating
                    .cvss
                    .map(|cvss| (cvss.version.as_str().to_owned(), cvss.vector)),
                advisory: rated.advisory,
            },
        }
    };
    of_one.into_iter().map(finding).collect()
}

/// The advisory that rates a vulnerability highest, with what it says.
struct Rated {
    advisory: String,
    rating: Rating,
    /// The database's own word.
    word: Option<String>,
}

/// Of the advisories that matched, one with a score goes before one without, then the more severe, then the
/// higher score; of those that are alike the one whose id comes first, in whatever order they matched.
fn rate(matches: &[&Match], packages: &[Package], advisories: &Advisories) -> Rated {
    let mut best: Option<Rated> = None;
    for found in matches {
        let package = &packages[found.package];
        let Some(key) = PackageKey::of_package(package) else {
            continue;
        };
        let candidates = advisories.get(&key).map_or(&[][..], Vec::as_slice);
        for id in std::iter::once(&found.advisory).chain(&found.related) {
            let Some(advisory) = candidates.iter().find(|advisory| advisory.id == *id) else {
                continue;
            };
            let rating = severity::rate(advisory, Some(package));
            let outweighs = |best: &Rated| {
                let weights = weight(&rating).cmp(&weight(&best.rating));
                weights.then_with(|| best.advisory.cmp(id)).is_gt()
            };
            if best.as_ref().is_none_or(outweighs) {
                let entries = advisory.affected.iter();
                let mut of_package = entries.filter(|entry| package.is_in(entry));
                let word = of_package.find_map(|entry| entry.severity_word.clone());
                best = Some(Rated {
                    advisory: id.clone(),
                    rating,
                    word: word.or_else(|| advisory.severity_word.clone()),
                });
            }
        }
    }
    best.unwrap_or_else(|| Rated {
        advisory: matches
            .first()
            .map(|found| found.advisory.clone())
            .unwrap_or_default(),
        rating: Rating {
            severity: Severity::Untriaged,
            cvss: None,
        },
        word: None,
    })
}

/// Whether there is a score, the severity, and the score in tenths.
fn weight(rating: &Rating) -> (bool, Severity, i64) {
    let cvss = rating.cvss.as_ref();
    (cvss.is_some(), rating.severity, cvss.map_or(-1, tenths))
}

fn tenths(cvss: &CvssScore) -> i64 {
    (cvss.base_score * 10.0).round() as i64
}

fn related(vulnerability: &str, matches: &[&Match]) -> Vec<String> {
    let ids: BTreeSet<&String> = matches
        .iter()
        .flat_map(|found| {
            found
                .aliases
                .iter()
                .chain(&found.related)
                .chain([&found.advisory])
        })
        .filter(|id| *id != vulnerability)
        .collect();
    ids.into_iter().cloned().collect()
}

fn vulnerable(matches: &[&Match], packages: &[Package]) -> Vec<VulnerablePackage> {
    let of_match = |found: &&Match| {
        let package = &packages[found.package];
        VulnerablePackage {
            name: package.name.clone(),
            version: package.version.clone(),
            path: package.path.clone(),
            manager: package.manager.map(str::to_owned),
            fixed_in: found.fixed_in.clone(),
        }
    };
    let mut list: Vec<_> = matches.iter().map(of_match).collect();
    list.sort_unstable();
    list.dedup();
    list
}

/// The database of an advisory, by the prefix of its id.
fn source(advisory: &str) -> &str {
    match advisory
        .split_once('-')
        .map_or(advisory, |(prefix, _)| prefix)
    {
        "GHSA" => "GITHUB",
        "PYSEC" => "PYPA",
        "GO" => "GO_VULNDB",
        other => other,
    }
}
