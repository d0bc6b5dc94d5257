//! Scanned resources and the packages in them.

mod arn;
mod details;
mod found;
mod rematch;
mod scan_resource;
#[cfg(test)]
mod tests;

pub use arn::{Kind, ResourceArn, is_region};
pub use rematch::{Rematched, rematch};
pub use scan_resource::{RESOURCE_SCANNED, scan_resource};

use std::collections::BTreeMap;

use balefire_api::generated::inspector2::PackageManager;
use balefire_store::{Error, Record, Row, Table, Tx, Value};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::intelligence::package::Package;
use crate::intelligence::version::Ecosystem;

/// The kind of the job that says that findings of a resource may differ; its subject is `REGION/ARN`.
pub const FINDINGS_CHANGED: &str = "resource.findings_changed";
const LEVEL: i32 = 3;
const TAGS: &str =
    "SELECT tags FROM inspector_resource WHERE account = $1 AND region = $2 AND arn = $3";

const KEYS_AFTER: &str = "SELECT account, region, arn FROM inspector_resource \
                          WHERE (account, region, arn) > ($1, $2, $3) ORDER BY account, region, arn LIMIT $4";

/// A resource as its last scan left it.
pub struct Resource {
    pub account: String,
    pub region: String,
    pub arn: String,
    /// JSON of a map.
    tags: Vec<u8>,
    packages_bytes: i64,
    packages: Vec<u8>,
    pub scanned_ms: i64,
}

impl Record for Resource {
    const TABLE: Table = Table {
        name: "inspector_resource",
        key: &["account", "region", "arn"],
        columns: &["tags", "packages_bytes", "packages", "scanned_ms"],
    };

    fn key(&self) -> Vec<Value> {
        vec![
            (&self.account).into(),
            (&self.region).into(),
            (&self.arn).into(),
        ]
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.tags.clone().into(),
            self.packages_bytes.into(),
            self.packages.clone().into(),
            self.scanned_ms.into(),
        ]
    }

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Resource {
            account: row.text(0)?.into(),
            region: row.text(1)?.into(),
            arn: row.text(2)?.into(),
            tags: row.blob(3)?.into(),
            packages_bytes: row.int(4)?,
            packages: row.blob(5)?.into(),
            scanned_ms: row.int(6)?,
        })
    }
}

impl Resource {
    /// A resource that was not scanned yet.
    pub fn new(account: &str, region: &str, arn: &str) -> Resource {
        Resource {
            account: account.into(),
            region: region.into(),
            arn: arn.into(),
            tags: b"{}".into(),
            packages_bytes: 0,
            packages: Vec::new(),
            scanned_ms: 0,
        }
    }

    /// The keys of at most `limit` resources after one, in their order: account, region and ARN.
    pub fn keys_after(
        tx: &mut Tx<'_>,
        [account, region, arn]: [&str; 3],
        limit: i64,
    ) -> Result<Vec<[String; 3]>, Failure> {
        let params = [account.into(), region.into(), arn.into(), limit.into()];
        let rows = tx.query(KEYS_AFTER, &params)?;
        let key = |row: &Row| {
            Ok([
                row.text(0)?.to_owned(),
                row.text(1)?.to_owned(),
                row.text(2)?.to_owned(),
            ])
        };
        rows.iter().map(key).collect()
    }

    /// The tags of a resource; none where there is no such resource.
    pub fn tags_of(
        tx: &mut Tx<'_>,
        account: &str,
        region: &str,
        arn: &str,
    ) -> Result<BTreeMap<String, String>, Failure> {
        let rows = tx.query(TAGS, &[account.into(), region.into(), arn.into()])?;
        let Some(row) = rows.first() else {
            return Ok(BTreeMap::new());
        };
        Ok(serde_json::from_slice(row.blob(0)?)?)
    }

    pub fn set_tags(&mut self, tags: &BTreeMap<String, String>) -> Result<(), Failure> {
        self.tags = serde_json::to_vec(tags)?;
        Ok(())
    }

    /// The inventory of the last scan.
    pub fn packages(&self) -> Result<Vec<Package>, Failure> {
        let bytes = usize::try_from(self.packages_bytes).unwrap_or_default();
        let text = zstd::bulk::decompress(&self.packages, bytes).map_err(zstd_failure)?;
        let stored: Vec<StoredPackage> = serde_json::from_slice(&text)?;
        Ok(stored
            .into_iter()
            .map(StoredPackage::into_package)
            .collect())
    }

    /// Replaces the inventory.
    pub fn set_packages(&mut self, packages: &[Package]) -> Result<(), Failure> {
        let stored: Vec<_> = packages.iter().map(StoredPackage::of).collect();
        let text = serde_json::to_vec(&stored)?;
        self.packages = zstd::bulk::compress(&text, LEVEL).map_err(zstd_failure)?;
        self.packages_bytes = i64::try_from(text.len()).unwrap_or(i64::MAX);
        Ok(())
    }
}

/// A package as it is kept.
#[derive(Serialize, Deserialize)]
struct StoredPackage {
    ecosystem: Option<String>,
    purl: String,
    name: String,
    version: String,
    path: Option<String>,
    manager: Option<String>,
}

impl StoredPackage {
    fn of(package: &Package) -> StoredPackage {
        StoredPackage {
            ecosystem: package
                .ecosystem
                .map(|ecosystem| ecosystem.as_osv().to_owned()),
            purl: package.purl.clone(),
            name: package.name.clone(),
            version: package.version.clone(),
            path: package.path.clone(),
            manager: package.manager.map(str::to_owned),
        }
    }

    fn into_package(self) -> Package {
        let manager = self.manager.as_deref().and_then(PackageManager::parse);
        Package {
            ecosystem: self.ecosystem.as_deref().and_then(Ecosystem::from_osv),
            purl: self.purl,
            name: self.name,
            version: self.version,
            path: self.path,
            manager: manager.map(PackageManager::as_str),
        }
    }
}

fn zstd_failure(error: std::io::Error) -> Failure {
    Failure::Internal(format!("zstd: {error}"))
}
