//! The packages that a finding's document names, and on which resources.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::installed::{Installed, Package, Resource};
use super::lenient::{Objects, Text};
use super::package_type::Told;
use crate::securityhub::finding::Standing;

/// A document without this names none: the others cost no more than the search for it.
const MARK: &str = r#""affected_packages""#;
/// What one document names beyond this is left out: a small document must not become a large table.
const INSTALLED_MAX: usize = 1000;
/// The type of a resource that has none, as in ASFF.
pub const OTHER: &str = "Other";
/// The region of what is in none.
pub const GLOBAL: &str = "global";

/// Packages on resources, by their ids.
pub type Installations = BTreeMap<String, Installed>;

/// Each affected package on each resource of a finding that its provider does not call over, by their ids.
///
/// Invariant: rows were counted by what this gave. Where it comes to give something else for the same
/// document, a migration empties `software` and starts the count anew.
pub fn named(account: &str, text: &str) -> Result<Installations, serde_json::Error> {
    let mut found = Installations::new();
    if !text.contains(MARK) || Standing::of(text)?.is_closed() {
        return Ok(found);
    }
    let whole: Value;
    let event = match serde_json::from_str::<Event<'_>>(text) {
        Ok(event) => event,
        // A member that is there twice: the last one counts, as it does for filters.
        Err(_) => {
            whole = serde_json::from_str(text)?;
            Event::deserialize(&whole)?
        }
    };
    let resources: Vec<Resource> = event
        .resources
        .0
        .iter()
        .filter_map(|resource| resource.of(account, event.cloud.first()))
        .collect();
    let vulnerabilities = event.vulnerabilities.0.iter();
    let packages = vulnerabilities.flat_map(|one| &one.affected_packages.0);
    for package in packages.filter_map(PackageMembers::package) {
        for resource in &resources {
            let installed = Installed {
                package: package.clone(),
                resource: resource.clone(),
            };
            if found.len() < INSTALLED_MAX {
                found.insert(installed.id(), installed);
            }
        }
    }
    Ok(found)
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default)]
    cloud: Objects<Cloud<'a>>,
    #[serde(borrow, default)]
    resources: Objects<ResourceMembers<'a>>,
    #[serde(borrow, default)]
    vulnerabilities: Objects<Vulnerability<'a>>,
}

#[derive(Deserialize)]
struct Cloud<'a> {
    #[serde(borrow, default)]
    region: Text<'a>,
    #[serde(borrow, default)]
    provider: Text<'a>,
}

#[derive(Deserialize)]
struct ResourceMembers<'a> {
    #[serde(borrow, default)]
    uid: Text<'a>,
    #[serde(borrow, default)]
    uid_alt: Text<'a>,
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    provider: Text<'a>,
    #[serde(borrow, default)]
    region: Text<'a>,
    #[serde(borrow, default)]
    cloud_partition: Text<'a>,
    #[serde(borrow, default)]
    owner: Objects<Owner<'a>>,
}

#[derive(Deserialize)]
struct Owner<'a> {
    #[serde(borrow, default)]
    account: Objects<Named<'a>>,
    #[serde(borrow, default)]
    org: Objects<Named<'a>>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, default)]
    uid: Text<'a>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow, default)]
    affected_packages: Objects<PackageMembers<'a>>,
}

#[derive(Deserialize)]
struct PackageMembers<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    version: Text<'a>,
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    type_id: Text<'a>,
    #[serde(borrow, default, rename = "package_manager")]
    ecosystem: Text<'a>,
    #[serde(borrow, default)]
    purl: Text<'a>,
}

impl ResourceMembers<'_> {
    fn of(&self, account: &str, cloud: Option<&Cloud<'_>>) -> Option<Resource> {
        let id = first(&[&self.uid.0, &self.uid_alt.0, &self.name.0]);
        let arn = of_arn(&self.uid.0).or_else(|| of_arn(&self.uid_alt.0));
        let (partition, region) = arn.unwrap_or_default();
        let own_region = first(&[&self.region.0, region]);
        let recorded = cloud.map_or("", |cloud| &cloud.region.0);
        let provider = cloud.map_or("", |cloud| &cloud.provider.0);
        let owner = self.owner.first();
        let account_uid = owner.and_then(|owner| owner.account.first());
        let organization = owner.and_then(|owner| owner.org.first());
        (!id.is_empty()).then(|| Resource {
            account: account.to_owned(),
            region: first(&[recorded, own_region, GLOBAL]).to_owned(),
            id: id.to_owned(),
            kind: first(&[&self.kind.0, OTHER]).to_owned(),
            provider: first(&[&self.provider.0, provider]).to_owned(),
            owner_account: account_uid.map_or_else(String::new, |one| one.uid.0.to_string()),
            owner_organization: organization.map_or_else(String::new, |one| one.uid.0.to_string()),
            partition: first(&[&self.cloud_partition.0, partition]).to_owned(),
            native_region: own_region.to_owned(),
        })
    }
}

impl PackageMembers<'_> {
    fn package(&self) -> Option<Package> {
        let told = Told {
            kind: &self.kind.0,
            kind_id: &self.type_id.0,
            ecosystem: &self.ecosystem.0,
            purl: &self.purl.0,
        };
        (!self.name.0.is_empty()).then(|| Package {
            name: self.name.0.to_string(),
            version: self.version.0.to_string(),
            kind: told.package_type(),
        })
    }
}

/// The first text that is not empty, or an empty one.
fn first<'t>(texts: &[&'t str]) -> &'t str {
    let known = texts.iter().find(|text| !text.is_empty());
    known.copied().unwrap_or_default()
}

/// Partition and region of what an ARN names; the region may be empty.
fn of_arn(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
    let partition = parts.next()?;
    let region = parts.nth(1)?;
    parts.next().map(|_| (partition, region))
}
