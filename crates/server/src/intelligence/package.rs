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

impl Package {
    /// Whether an entry of an advisory is about this package.
    ///
    /// npm has old packages whose names differ in case alone, as `JSONStream` and `jsonstream`; scopes came
    /// when all names were in lower case. A Go module in lower case may be spelled otherwise: package URLs
    /// have paths in lower case.
    pub fn is_in(&self, affected: &Affected) -> bool {
        let (Some(ecosystem), Some(named)) = (self.ecosystem, &affected.package) else {
            return false;
        };
        if Ecosystem::from_osv(&named.ecosystem) != Some(ecosystem) {
            return false;
        }
        let normal = |name| ecosystem.normalize_name(name);
        let (own, named) = (&*self.name, &*named.name);
        match ecosystem {
            Ecosystem::Npm if !named.starts_with('@') => own == named,
            Ecosystem::Go => {
                normal(own) == normal(named) || *normal(own) == normal(named).to_lowercase()
            }
            _ => normal(own) == normal(named),
        }
    }
}

/// Ecosystem and normalised name: what advisories and packages are joined on. Which of those it joins belong
/// together, `Package::is_in` says.
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

    fn lower_case(&self) -> Self {
        Self {
            ecosystem: self.ecosystem,
            name: self.name.to_lowercase(),
        }
    }

    /// The keys under which an advisory has to be found, each once. A Go module is found by its path in lower
    /// case too.
    pub fn of_advisory(advisory: &Advisory) -> Vec<Self> {
        let named = advisory.affected.iter().filter_map(Self::of_affected);
        let mut keys: Vec<_> = named
            .flat_map(|key| match key.ecosystem {
                Ecosystem::Go => vec![key.lower_case(), key],
                _ => vec![key],
            })
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
            PackageKey::new(Ecosystem::Go, "acme.example/anvil"),
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

    #[test]
    fn case_tells_packages_apart_where_the_ecosystem_does() {
        for (purl_type, package, advisory, is_in) in [
            ("npm", "JSONStream", "JSONStream", true),
            ("npm", "jsonstream", "jsonstream", true),
            ("npm", "jsonstream", "JSONStream", false),
            ("npm", "JSONStream", "jsonstream", false),
            ("npm", "@Acme/anvil", "@acme/anvil", true),
            ("pypi", "zope_Interface", "Zope.interface", true),
            ("golang", "acme.example/Anvil", "acme.example/Anvil", true),
            ("golang", "acme.example/anvil", "acme.example/Anvil", true),
            ("golang", "acme.example/Anvil", "acme.example/anvil", false),
            ("golang", "acme.example/ANVIL", "acme.example/Anvil", false),
            ("golang", "std", "stdlib", true),
            ("golang", "stdlib", "stdlib", true),
            ("golang", "std", "std", true),
            ("golang", "toolchain", "stdlib", false),
        ] {
            let ecosystem = Ecosystem::from_purl_type(purl_type).unwrap();
            let installed = Package {
                ecosystem: Some(ecosystem),
                name: package.into(),
                ..Package::default()
            };
            let affected: Advisory = serde_json::from_value(json!({
                "id": "TEST-2099-1",
                "affected": [{"package": {"ecosystem": ecosystem.as_osv(), "name": advisory}}],
            }))
            .unwrap();
            assert_eq!(
                installed.is_in(&affected.affected[0]),
                is_in,
                "{package} in {advisory}"
            );
            // What is about a package is found under its key.
            let key = PackageKey::of_package(&installed).unwrap();
            assert!(!is_in || PackageKey::of_advisory(&affected).contains(&key));
        }
    }
}
