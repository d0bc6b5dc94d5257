//! What the last scan of a resource found installed, whether findings name it or not.

use std::collections::BTreeMap;

use balefire_store::{Tx, Value};

use super::installed::{Installed, Package, Resource};
use super::package_type::Told;
use super::rows;
use crate::failure::Failure;

/// Rows that one transaction adds and drops: all other writes wait for it.
const CHANGED_MAX: usize = 2000;

/// A resource as scans name it, by ARN.
pub struct ScannedResource {
    pub account: String,
    pub region: String,
    pub arn: String,
    /// As in `resources.type`.
    pub kind: String,
    pub partition: String,
}

/// A package as scans name it.
pub struct ScannedPackage {
    pub name: String,
    pub version: String,
    /// Says what kind of software it is.
    pub purl: String,
}

/// Brings the inventory of a resource in line with its last scan. Whether there is more to do.
///
/// Invariant: in order of the rows, as changes by findings are written.
pub fn take_scanned(
    tx: &mut Tx<'_>,
    resource: ScannedResource,
    packages: Vec<ScannedPackage>,
) -> Result<bool, Failure> {
    let resource = Resource::from(resource);
    // The store keeps no text with this character.
    let is_kept = |one: &ScannedPackage| !one.name.contains('\0') && !one.version.contains('\0');
    let packages = packages.into_iter().filter(is_kept);
    let installed = packages.map(|package| {
        let (package, resource) = (package.into(), resource.clone());
        let installed = Installed { package, resource };
        (installed.id(), Some(installed))
    });
    // By id: what is to be added, and nothing for what is to be dropped.
    let mut changes: BTreeMap<String, Option<Installed>> = installed.collect();
    for id in rows::scanned_ids(tx, &resource.account, &resource.id_start())? {
        if changes.remove(&id).is_none() {
            changes.insert(id, None);
        }
    }
    let is_more = changes.len() > CHANGED_MAX;
    let mut added: Vec<Vec<Value>> = Vec::new();
    for (id, change) in changes.into_iter().take(CHANGED_MAX) {
        match change {
            Some(installed) => added.push(rows::values(&id, &installed, 0)),
            None => {
                rows::add_scanned(tx, &std::mem::take(&mut added))?;
                rows::drop_scanned(tx, &resource.account, &id)?;
            }
        }
    }
    rows::add_scanned(tx, &added)?;
    Ok(is_more)
}

impl From<ScannedResource> for Resource {
    fn from(scanned: ScannedResource) -> Resource {
        Resource {
            owner_account: scanned.account.clone(),
            account: scanned.account,
            native_region: scanned.region.clone(),
            region: scanned.region,
            id: scanned.arn,
            kind: scanned.kind,
            provider: "AWS".into(),
            owner_organization: String::new(),
            partition: scanned.partition,
        }
    }
}

impl From<ScannedPackage> for Package {
    fn from(scanned: ScannedPackage) -> Package {
        let told = Told {
            kind: "",
            kind_id: "",
            ecosystem: "",
            purl: &scanned.purl,
        };
        Package {
            kind: told.package_type(),
            name: scanned.name,
            version: scanned.version,
        }
    }
}
