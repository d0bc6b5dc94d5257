//! An installed package, and the name under which advisories about it are found.

use super::osv::{Advisory, Affected};
use super::version::Ecosystem;

/// A package as an inventory lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The ecosystem, when its version order is known here.
    pub ecosystem: Option<Ecosystem>,
    /// The package URL in its canonical form; empty when the inventory has none.
    pub purl: String,
    /// The full name, such as `@scope/name`.
    pub name: String,
    /// The version as written.
    pub version: String,
    /// The file it was found in, when the inventory tells.
    pub path: Option<String>,
    /// What installed it, in the words of inspector2's `PackageManager`.
    pub manager: Option<&'static str>,
}

/// Ecosystem and normalised name: what advisories and packages are joined on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageKey {
    /// The ecosystem.
    pub ecosystem: Ecosystem,
    /// The name, normalised by the ecosystem's rules.
    pub name: String,
}

impl PackageKey {
    /// Normalises the name.
    pub fn new(ecosystem: Ecosystem, name: &str) -> Self {
        Self {
            ecosystem,
            name: ecosystem.normalize_name(name).into_owned(),
        }
    }

    /// The key of an installed package; `None` outside the known ecosystems.
    pub fn of_package(package: &Package) -> Option<Self> {
        Some(Self::new(package.ecosystem?, &package.name))
    }

    /// The key of one entry of an advisory; `None` outside the known ecosystems.
    pub fn of_affected(affected: &Affected) -> Option<Self> {
        let package = affected.package.as_ref()?;
        Some(Self::new(
            Ecosystem::from_osv(&package.ecosystem)?,
            &package.name,
        ))
    }

    /// The keys under which an advisory has to be found, each once.
    pub fn of_advisory(advisory: &Advisory) -> Vec<Self> {
        let mut keys: Vec<_> = advisory
            .affected
            .iter()
            .filter_map(Self::of_affected)
            .collect();
        keys.sort();
        keys.dedup();
        keys
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_advisory_is_found_under_each_known_package_once() {
        let advisory: Advisory = serde_json::from_value(json!({
            "id": "TEST-2099-1",
            "affected": [
                {"package": {"ecosystem": "PyPI", "name": "Zope.Interface"}, "versions": ["1"]},
                {"package": {"ecosystem": "PyPI", "name": "zope-interface"}, "versions": ["2"]},
                {"package": {"ecosystem": "Go", "name": "acme.example/Anvil"}},
                {"package": {"ecosystem": "AlmaLinux:9", "name": "anvil"}},
                {"versions": ["3"]},
            ],
        }))
        .unwrap();
        let keys = PackageKey::of_advisory(&advisory);
        let expected = [
            PackageKey::new(Ecosystem::PyPi, "zope_interface"),
            PackageKey::new(Ecosystem::Go, "acme.example/Anvil"),
        ];
        assert_eq!(keys, expected);
        let package = Package {
            ecosystem: Some(Ecosystem::PyPi),
            name: "ZOPE.interface".into(),
            ..Package::default()
        };
        assert_eq!(
            PackageKey::of_package(&package).as_ref(),
            Some(&expected[0])
        );
        assert_eq!(PackageKey::of_package(&Package::default()), None);
    }
}
