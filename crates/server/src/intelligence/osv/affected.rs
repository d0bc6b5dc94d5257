//! Whether an advisory affects a version, and which version to move to.

use std::borrow::Borrow;

use super::{Advisory, Affected, Event, Range};
use crate::intelligence::package::Package;
use crate::intelligence::version::{Ecosystem, Version, VersionError};

/// What the entries of an advisory say about one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The version is named, or lies in a range.
    Affected,
    /// It does not.
    NotAffected,
}

/// The entries of an advisory about one package.
pub fn entries_of<'a>(
    advisory: &'a Advisory,
    package: &'a Package,
) -> impl Iterator<Item = &'a Affected> {
    advisory
        .affected
        .iter()
        .filter(|entry| package.is_in(entry))
}

/// Decides whether the entries of one package affect the version `text`.
///
/// As the OSV schema has it: a version is affected when it is listed, or when it lies in any range.
/// Commit ranges say nothing about versions. An error means that no entry says yes and at least one
/// could not be asked, because the version or a point of its ranges has no place in the order.
pub fn decide<A: Borrow<Affected>>(
    ecosystem: Ecosystem,
    entries: &[A],
    text: &str,
) -> Result<Verdict, VersionError> {
    if entries
        .iter()
        .any(|entry| entry.borrow().versions.iter().any(|listed| listed == text))
    {
        return Ok(Verdict::Affected);
    }
    let version = match Version::parse(ecosystem, text) {
        Ok(version) => version,
        // A list without ranges is complete: what is not in it is not affected.
        Err(_)
            if !entries
                .iter()
                .any(|entry| has_version_ranges(entry.borrow())) =>
        {
            return Ok(Verdict::NotAffected);
        }
        Err(error) => return Err(error),
    };
    let mut undecided = None;
    for entry in entries.iter().map(Borrow::borrow) {
        for range in entry.ranges.iter().filter(|range| range.kind.is_versions()) {
            match in_range(ecosystem, range, &version) {
                Ok(true) => return Ok(Verdict::Affected),
                Ok(false) => {}
                Err(error) => undecided = Some(error),
            }
        }
        // The same version may be spelled differently, as 1.0 and 1.0.0 are in Python.
        let listed = |other: &String| Version::parse(ecosystem, other).is_ok_and(|o| o == version);
        if entry.versions.iter().any(listed) {
            return Ok(Verdict::Affected);
        }
    }
    undecided.map_or(Ok(Verdict::NotAffected), Err)
}

fn has_version_ranges(entry: &Affected) -> bool {
    entry.ranges.iter().any(|range| range.kind.is_versions())
}

/// A point of a range in the ecosystem's order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Point {
    /// `0`: before all versions, also before pre-releases of 0.0.0.
    Start,
    At(Version),
}

impl Point {
    fn parse(ecosystem: Ecosystem, text: &str) -> Result<Self, VersionError> {
        match text {
            "0" => Ok(Self::Start),
            _ => Version::parse(ecosystem, text).map(Self::At),
        }
    }
}

/// What happens at a point.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Introduced,
    Fixed,
    LastAffected,
}

fn in_range(ecosystem: Ecosystem, range: &Range, version: &Version) -> Result<bool, VersionError> {
    let version = Point::At(version.clone());
    let mut steps = Vec::with_capacity(range.events.len());
    let mut limited = false;
    let mut below_a_limit = false;
    for event in &range.events {
        let (text, step) = match event {
            Event::Introduced(text) => (text, Step::Introduced),
            Event::Fixed(text) => (text, Step::Fixed),
            Event::LastAffected(text) => (text, Step::LastAffected),
            Event::Limit(text) => {
                limited = true;
                below_a_limit |= text == "*" || version < Point::parse(ecosystem, text)?;
                continue;
            }
        };
        steps.push((Point::parse(ecosystem, text)?, step));
    }
    if limited && !below_a_limit {
        return Ok(false);
    }
    // The sort is stable: events at one version act in the record's order.
    steps.sort_by(|a, b| a.0.cmp(&b.0));
    let mut affected = false;
    for (point, step) in &steps {
        match step {
            Step::Introduced if version >= *point => affected = true,
            Step::Fixed if version >= *point => affected = false,
            Step::LastAffected if version > *point => affected = false,
            _ => {}
        }
    }
    Ok(affected)
}

/// The version to move to: the smallest fixed one above `text` that no entry affects.
///
/// `None` when no fix is known, or when the version has no place in the order.
pub fn fixed_in<A: Borrow<Affected>>(
    ecosystem: Ecosystem,
    entries: &[A],
    text: &str,
) -> Option<String> {
    let version = Version::parse(ecosystem, text).ok()?;
    let ranges = entries.iter().flat_map(|entry| &entry.borrow().ranges);
    let events = ranges
        .filter(|range| range.kind.is_versions())
        .flat_map(|range| &range.events);
    let mut fixes: Vec<_> = events
        .filter_map(|event| match event {
            Event::Fixed(fix) => Some((Version::parse(ecosystem, fix).ok()?, fix)),
            _ => None,
        })
        .filter(|(fix, _)| *fix > version)
        .collect();
    fixes.sort();
    let clean = |fix: &str| decide(ecosystem, entries, fix) == Ok(Verdict::NotAffected);
    fixes
        .into_iter()
        .map(|(_, fix)| fix)
        .find(|fix| clean(fix))
        .cloned()
}

#[cfg(test)]
mod tests;
