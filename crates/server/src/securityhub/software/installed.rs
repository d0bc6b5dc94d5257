//! A package on a resource, and the names that the operations have for its attributes.

use balefire_api::generated::securityhub::{SoftwareResourceResult, SoftwareStringField};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::hex;

/// What lists are made of. Attributes that are not known are empty texts.
pub trait Attributes {
    /// The value of a field of the model; empty where these have no such field.
    fn value(&self, field: &str) -> &str;
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub kind: String,
}

impl Attributes for Package {
    fn value(&self, field: &str) -> &str {
        match field {
            "PackageName" => &self.name,
            "PackageVersion" => &self.version,
            "PackageType" => &self.kind,
            _ => "",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Of the findings.
    pub account: String,
    /// Of the findings, where they have one.
    pub region: String,
    pub id: String,
    pub kind: String,
    pub provider: String,
    pub owner_account: String,
    pub owner_organization: String,
    pub partition: String,
    /// The cloud's own.
    pub native_region: String,
}

impl Attributes for Resource {
    fn value(&self, field: &str) -> &str {
        match field {
            "AccountId" => &self.account,
            "Region" => &self.region,
            "ResourceId" => &self.id,
            "ResourceType" => &self.kind,
            "ResourceProvider" => &self.provider,
            "ResourceOwnerAccountId" => &self.owner_account,
            "ResourceOwnerOrgId" => &self.owner_organization,
            "ResourceCloudPartition" => &self.partition,
            "ResourceRegion" => &self.native_region,
            _ => "",
        }
    }
}

impl Resource {
    /// What the ids of all that is on it begin with.
    pub fn id_start(&self) -> String {
        half(self.hash())
    }

    fn hash(&self) -> Sha256 {
        let mut hash = Sha256::new();
        add(&mut hash, &[&self.region, &self.id]);
        hash
    }

    pub fn result(self) -> SoftwareResourceResult {
        SoftwareResourceResult {
            account_id: self.account,
            region: self.region,
            resource_id: self.id,
            resource_type: self.kind,
            resource_provider: known(self.provider),
            resource_owner_account_id: known(self.owner_account),
            resource_owner_org_id: known(self.owner_organization),
            resource_cloud_partition: known(self.partition),
            resource_region: known(self.native_region),
        }
    }
}

/// A text that is not empty.
pub fn known(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    pub package: Package,
    pub resource: Resource,
}

impl Attributes for Installed {
    fn value(&self, field: &str) -> &str {
        let of_package = self.package.value(field);
        if of_package.is_empty() {
            self.resource.value(field)
        } else {
            of_package
        }
    }
}

impl Installed {
    /// The same for the same package on the same resource of an account, whatever else is said of them, in
    /// hexadecimal digits. The first half is the resource's: what a scan of it names is together in the
    /// table, and so written at once.
    pub fn id(&self) -> String {
        let (package, resource) = (&self.package, &self.resource);
        let mut hash = resource.hash();
        let of_resource = half(hash.clone());
        add(&mut hash, &[&package.name, &package.version, &package.kind]);
        of_resource + &half(hash)
    }

    /// The object that filters are asked of.
    pub fn document(&self) -> Value {
        let fields = SoftwareStringField::VALUES.iter();
        let known = fields.filter_map(|field| {
            let value = self.value(field);
            (!value.is_empty()).then(|| ((*field).to_owned(), value.into()))
        });
        Value::Object(known.collect::<Map<_, _>>())
    }
}

/// The first eight bytes in hexadecimal digits.
fn half(hash: Sha256) -> String {
    hex::digits(&hash.finalize()[..8])
}

fn add(hash: &mut Sha256, parts: &[&str]) {
    for part in parts {
        hash.update(part);
        // No text has this character.
        hash.update([0]);
    }
}
