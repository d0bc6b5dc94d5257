//! Package versions and their order, each ecosystem by its own rules.

mod cargo;
mod go;
mod npm;
mod precedence;
mod pypi;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use precedence::Precedence;

/// A package ecosystem whose version order is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// npm packages, ordered as node-semver orders them.
    Npm,
    /// Python packages, ordered by PEP 440.
    PyPi,
    /// Rust crates, ordered by SemVer 2.0.
    CratesIo,
    /// Go modules, the Go standard library and the Go toolchain.
    Go,
}

impl Ecosystem {
    /// All ecosystems, in a fixed order.
    pub const ALL: [Self; 4] = [Self::Npm, Self::PyPi, Self::CratesIo, Self::Go];

    /// The ecosystem an OSV record names; a suffix after a colon does not change it.
    pub fn from_osv(name: &str) -> Option<Self> {
        let name = name.split(':').next().unwrap_or(name);
        Self::ALL
            .into_iter()
            .find(|ecosystem| ecosystem.as_osv() == name)
    }

    /// The ecosystem of a package URL's type, in any case.
    pub fn from_purl_type(purl_type: &str) -> Option<Self> {
        match purl_type.to_ascii_lowercase().as_str() {
            "npm" => Some(Self::Npm),
            "pypi" => Some(Self::PyPi),
            "cargo" => Some(Self::CratesIo),
            "golang" => Some(Self::Go),
            _ => None,
        }
    }

    /// The name OSV gives the ecosystem.
    pub fn as_osv(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::PyPi => "PyPI",
            Self::CratesIo => "crates.io",
            Self::Go => "Go",
        }
    }

    /// The form of a package name under which one package has one name.
    ///
    /// npm: lower case, which old names that differ in case alone share. PyPI: PEP 503. crates.io: case and
    /// the choice of hyphen or underscore do not tell crates apart. Go: module paths stay as they are, but
    /// the standard library, whose module is called `std`, is `stdlib`, as OSV has it.
    pub fn normalize_name(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::Npm => Cow::Owned(name.to_lowercase()),
            Self::PyPi => Cow::Owned(normalize_pypi(name)),
            Self::CratesIo => Cow::Owned(name.to_ascii_lowercase().replace('_', "-")),
            Self::Go if name == "std" => Cow::Borrowed("stdlib"),
            Self::Go => Cow::Owned(name.to_owned()),
        }
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_osv())
    }
}

/// PEP 503: lower case, each run of `-`, `_` and `.` becomes one hyphen.
fn normalize_pypi(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    let mut after_separator = false;
    for c in name.trim().chars() {
        let separator = matches!(c, '-' | '_' | '.');
        if !separator {
            normal.extend(c.to_lowercase());
        } else if !after_separator {
            normal.push('-');
        }
        after_separator = separator;
    }
    normal
}

/// A version that has been read by the rules of one ecosystem.
///
/// Invariant: only versions of one ecosystem are compared; `==` is equality in the ecosystem's
/// order, so `1.0` equals `1.0.0` in PyPI.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(Order);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    SemVer(Precedence),
    Pep440(pep440_rs::Version),
}

impl Version {
    /// Reads `text` by the ecosystem's rules.
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Result<Self, VersionError> {
        let order = match ecosystem {
            Ecosystem::Npm => npm::parse(text).map(Order::SemVer),
            Ecosystem::CratesIo => cargo::parse(text).map(Order::SemVer),
            Ecosystem::Go => go::parse(text).map(Order::SemVer),
            Ecosystem::PyPi => pypi::parse(text).map(Order::Pep440),
        };
        order.map(Self).map_err(|reason| VersionError {
            ecosystem,
            text: text.to_owned(),
            reason,
        })
    }
}

/// A version text that the ecosystem's order has no place for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a version of {ecosystem}: {reason}")]
pub struct VersionError {
    /// Whose rules were applied.
    pub ecosystem: Ecosystem,
    /// The text as it was given.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Orders two version texts by the rules of their ecosystem.
pub fn compare(ecosystem: Ecosystem, a: &str, b: &str) -> Result<Ordering, VersionError> {
    Ok(Version::parse(ecosystem, a)?.cmp(&Version::parse(ecosystem, b)?))
}
